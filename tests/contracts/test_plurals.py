"""English sentences count in words that fit the number: 1 loan, 2 loans."""

from __future__ import annotations

import re
from pathlib import Path

from yulin.base.text import Text, numbered

SOURCE = Path(__file__).parents[2] / "src" / "yulin"
COUNTED = (
    "accounts articles banks batches budgets cases characters claims columns conditions contracts days debts documents"
    " enrolments entries facts files filings firms lines loans matters months notices orders papers payouts people"
    " products receipts recoveries remittances returns rows schemes seals versions vouchers weeks years"
)
PLURAL = re.compile(r"(?:%\(\w+\)s|\{[\w.]+(?::,)?\}) (?:working |monthly )?(?:" + "|".join(COUNTED.split()) + r")\b")


def test_no_sentence_counts_in_a_plural_that_does_not_follow_the_number():
    wrong = []
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html")]):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if not line.lstrip().startswith((">>>", "'", "#")):
                wrong += [f"{path.relative_to(SOURCE)}:{number}: {found}" for found in PLURAL.findall(line)]
    assert wrong == []


def test_the_word_follows_the_number():
    said = Text("%(n)s笔，%(m)s家", "%(n)s {n:loan|loans} of %(m)s {m:bank|banks}")
    assert said.with_values(n=1, m=2).en == "1 loan of 2 banks"
    assert said.with_values(n="1,001", m=0).en == "1,001 loans of 0 banks"
    assert said.with_values(n=1, m="1").zh == "1笔，1家"
    assert numbered("{n:row is|rows are} refused", {"n": 1}) == "row is refused"
