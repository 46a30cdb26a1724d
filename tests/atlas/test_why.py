"""Every value of a portrait says why on the page, wherever it comes from; and so do tables that rules read."""

from __future__ import annotations

import re
from datetime import date
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest
from django.db import transaction
from django.utils.html import escape
from tests.factories.people import make_actor, make_client, make_demo_book, make_membership, make_organisation

from yulin.atlas.core.access import OF_ITSELF
from yulin.atlas.core.panels import parts_of
from yulin.atlas.core.particulars import kind_of
from yulin.atlas.models import Candidate, Firm
from yulin.atlas.selectors import facts_of
from yulin.atlas.selectors.identity import open_candidates
from yulin.atlas.selectors.portrait import portrait_of
from yulin.atlas.services.featuring import FeaturesAsked, write_features
from yulin.atlas.services.hand_editing import NewHandEdit, decide_hand_edit, state_by_hand
from yulin.atlas.services.identifying import judge_candidate
from yulin.base.ids import make_uscc
from yulin.cli.atlas_sources import ingest_path
from yulin.kit import clock
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.selectors import actor_in

pytestmark = pytest.mark.django_db
CODE, NAME, DAY = make_uscc("440114", 7), "广州云衡示例科技有限公司", date(2022, 1, 19)
FACTS = "统一社会信用代码,企业名称,职工总数,营业收入\n"
COURT = "统一社会信用代码,企业名称,案号,类型,法院,日期,结束日期\n"
FILES = (
    ("register-extract", "统一社会信用代码,企业名称,注册日期\n", f"{CODE},{NAME},2012-03-05\n", date(2021, 3, 1)),
    ("firm-facts", FACTS, f"{CODE},{NAME},40,100万元\n", date(2020, 12, 31)),
    ("firm-facts", FACTS, f",{NAME},55,\n", date(2021, 12, 31)),
    ("court-extract", COURT, f"{CODE},{NAME},（2021）7号,执行,示例法院,2021-05,\n", date(2021, 12, 31)),
)


@pytest.fixture(autouse=True)
def _own_lake(tmp_path: Path, settings: object) -> None:
    settings.YULIN_HOME = tmp_path / "home"
    make_demo_book(DAY)


def take_in(folder: Path, *files: tuple[str, str, str, date]) -> None:
    for number, (source, head, rows, as_of) in enumerate(files):
        path = folder / f"{number}-{source}.csv"
        path.write_text(head + rows, encoding="utf-8")
        ingest_path(source, path, as_of)


def the_firm() -> Firm:
    return Firm.objects.get(identifier=CODE)


def judge(one: Candidate) -> None:
    judge_candidate(actor=make_actor(Role.MANAGER_CLERK), candidate_id=one.pk, is_same=True, reason="查档")


def test_each_statement_behind_each_value_says_on_the_page_why_it_counts_or_not(tmp_path: Path) -> None:
    take_in(tmp_path, *FILES)
    [bare] = open_candidates()
    judge(bare)
    authority = make_organisation(OrganisationKind.AUTHORITY)
    makers = [make_membership(role, authority) for role in (Role.AUTHORITY_OFFICER, Role.AUTHORITY_CHECKER)]
    officer, checker = (actor_in(one, one.user) for one in makers)
    asked = NewHandEdit(the_firm().pk, "total_assets_fen", "9万元", date(2020, 12, 31), None, "核查", b"x", "核查.pdf")
    decide_hand_edit(actor=checker, edit_id=state_by_hand(actor=officer, asked=asked).pk, is_approved=True)
    firm, client = the_firm(), make_client(Role.AUDITOR)
    page = client.get(f"/en/firms/{firm.pk}/").content.decode()
    found = portrait_of(firm, OF_ITSELF, on=DAY, known_at=clock.now())
    lines = [line for section in found.sections for line in section.lines]
    assert {"name", "registered_on", "staff_count", "revenue_fen", "total_assets_fen"} <= {one.fact for one in lines}
    for line in lines:
        row = page.split(f'id="fact-{line.fact}"', 1)[1].split("</tr>", 1)[0]
        told = re.findall(r'<li class="mb-2">(.*?)</li>', row, re.DOTALL)
        assert len(told) == len(line.statements) > 0
        for one, html in zip(line.statements, told, strict=True):
            assert escape(one.why.en) in html, line.fact
            assert escape(found.source_name(one.said.source).en) in html
            if one.said.basis:
                assert escape(one.said.basis.en) in html
    assert {line.fact for line in lines if line.said.basis} == {"staff_count", "total_assets_fen"}
    behind = [said for panel in found.panels for part in parts_of(panel) for said in part.rests_on]
    assert behind
    for said in behind:
        listed = client.get(f"/en/firms/{firm.pk}/particulars/{kind_of(said).value}/").content.decode()
        assert "Counts: its source is believed first" in listed
        assert escape(str(said.value["number"])) in listed


def test_a_table_that_rules_read_has_what_a_judged_row_says_and_loses_it_when_it_is_taken_back(tmp_path: Path) -> None:
    take_in(tmp_path, *FILES)
    [bare] = open_candidates()

    def staff() -> tuple[object, object]:
        out = tmp_path / "features.parquet"
        asked = FeaturesAsked(["staff_count", "revenue"], DAY, clock.now())
        write_features(actor=SYSTEM_ACTOR, asked=asked, out=out)
        told = facts_of([the_firm().pk], on=DAY, known_at=clock.now())[the_firm().pk]
        return pl.read_parquet(out).filter(firm_id=CODE)["staff_count"].item(), told["staff_count"].value

    assert staff() == (40, 40)
    judge(bare)
    assert staff() == (55, 55)
    judge_candidate(actor=make_actor(Role.MANAGER_CLERK), candidate_id=bare.pk, is_same=False, reason="另一家")
    assert staff() == (40, 40)


def test_whether_a_later_file_comes_before_or_after_the_judgement_changes_nothing(tmp_path: Path) -> None:
    """Three files of one day, the second without codes; it is judged at any time after it came."""
    day = date(2021, 12, 31)
    rows = {"first": f"{CODE},{NAME},41,\n", "bare": f",{NAME},55,\n", "last": f"{CODE},{NAME},77,\n"}
    found: dict[tuple[str, ...], set[object]] = {}
    for order in permutations(("first", "bare", "judge", "last")):
        if order.index("judge") < order.index("bare"):
            continue
        come = [one for one in order if one != "judge"]
        with transaction.atomic():
            take_in(tmp_path, FILES[0])
            for step in order:
                if step == "judge":
                    judge(open_candidates().get())
                    continue
                path = tmp_path / f"{step}.csv"
                path.write_text(FACTS + rows[step], encoding="utf-8")
                ingest_path("firm-facts", path, day)
            told = facts_of([the_firm().pk], on=DAY, known_at=clock.now())[the_firm().pk]["staff_count"].value
            transaction.set_rollback(True)
        found.setdefault(tuple(come), set()).add(told)
    # Whichever file came last is believed, whenever its row was judged.
    assert found == {come: {{"first": 41, "bare": 55, "last": 77}[come[-1]]} for come in found}
    assert len(found) == 6
