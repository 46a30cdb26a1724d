"""The order in which sources' files come in changes nothing of what a portrait says."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
from django.db import transaction

from yulin.atlas.core.access import OF_ITSELF
from yulin.atlas.models import Firm
from yulin.atlas.selectors.portrait import portrait_of
from yulin.base.ids import make_uscc
from yulin.cli.atlas_sources import ingest_path
from yulin.kit import clock

pytestmark = pytest.mark.django_db
CODE = make_uscc("440114", 1)
NAME = "示例甲科技有限公司"
REGISTER = "企业名称,统一社会信用代码,注册日期,经营范围\n"
FACTS = "统一社会信用代码,企业名称,职工总数,营业收入\n"
FILES = {
    "register": ("register-extract", date(2021, 3, 1), f"{REGISTER}{NAME},{CODE},2010-01-01,软件\n"),
    "facts of 2020": ("firm-facts", date(2020, 12, 31), f"{FACTS}{CODE},{NAME},40,100万元\n"),
    "facts of 2021": ("firm-facts", date(2021, 12, 31), f"{FACTS}{CODE},{NAME},55,\n"),
    "park's list": ("park", date(2021, 6, 30), f"{FACTS}{CODE},{NAME},50,90万元\n"),
    "court": (
        "court-extract",
        date(2021, 12, 31),
        f"统一社会信用代码,类型,案号,法院,日期,涉案金额,结束日期\n{CODE},执行,1号,示例法院,2021-01-01,1,\n",
    ),
}  # fmt: skip


def in_order(folder: Path, order: tuple[str, ...]) -> object:
    """Take files in and return what the portrait then says, without the instants at which it became known."""
    with transaction.atomic():
        for name in order:
            source, as_of, text = FILES[name]
            path = folder / f"{name}.csv"
            path.write_text(text, encoding="utf-8")
            ingest_path(str(folder / f"{source}.yaml") if source == "park" else source, path, as_of)
        firm = Firm.objects.get(identifier=CODE)
        found = portrait_of(firm, OF_ITSELF, on=date(2022, 1, 19), known_at=clock.now())
        transaction.set_rollback(True)
    lines = {
        line.fact: (
            line.value.en,
            line.said.source,
            line.said.valid_from,
            {one.said.original for one in line.statements},
        )
        for section in found.sections
        for line in section.lines
    }
    figures = {(panel.id, one.id): one.says.en for panel in found.panels for one in panel.figures}
    return lines, figures


def test_the_order_in_which_files_come_in_changes_nothing_of_the_portrait(tmp_path: Path, settings: object) -> None:
    contract = (Path(__file__).parents[2] / "src/yulin/atlas/sources/firm-facts.yaml").read_text(encoding="utf-8")
    (tmp_path / "park.yaml").write_text(contract.replace("id: firm-facts", "id: park"), encoding="utf-8")
    seen = []
    for number, order in enumerate(permutations(FILES)):
        if number % 8:  # every file stands first, in the middle and last
            continue
        settings.YULIN_HOME = tmp_path / str(number)
        seen.append(in_order(tmp_path, order))
    lines, figures = seen[0]  # type: ignore[misc]
    assert all(one == seen[0] for one in seen)
    assert (lines["staff_count"][0], lines["staff_count"][2]) == ("55", date(2021, 12, 31))
    assert lines["revenue_fen"][:2] == ("CNY 90.00万", "park")
    assert lines["staff_count"][3] == {"40", "50", "55"}
    assert len(seen) == 15
    assert figures
