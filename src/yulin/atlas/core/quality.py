"""What a source's file is worth, field by field; whether it has the columns and values that its contract promises.

Quality adds up over batches and is kept with the receipt, so that the trend of a field is read from the receipts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yulin.atlas.core.contracts import SourceContract
from yulin.atlas.core.intake import Intake
from yulin.base.text import Text

_FEW = 20  # too few cells to call a source a liar
_UNREADABLE_BP = 5_000
_WHOLE_BP = 10_000


def add_quality(before: Mapping[str, Any], taken: Intake, problems: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    """Return the quality with one more batch: per fact filled and taken cells and problems.

    "" is the rows' own, and how many of them wait for a person for want of a code that they may lack.
    """
    after: dict[str, Any] = {fact: {**said, "problems": dict(said["problems"])} for fact, said in before.items()}
    for fact in ("", *taken.filled):
        said = after.setdefault(fact, {"filled": 0, "taken": 0, "problems": {}})
        said["filled"] += taken.filled.get(fact, taken.read)
        said["taken"] += taken.taken.get(fact, taken.firms.height)
    after[""]["waiting"] = after[""].get("waiting", 0) + taken.waiting
    for (fact, problem), count in problems.items():
        counts = after[fact]["problems"]
        counts[problem] = counts.get(problem, 0) + count
    return after


def drift_of(columns: Sequence[str], contract: SourceContract) -> dict[str, list[str]]:
    """Return the columns that are missing or new against the contract; an empty dict when none is."""
    present = set(columns) - {"row"}
    drift = {
        "missing": [name for name in contract.columns if name not in present],
        "new": sorted(present - set(contract.columns)),
    }
    return {kind: names for kind, names in drift.items() if names}


def broken_promise(columns: Sequence[str], taken: Intake, contract: SourceContract) -> Text | None:
    """Return why a file is not what its contract promises: a needed column is missing, or a column holds other things.

    A column holds other things when most of its first cells cannot be read as its type. Rows that lack a code which
    their source may leave out say nothing of it; a code that is wrong does.
    """
    missing = sorted(contract.needed_columns - set(columns))
    if missing:
        return Text("缺少列%(columns)s", "it lacks {count:column|columns} %(columns)s").with_values(
            columns="、".join(missing), count=len(missing)
        )
    for field in contract.fields:
        filled, kept = taken.filled[field.fact], taken.taken[field.fact]
        wrong = taken.quarantine.filter(fact=field.fact).height
        if filled >= _FEW and wrong * _WHOLE_BP > filled * _UNREADABLE_BP:
            return Text(
                "列“%(column)s”的%(filled)s个值中仅%(kept)s个可读作%(label)s",
                "only %(kept)s of %(filled)s values in column “%(column)s” {kept:reads|read} as %(label)s",
            ).with_values(column=field.column, filled=filled, kept=kept, label=field.label)
    sound, judged_by = taken.firms.height + taken.repeated, taken.read - taken.waiting
    if judged_by >= _FEW and sound * _WHOLE_BP < judged_by * (_WHOLE_BP - _UNREADABLE_BP):
        return Text(
            "前%(read)s行中仅%(kept)s行的主体代码成立",
            "of the first %(read)s {read:row|rows} only %(kept)s {kept:has|have} a subject that holds",
        ).with_values(read=judged_by, kept=sound)
    return None
