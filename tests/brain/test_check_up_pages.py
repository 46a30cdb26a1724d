"""The check-up pages: a firm sees its own, a district its own firms, the bureau all; what is assumed is not kept."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader
from tests.core.brain.test_check_up import NEAR_FIRM
from tests.factories.firms import house_of
from tests.factories.people import TODAY, make_actor, make_client, make_demo_book, make_organisation

from yulin.atlas.models import Firm, Objection, ObjectionDecision, Statement
from yulin.atlas.services.objecting import contest_fact
from yulin.base.dates import day_text
from yulin.brain.services import compute_area
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


def make_firm(code: str, *, district: str = "440112", **facts: object) -> Firm:
    firm = Firm.objects.create(
        identifier=code, name=f"示例{code}公司", district_code=district, registered_on=date(2015, 3, 1)
    )
    Statement.objects.bulk_create(
        Statement(firm=firm, fact=name, value=value, source="示例来源", valid_from=date(2021, 1, 1))
        for name, value in {**NEAR_FIRM, **facts}.items()
    )
    return firm


def people_of(firm: Firm):
    house = make_organisation(OrganisationKind.FIRM)
    Organisation.objects.filter(pk=house.pk).update(identifier=firm.identifier)
    return make_client(Role.FIRM_USER, Organisation.objects.get(pk=house.pk))


def text(answer) -> str:
    return answer.content.decode()


def test_a_firm_is_led_to_its_own_check_up_and_to_no_other():
    own, other = make_firm("91440100YLAAAAAA1X"), make_firm("91440100YLBBBBBB2X")
    client = people_of(own)
    page = client.get("/zh-hans/check-up/", follow=True)
    assert page.redirect_chain[-1][0] == f"/zh-hans/check-up/{own.pk}/"
    assert "科技型中小企业最省的一步" in text(page)
    assert "研究开发费用达到164.80万元" in text(page)
    assert "示例来源" in text(page)
    for address in (f"/zh-hans/check-up/{other.pk}/", f"/zh-hans/check-up/{other.pk}/report.pdf"):
        refused = client.get(address)
        assert refused.status_code == 404
        assert other.name not in text(refused)


def test_a_district_sees_its_own_firms_the_bureau_all_and_a_bank_none():
    here, there = make_firm("91440100YLAAAAAA1X"), make_firm("91440100YLBBBBBB2X", district="440106")
    compute_area(actor=SYSTEM_ACTOR, on=TODAY)
    district = make_client(Role.DISTRICT_OFFICER, make_organisation(OrganisationKind.DISTRICT))
    seen = text(district.get("/zh-hans/check-up/?title=title-techsme-2017&standing=near"))
    assert here.name in seen
    assert there.name not in seen
    assert district.get(f"/zh-hans/check-up/{here.pk}/").status_code == 200
    assert district.get(f"/zh-hans/check-up/{there.pk}/").status_code == 404
    bureau = make_client(Role.AUTHORITY_OFFICER)
    both = text(bureau.get("/en/check-up/?title=title-techsme-2017&standing=near"))
    assert here.name in both
    assert there.name in both
    assert make_client(Role.BANK_CLERK).get("/zh-hans/check-up/").status_code == 403


def test_what_is_assumed_changes_the_answer_and_is_not_kept():
    firm = make_firm("91440100YLAAAAAA1X")
    bureau, address = make_client(Role.AUTHORITY_OFFICER), f"/zh-hans/check-up/{firm.pk}/?title=title-techsme-2017"
    assumed = text(bureau.get(f"{address}&f-rd_expense_fen=206"))
    assert "模拟结果" in assumed
    assert "现状：差一步" in assumed
    assert "72" in assumed
    assert Statement.objects.filter(fact="rd_expense_fen").get().value == NEAR_FIRM["rd_expense_fen"]
    assert "模拟结果" not in text(bureau.get(address))
    wrong = text(bureau.get(f"{address}&f-rd_expense_fen=lots"))
    assert "“lots”不能读作研究开发费用。" in wrong
    assert "现状：差一步" not in wrong


def test_the_form_shows_what_the_register_says_of_the_last_year():
    said = NEAR_FIRM["rd_expense_fen"]
    firm = make_firm("91440100YLAAAAAA1X", rd_expense_fen=None, rd_expense_fen_2021=said)
    bureau = make_client(Role.AUTHORITY_OFFICER)
    for more in ("", "&next=1"):
        page = text(bureau.get(f"/zh-hans/check-up/{firm.pk}/?title=title-techsme-2017{more}"))
        assert 'placeholder="登记资料：150.00' in page.partition('name="f-rd_expense_fen"')[2][:200]


def test_a_year_from_now_the_last_year_repeats():
    firm = make_firm("91440100YLAAAAAA1X")
    page = text(make_client(Role.AUTHORITY_OFFICER).get(f"/en/check-up/{firm.pk}/?title=title-techsme-2017&next=1"))
    assert (
        '<span id="as-of">by the facts and the rules of <time datetime="2023-01-19">' in page or "19 Jan 2023" in page
    )
    assert "a year from now" in page
    assert 'hx-select-oob="#missing,#report,#as-of"' in page


def test_the_report_is_a_pdf_of_the_firm():
    firm = make_firm("91440100YLAAAAAA1X")
    answer = make_client(Role.AUTHORITY_OFFICER).get(
        f"/zh-hans/check-up/{firm.pk}/report.pdf?title=title-techsme-2017&next=1&f-staff_count=110"
    )
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_reports_days_are_said_in_its_language(language):
    firm = make_firm("91440100YLAAAAAA1X")
    answer = make_client(Role.AUTHORITY_OFFICER).get(
        f"/{language}/check-up/{firm.pk}/report.pdf?title=title-techsme-2017"
    )
    paper = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    said = day_text(TODAY).in_language(language)
    assert "".join(said.split()) in "".join(paper.split())
    assert bool(re.search(r"20\d\d-\d\d-\d\d", paper)) is (language == "zh-hans")


def test_a_contested_fact_is_marked_where_it_is_used_on_page_and_paper_until_it_is_decided():
    firm = make_firm("91440100YLAAAAAA1X")
    bureau, address = make_client(Role.AUTHORITY_OFFICER), f"check-up/{firm.pk}"
    opened = "?title=title-techsme-2017"
    assert "异议中" not in text(bureau.get(f"/zh-hans/{address}/{opened}"))
    contest_fact(actor=make_actor(Role.FIRM_USER, house_of(firm)), fact="tech_staff_count", reason="应为20人")
    page = text(bureau.get(f"/zh-hans/{address}/{opened}"))
    assert "尚未办结，结论仍按现值：科技人员数</p>" in page
    assert re.search(r"科技人员数：18人 <span [^>]*>(<[^>]+>)*异议中", page)
    paper = PdfReader(BytesIO(bureau.get(f"/en/{address}/report.pdf{opened}").content))
    said = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in paper.pages))
    assert "Contested by the firm, not decided yet" in said
    assert "(contested)" in said
    assumed = text(bureau.get(f"/zh-hans/{address}/{opened}&f-tech_staff_count=20"))
    assert "异议中" not in assumed  # the page then rests on what the reader assumed
    objection = Objection.objects.get()
    ObjectionDecision.objects.create(objection=objection, is_upheld=False, reasons="与申报一致", decided_on=TODAY)
    assert "异议中" not in text(bureau.get(f"/zh-hans/{address}/{opened}"))


def test_evidence_stands_beside_each_row_and_each_gap_says_who_can_supply_it():
    firm = make_firm("91440100YLAAAAAA1X", is_on_abnormal_list=None)
    bureau = make_client(Role.AUTHORITY_OFFICER)
    page = text(bureau.get(f"/zh-hans/check-up/{firm.pk}/?title=title-techsme-2017"))
    assert '科技人员数：18人 <span class="yl-3">（示例来源，自<time' in page
    assert "列入经营异常名录：未知" in page
    assert "来源：信用信息公示。查国家企业信用信息公示系统、信用中国" in page
    assert "先核对已发生而未归集的研发费用" in page
    assert "科创板上市标准" in page
    english = text(bureau.get(f"/en/check-up/{firm.pk}/?title=title-techsme-2017"))
    assert "From: Public credit records." in english
    assert "First look for R&amp;D that was spent" in english


def test_an_organisation_without_a_firm_is_told_so():
    client = make_client(Role.FIRM_USER, make_organisation(OrganisationKind.FIRM))
    answer = client.get("/zh-hans/check-up/")
    assert answer.status_code == 404
    assert "还没有对应的企业" in text(answer)
