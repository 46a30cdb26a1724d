"""An area: counts by title and missing step, firms for those who may see them, files and their trace, runs."""

from __future__ import annotations

import csv
from importlib import import_module
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.brain.test_check_up_pages import make_firm, text
from tests.factories.people import TODAY, make_client, make_demo_book, make_organisation

from yulin.atlas.models import Statement
from yulin.brain.models import AreaRun
from yulin.brain.services import ask_for_area, compute_area
from yulin.brain.tasks import compute_area as compute_area_task
from yulin.kit import clock
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import AuditEntry

pytestmark = pytest.mark.django_db

TECHSME = "/zh-hans/check-up/?title=title-techsme-2017"
MET = {"ip_class1_count": 1, "tech_staff_count": 40}  # 20 + 10 + 30 points


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


@pytest.fixture
def firms():
    """Two firms that one thing keeps from the title, one that has it, one whose staff is not known."""
    found = {
        "large": make_firm("91440100YLAAAAAA1X", **MET | {"staff_count": 505, "tech_staff_count": 300}),
        "listed": make_firm("91440100YLBBBBBB2X", district="440106", **MET | {"is_on_abnormal_list": True}),
        "fit": make_firm("91440100YLCCCCCC3X", **MET),
        "open": make_firm("91440100YLDDDDDD4X", **MET | {"staff_count": None}),
    }
    compute_area(actor=SYSTEM_ACTOR, on=TODAY)
    return found


def test_firms_stand_under_the_step_that_they_lack(firms):
    bureau = make_client(Role.AUTHORITY_OFFICER)
    near = text(bureau.get(TECHSME))
    assert "职工总数少5人" in near
    assert firms["large"].name in near
    assert firms["listed"].name in near
    assert firms["fit"].name not in near
    one = text(bureau.get(f"{TECHSME}&standing=near&step=conditions.scale.1"))
    assert firms["large"].name in one
    assert firms["listed"].name not in one
    assert firms["fit"].name in text(bureau.get(f"{TECHSME}&standing=met"))
    unknown = text(bureau.get(f"{TECHSME}&standing=unknown"))
    assert firms["open"].name in unknown
    assert "社保与企业年报" in unknown


def test_a_step_that_no_pack_has_shows_the_whole_list(firms):
    page = text(make_client(Role.AUTHORITY_OFFICER).get(f"{TECHSME}&standing=near&step=conditions.none&page=7"))
    assert firms["large"].name in page
    assert firms["listed"].name in page


def test_the_file_holds_amount_and_unit_and_leaves_its_trace(firms):
    bureau = make_client(Role.AUTHORITY_OFFICER)
    answer = bureau.get(f"{TECHSME}&standing=near&step=conditions.scale.1&format=csv")
    lines = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    row = dict(zip(lines[0], lines[1], strict=True))
    assert len(lines) == 2
    assert (row["统一社会信用代码"], row["区"], row["结论"]) == ("91440100YLAAAAAA1X", "黄埔区", "差一步")
    assert (row["所差事实"], row["所差数量"], row["单位"]) == ("职工总数", "-5", "人")
    assert row["条款"] == "第六条（二）"
    trace = AuditEntry.objects.get(action="brain.export_area")
    assert trace.facts == {
        "title": "title-techsme-2017", "standing": "near", "requirement": "conditions.scale.1", "district": None,
        "format": "csv", "firms": 1,
    }  # fmt: skip
    book = openpyxl.load_workbook(BytesIO(b"".join(bureau.get(f"{TECHSME}&format=xlsx").streaming_content)))
    assert [row[1].value for row in book.active.iter_rows(min_row=2)] == ["91440100YLBBBBBB2X", "91440100YLAAAAAA1X"]


def test_a_district_takes_only_its_own_firms(firms):
    district = make_client(Role.DISTRICT_OFFICER, make_organisation(OrganisationKind.DISTRICT))
    answer = district.get(f"{TECHSME}&standing=near&format=csv")
    sheet = b"".join(answer.streaming_content).decode()
    assert "91440100YLAAAAAA1X" in sheet
    assert "91440100YLBBBBBB2X" not in sheet
    assert AuditEntry.objects.get(action="brain.export_area").facts["district"] == "440112"


def test_who_may_not_see_firms_sees_counts_and_small_ones_not_exactly(firms):
    park = make_client(Role.PARK_OFFICER, make_organisation(OrganisationKind.PARK))
    page = text(park.get(f"{TECHSME}&standing=near&step=conditions.scale.1"))
    sheet = b"".join(park.get(f"{TECHSME}&standing=near&format=csv").streaming_content).decode()
    for firm in firms.values():
        assert firm.name not in page + sheet
        assert firm.identifier not in page + sheet
    assert "&lt;5" in page
    assert "差一步,,&lt;5" not in sheet
    assert "科技型中小企业,差一步,,<5" in sheet
    assert park.get(f"/zh-hans/check-up/{firms['fit'].pk}/").status_code == 403
    assert make_client(Role.BANK_CLERK).get(TECHSME).status_code == 403


def test_before_the_first_run_the_page_waits_and_asks_for_it_once():
    make_firm("91440100YLAAAAAA1X")
    bureau = make_client(Role.AUTHORITY_OFFICER)
    for _ in range(2):
        assert "正在核算全部企业" in text(bureau.get("/zh-hans/check-up/"))
    assert ProcrastinateJob.objects.filter(task_name="brain.compute_area").count() == 1
    compute_area_task()
    assert "科技型中小企业" in text(bureau.get("/zh-hans/check-up/"))


def test_a_newer_statement_makes_a_run_old_until_the_next(firms):
    bureau, run = make_client(Role.AUTHORITY_OFFICER), AreaRun.objects.get()
    assert "正在后台重新核算" not in text(bureau.get(TECHSME))
    Statement.objects.create(
        firm=firms["large"], fact="staff_count", value=500, source="示例", valid_from=TODAY, known_at=clock.now()
    )
    old = text(bureau.get(TECHSME))
    assert "正在后台重新核算" in old
    assert "职工总数少5人" in old  # as of the run
    compute_area_task()
    assert AreaRun.objects.count() == 2
    assert AreaRun.objects.latest("computed_at").titles["title-techsme-2017"]["440112"]["met"] == 2
    compute_area_task()  # nothing is new: nothing is computed
    assert AreaRun.objects.count() == 2
    assert ask_for_area(on=TODAY).pk != run.pk


def test_only_the_last_runs_are_kept(firms):
    for staff in range(4):
        make_firm(f"91440100YLEEEEE{staff}X")
        compute_area_task()
    assert AreaRun.objects.count() == 3


def test_a_longer_list_asks_the_database_no_more_often(firms):
    bureau = make_client(Role.AUTHORITY_OFFICER)
    bureau.get(TECHSME)
    with CaptureQueriesContext(
        connection,
    ) as few:
        bureau.get(TECHSME)
    for nth in range(4):
        make_firm(f"91440100YLEEEEE{nth}5X", **MET | {"is_on_abnormal_list": True})
    compute_area(actor=SYSTEM_ACTOR, on=TODAY)
    with CaptureQueriesContext(connection) as more:
        page = text(bureau.get(TECHSME))
    assert page.count('class="yl-name"') >= 6
    assert len(more) == len(few)
    assert len(more) <= 30


def test_parts_count_what_one_table_counts(firms, monkeypatch):
    whole = AreaRun.objects.get()
    AreaRun.objects.all().delete()
    monkeypatch.setattr(import_module("yulin.atlas.selectors.firms"), "PER_PART", 1)
    parts = compute_area(actor=SYSTEM_ACTOR, on=TODAY)
    assert (parts.firms, parts.titles) == (whole.firms, whole.titles)
