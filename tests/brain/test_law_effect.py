"""A change of law on the firms of the book: counts both ways, firms with reasons for who may see them, sheets."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.brain.test_check_up_pages import make_firm, text
from tests.factories.people import TODAY, make_client, make_demo_book, make_organisation
from tests.rules.test_law_pages import LAW, changed, publish

from yulin.atlas.models import Statement
from yulin.brain.core.effect import MOVES
from yulin.brain.models import EffectRun
from yulin.brain.services import KEPT_EFFECTS, STALLED, ask_for_effect, compute_effect
from yulin.brain.tasks import compute_effect as compute_effect_task
from yulin.kit import clock
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.rules.selectors import law_version

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


def address(language: str = "zh-hans", more: str = "") -> str:
    row = publish(changed(staff=90))
    return f"/{language}/law-effect/?old={LAW}@shipped&new={LAW}@{row.pk}{more}"


def computed(at: str) -> str:
    """Let the first reader ask for the run and a worker make it."""
    make_client(Role.AUDITOR).get(at)
    for run in EffectRun.objects.all():
        compute_effect_task(run.pk)
    return at


WELL = {"rd_expense_fen": 500_000_000, "staff_count": 100, "tech_staff_count": 60}


def test_a_firm_that_loses_is_named_with_the_condition_that_fails():
    loses = make_firm("91440100YLAAAAAA1X", **WELL)
    small = make_firm("91440100YLBBBBBB2X", **WELL | {"staff_count": 90})
    page = text(make_client(Role.AUTHORITY_OFFICER).get(computed(address(more="&move=loses"))))
    assert "可认定 → 未达到：1家" in page
    assert loses.name in page
    assert small.name not in page
    assert "现值100，要求≤90" in page
    assert "现值100，要求≤500" in page


def test_who_may_not_see_firms_sees_counts_only_and_no_small_one():
    loses = make_firm("91440100YLAAAAAA1X", **WELL)
    at = computed(address(more="&move=loses"))
    bank = make_client(Role.BANK_CLERK)
    page = text(bank.get(at))
    assert loses.name not in page
    assert "&lt;5" in page
    assert "少于5家" in page
    assert bank.get(f"{at}&format=csv").status_code == 403


def test_a_district_sees_its_own_firms_only():
    here = make_firm("91440100YLAAAAAA1X", **WELL)
    there = make_firm("91440100YLBBBBBB2X", district="440106", **WELL)
    page = text(
        make_client(Role.DISTRICT_OFFICER, make_organisation(OrganisationKind.DISTRICT)).get(
            computed(address(more="&move=loses"))
        )
    )
    assert here.name in page
    assert there.name not in page


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_list_goes_to_a_sheet(file_format):
    firm = make_firm("91440100YLAAAAAA1X", **WELL)
    answer = make_client(Role.AUDITOR).get(computed(address("en")) + f"&format={file_format}")
    content = b"".join(answer.streaming_content)
    if file_format == "csv":
        lines = content.decode("utf-8-sig").splitlines()
        assert lines[0].startswith("Firm,USCC,Change")
        assert [line.split(",")[0] for line in lines[1:]] == [firm.name]
        assert "now 100, needed ≤90" in lines[1]
    else:
        assert content.startswith(b"PK")


def test_a_law_that_decides_nothing_says_so():
    page = text(make_client(Role.AUTHORITY_OFFICER).get("/en/law-effect/?old=rate-lpr@shipped&new=rate-lpr@shipped"))
    assert "answers nothing of a firm" in page
    assert EffectRun.objects.count() == 0


def test_until_the_run_is_made_the_page_shows_how_far_it_is_and_asks_once():
    for nth in range(3):
        make_firm(f"91440100YLAAAAAA{nth}X", **WELL)
    at, bureau = address("en"), make_client(Role.AUTHORITY_OFFICER)
    for _ in range(2):
        assert "3 firms are being assessed in the background" in text(bureau.get(at))
    EffectRun.objects.update(firms_done=2)
    page = text(bureau.get(at))
    assert "2 of 3 firms" in page
    assert '<progress class="yl-progress" max="3" value="2"' in page
    assert ProcrastinateJob.objects.filter(task_name="brain.compute_effect").count() == 1
    assert bureau.get(f"{at}&format=csv").status_code == 422
    page = text(bureau.get(computed(at)))
    assert "<progress" not in page
    assert "Qualified → does not" in page


def pair(at: str):
    """Return the versions that an address names."""
    return {
        name: law_version(part.partition("=")[2])
        for name, part in zip(("old", "new"), at.partition("?")[2].split("&"), strict=True)
    }


def test_a_newer_statement_makes_a_result_old_and_another_pair_has_none():
    firm, at = make_firm("91440100YLAAAAAA1X", **WELL), computed(address())
    bureau, run = make_client(Role.AUTHORITY_OFFICER), EffectRun.objects.get()
    assert run.moves == {"440112": {"loses": 1}}
    assert "重新核算" not in text(bureau.get(at))
    Statement.objects.create(
        firm=firm, fact="staff_count", value=80, source="示例", valid_from=TODAY, known_at=clock.now()
    )
    old = text(bureau.get(at))
    assert "正在后台重新核算" in old
    assert "可认定 → 未达到：1家" in old  # as of the run
    before, again = run.table, compute_effect(actor=SYSTEM_ACTOR, run_id=run.pk, on=TODAY)
    assert (again.moves, again.computed_at > run.computed_at) == ({"440112": {"same": 1}}, True)
    assert (again.table != before, default_storage.exists(again.table)) == (True, True)
    other = at.replace("old=", "x=").replace("new=", "old=").replace("x=", "new=")
    assert "<progress" in text(bureau.get(other))


def test_a_run_that_stands_still_is_asked_for_again():
    versions = pair(address())
    run = ask_for_effect(**versions, on=TODAY)
    ProcrastinateJob.objects.all().delete()
    assert ask_for_effect(**versions, on=TODAY).moved_at == run.moved_at
    assert ProcrastinateJob.objects.filter(task_name="brain.compute_effect").count() == 0
    EffectRun.objects.update(moved_at=run.moved_at - STALLED - timedelta(seconds=1))
    assert ask_for_effect(**versions, on=TODAY).moved_at > run.moved_at - STALLED
    assert ProcrastinateJob.objects.filter(task_name="brain.compute_effect").count() == 1


def test_parts_find_what_one_table_finds_and_only_the_last_runs_stay(monkeypatch):
    for nth in range(5):
        make_firm(
            f"91440100YLAAAAAA{nth}X", district="440106" if nth % 2 else "440112", **WELL | {"staff_count": 88 + nth}
        )
    versions = pair(address())
    run = ask_for_effect(**versions, on=TODAY)
    whole = compute_effect(actor=SYSTEM_ACTOR, run_id=run.pk, on=TODAY)
    assert whole.moves == {"440106": {"same": 1, "loses": 1}, "440112": {"same": 2, "loses": 1}}
    EffectRun.objects.all().delete()
    monkeypatch.setattr(import_module("yulin.atlas.selectors.firms"), "PER_PART", 2)
    now = clock.now()
    EffectRun.objects.bulk_create(
        EffectRun(old_version=str(n), new_version="x", asked_at=now - timedelta(days=1), moved_at=now)
        for n in range(KEPT_EFFECTS + 3)
    )
    parts = ask_for_effect(**versions, on=TODAY)
    assert compute_effect(actor=SYSTEM_ACTOR, run_id=parts.pk, on=TODAY).moves == whole.moves
    assert EffectRun.objects.count() == KEPT_EFFECTS


def test_a_text_that_was_saved_anew_meanwhile_is_given_up():
    make_firm("91440100YLAAAAAA1X", **WELL)
    run = ask_for_effect(**pair(address()), on=TODAY)
    EffectRun.objects.update(new_version="sha256:another")
    assert compute_effect(actor=SYSTEM_ACTOR, run_id=run.pk, on=TODAY) is None
    assert EffectRun.objects.count() == 0


def test_every_move_is_on_the_page_and_more_firms_ask_the_database_no_more_often():
    make_firm("91440100YLAAAAAA1X", **WELL)
    at, bureau = computed(address(more="&move=loses")), make_client(Role.AUTHORITY_OFFICER)
    page = text(bureau.get(at))
    assert [name.zh for _, name in MOVES.values() if name.zh not in page] == []
    with CaptureQueriesContext(connection) as few:
        bureau.get(at)
    for nth in range(4):
        make_firm(f"91440100YLEEEEE{nth}5X", **WELL)
    compute_effect_task(EffectRun.objects.get().pk)
    with CaptureQueriesContext(connection) as more:
        assert "5家" in text(bureau.get(at))
    assert len(more) == len(few)
