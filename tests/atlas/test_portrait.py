"""The page of a firm's portrait: who may see whose, what counted on a day, and why."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.people import make_client, make_demo_book, make_organisation

from yulin.atlas.models import Firm, Statement
from yulin.base.ids import make_uscc
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Organisation

pytestmark = pytest.mark.django_db
CODE, OTHER = make_uscc("440112", 1), make_uscc("440106", 2)


@pytest.fixture
def firms() -> tuple[Firm, Firm]:
    make_demo_book()
    made = [
        Firm.objects.create(identifier=code, name=f"示例{code[2:8]}科技有限公司", district_code=code[2:8])
        for code in (CODE, OTHER)
    ]
    says = ((40, "bank_return", 1), (60, "tax_return", 3))
    for value, source, month in says:
        Statement.objects.create(
            firm=made[0],
            fact="staff_count",
            value=value,
            source=source,
            valid_from=date(2020, 12, 31),
            known_at=datetime(2021, month, 1, tzinfo=UTC),
        )
    return made[0], made[1]


def page(client: object, firm: Firm, query: str = "", language: str = "en") -> tuple[int, str]:
    answer = client.get(f"/{language}/firms/{firm.pk}/{query}")  # type: ignore[attr-defined] # Django's test client
    return answer.status_code, answer.content.decode()


def test_the_value_that_counts_stands_before_the_others_each_with_its_reason(firms: tuple[Firm, Firm]) -> None:
    status, text = page(make_client(Role.AUTHORITY_OFFICER), firms[0])
    assert status == 200
    assert text.index(">60<") < text.index(">40<")
    assert "2 statements" in text
    assert "was known later" in text


def test_an_earlier_day_shows_what_was_known_then(firms: tuple[Firm, Firm]) -> None:
    status, text = page(make_client(Role.AUDITOR), firms[0], "?known_on=2021-02-01")
    assert status == 200
    assert "Replay" in text
    assert text.index(">40<") < text.index(">60<")
    assert "Was not known yet" in text
    before = page(make_client(Role.AUDITOR), firms[0], "?on=2019-01-01&known_on=2021-02-01")[1]
    assert "Nothing is known" in before


def test_what_a_source_wrote_is_text_on_the_page(firms: tuple[Firm, Firm]) -> None:
    Statement.objects.create(
        firm=firms[0], fact="list_number", value="<b>7</b>", source="<i>bank</i>", valid_from=date(2021, 1, 1),
        valid_until=date(2099, 1, 1), original="<script>'&\"",
    )  # fmt: skip
    text = page(make_client(Role.AUDITOR), firms[0])[1]
    assert "&lt;script&gt;&#x27;&amp;&quot;" in text
    assert "&lt;i&gt;bank&lt;/i&gt;</span><br>" in text
    assert not any(raw in text for raw in ("<b>7</b>", "<i>bank", "<script>'"))
    assert '– <time datetime="2099-01-01">' in text


@pytest.mark.parametrize("query", ["?on=yesterday", "?known_on=2021-13-01"])
def test_a_day_that_is_none_is_named_and_today_is_shown(firms: tuple[Firm, Firm], query: str) -> None:
    status, text = page(make_client(Role.AUDITOR), firms[0], query)
    assert status == 200
    assert "Enter a valid date" in text
    assert ">60<" in text


def test_a_district_sees_its_own_firms_and_a_firm_itself_only(firms: tuple[Firm, Firm]) -> None:
    district = make_organisation(OrganisationKind.DISTRICT, district_code="440112")
    own = make_organisation(OrganisationKind.FIRM)
    Organisation.objects.filter(pk=own.pk).update(identifier=CODE)
    for client in (make_client(Role.DISTRICT_OFFICER, district), make_client(Role.FIRM_USER, own)):
        assert [page(client, firm)[0] for firm in firms] == [200, 404]


@pytest.mark.parametrize("role", [Role.BANK_CLERK, Role.INVESTOR, Role.GUARANTOR_OFFICER, Role.EXPERT, Role.TALENT])
def test_who_is_not_let_in_sees_no_portrait(firms: tuple[Firm, Firm], role: Role) -> None:
    assert page(make_client(role), firms[0])[0] == 403


def test_more_statements_ask_the_database_no_more_often(firms: tuple[Firm, Firm]) -> None:
    client = make_client(Role.AUDITOR)
    page(client, firms[0])
    counts = []
    for fact in ("staff_count", "rd_staff_count"):
        with CaptureQueriesContext(connection) as queries:
            page(client, firms[0])
        counts.append(len(queries))
        Statement.objects.create(firm=firms[0], fact=fact, value=7, source="bank", valid_from=date(2020, 1, 1))
    assert counts[0] == counts[1]
