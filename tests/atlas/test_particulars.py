"""Particulars in the database: panels of the page and the API, replay, access, the statements behind every figure."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.firms import make_firm, person_of
from tests.factories.people import make_client, make_demo_book, make_organisation

from yulin.atlas.adapters import loans_outside
from yulin.atlas.core.access import OF_ITSELF
from yulin.atlas.models import Firm, Particular, Reading, Source, Statement
from yulin.atlas.selectors.portrait import portrait_of
from yulin.atlas.services.consenting import NewConsent, give_consent
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Organisation

pytestmark = pytest.mark.django_db
UNTIL = date(2022, 2, 1)


def state(
    firm: Firm, kind: str, key: str, value: dict[str, Any], *, known: date = date(2021, 12, 1), **more: Any
) -> None:
    more = {"valid_from": date(2021, 1, 1), "source": "tax", **more}
    at = datetime(known.year, known.month, known.day, tzinfo=UTC)
    Particular.objects.create(firm=firm, kind=kind, key=key, value=value, known_at=at, **more)


def invoice(firm: Firm, number: int, month: int, net: int, **more: Any) -> None:
    value = {"side": "sale", "number": str(number), "issued_on": f"2021-{month:02}-05", "partner": "P1"}
    money = {"net_fen": net, "tax_fen": 0, "gross_fen": net}
    state(firm, "invoice", f"sale:{number}", value | money, original=f"发票{number}", **more)


@pytest.fixture
def firm() -> Firm:
    make_demo_book()
    found = make_firm()
    Source.objects.create(
        code="tax", title_zh="税务", title_en="Tax", owner="o", licence="tax-2021", priority=20,
        contract_hash="0" * 64, contract={"fields": {}, "classes": ["operation"]},
    )  # fmt: skip
    invoice(found, 1, 3, 200_000_00)
    invoice(found, 2, 4, 100_000_00, known=date(2022, 1, 10))
    state(found, "judicial", "a", {"type": "民事", "amount_fen": 500}, valid_until=date(2021, 12, 1))
    state(found, "holding", "h", {"holder": "张", "holder_name": "张", "share_ppm": 1_000_000})
    return found


def page(client: Client, firm: Firm, rest: str = "") -> str:
    answer = client.get(f"/en/firms/{firm.pk}/{rest}")
    assert answer.status_code == 200
    return answer.content.decode()


def panels(client: Client, firm: Firm, query: str = "") -> dict[str, dict[str, Any]]:
    found = client.get(f"/api/v1/atlas/firms/{firm.identifier}/portrait{query}").json()["panels"]
    return {one["id"]: {each["id"]: each["value"] for each in one["figures"]} for one in found}


def let_in(firm: Firm, *classes: str) -> Client:
    bank = make_organisation(OrganisationKind.BANK)
    give_consent(actor=person_of(firm), asked=NewConsent(bank.pk, frozenset(classes), "流动资金贷款", UNTIL))
    return make_client(Role.BANK_CLERK, bank)


def test_every_figure_opens_its_statements_with_source_licence_and_original_text(firm: Firm) -> None:
    text = page(make_client(Role.AUDITOR), firm)
    assert 'id="figure-sales_net_fen"' in text
    assert "CNY 30.00万" in text
    assert "发票1" in text
    assert "licence tax-2021" in text
    rows = page(make_client(Role.AUDITOR), firm, "particulars/invoice/")
    assert rows.count("Counts: its source is believed first") == 2
    assert "Licence tax-2021" in rows


@pytest.mark.parametrize(
    ("query", "sales"),
    [("", 300_000_00), ("?known_at=2022-01-01T00:00:00Z", 200_000_00), ("?as_of=2021-02-15", None)],
)
def test_a_replay_counts_what_was_valid_on_the_day_and_known_by_then(firm: Firm, query: str, sales: int | None) -> None:
    found = panels(make_client(Role.AUDITOR), firm, query)
    assert found.get("operations", {}).get("sales_net_fen") == sales


def test_what_may_not_be_shown_any_more_is_not_replayed_to_a_partner(firm: Firm) -> None:
    then = "?as_of=2021-06-01"
    assert panels(make_client(Role.AUDITOR), firm, then)["judicial"]["judicial_amount_fen"] == 500
    bank = let_in(firm, "conduct", "operation")
    assert "judicial" not in panels(bank, firm, then)
    assert "judicial" not in panels(make_client(Role.AUDITOR), firm)


def test_a_bank_sees_the_panels_of_the_classes_it_is_let_into_only(firm: Firm) -> None:
    bank = let_in(firm, "operation")
    assert set(panels(bank, firm)) == {"operations"}
    assert bank.get(f"/en/firms/{firm.pk}/particulars/holding/").status_code == 403
    assert bank.get(f"/en/firms/{firm.pk}/holdings.json").status_code == 403
    assert bank.get(f"/api/v1/atlas/firms/{firm.identifier}/particulars/holding").status_code == 403
    assert "发票1" in page(bank, firm, "particulars/invoice/")
    reading = Reading.objects.latest("pk")
    assert (reading.classes, reading.facts) == (["operation"], ["invoice"])


def test_the_api_gives_each_statement_of_a_kind(firm: Firm) -> None:
    client = make_client(Role.AUDITOR)
    found = client.get(f"/api/v1/atlas/firms/{firm.identifier}/particulars/invoice").json()
    said = [(one["name"], one["licence"], one["original"]) for one in found["statements"]]
    assert said == [("invoice:sale:1", "tax-2021", "发票1"), ("invoice:sale:2", "tax-2021", "发票2")]
    assert client.get("/api/v1/atlas/firms/none/particulars/invoice").status_code == 404


def test_a_kind_that_is_none_is_not_found(firm: Firm) -> None:
    assert make_client(Role.AUDITOR).get(f"/en/firms/{firm.pk}/particulars/wealth/").status_code == 404


def test_the_group_is_found_through_holdings_both_ways_with_what_it_owes(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, third = make_firm(2), make_firm(3)
    state(other, "holding", "h", {"holder": firm.identifier, "holder_name": firm.name, "share_ppm": 600_000})
    state(third, "holding", "h", {"holder": "张", "holder_name": "张", "share_ppm": 900_000})
    monkeypatch.setattr(loans_outside, "_OWED", [lambda ids: dict.fromkeys(ids, 7)])
    assert panels(make_client(Role.AUDITOR), other)["control"] == {
        "ultimate_controller": "张",
        "group_firms": 3,
        "group_owed_fen": 21,
    }
    assert "group_owed_fen" not in panels(let_in(other, "basics"), other)["control"]
    said = make_client(Role.AUDITOR).get(f"/en/firms/{other.pk}/holdings.json").json()
    assert [one["recordType"] for one in said].count("relationship") == 3


def test_the_paper_has_the_panels(firm: Firm) -> None:
    answer = make_client(Role.AUDITOR).get(f"/en/firms/{firm.pk}/portrait.pdf")
    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize("change", ["UPDATE atlas_particular SET key = 'x'", "DELETE FROM atlas_particular"])
def test_nobody_changes_a_row(firm: Firm, change: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_more_particulars_ask_the_database_no_more_often(firm: Firm) -> None:
    client, counts = make_client(Role.AUDITOR), []
    page(client, firm)
    for number in (10, 11):
        with CaptureQueriesContext(connection) as queries:
            page(client, firm)
        counts.append(len(queries))
        invoice(firm, number, 5, 9_00)
    assert counts[0] == counts[1]
    assert counts[0] <= 30


def test_a_firm_reads_its_own_particulars_without_a_line_in_its_log(firm: Firm) -> None:
    client = make_client(Role.FIRM_USER, Organisation.objects.get(pk=person_of(firm).organisation_id))
    assert "发票1" in page(client, firm, "particulars/invoice/")
    assert not Reading.objects.filter(firm=firm).exists()


INVOICES = (
    (1, 3, 500_00, "tax", 20),
    (1, 3, 400_00, "bank", 50),
    (2, 4, 300_00, "a", 20),
    (2, 4, 200_00, "b", 20),
    (3, 5, -300_00, "tax", 20),
)
MACHINE = {"asset_kind": "设备", "asset_key": "SB1"}


def a_sale(number: int, month: int, net: int) -> dict[str, Any]:
    said = {"side": "sale", "number": str(number), "issued_on": f"2021-0{month}-05", "partner": "P1"}
    return said | {"net_fen": net, "tax_fen": 0, "gross_fen": net}


SAID_OF_ALL = [
    *(("invoice", str(number), a_sale(number, month, net), *by) for number, month, net, *by in INVOICES),
    ("equipment", "SB1", {"number": "SB1", "value_fen": 7}, "firm", 40),
    ("pledge", "1", MACHINE | {"creditor": "A", "registered_on": "2021-01-01"}, "x", 10),
    ("pledge", "2", MACHINE | {"creditor": "B", "registered_on": "2021-02-01"}, "y", 10),
]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(every=st.permutations(SAID_OF_ALL), facts=st.permutations([(40, "bank"), (60, "tax"), (50, "audit")]))
def test_the_order_in_which_sources_come_in_changes_nothing_of_the_portrait(
    firm: Firm, every: list[Any], facts: list[Any]
) -> None:
    def shown(particulars: list[Any], said: list[Any]) -> object:
        with transaction.atomic():
            for kind, key, value, source, priority in particulars:
                state(firm, kind, f"p{key}", value, source=source, priority=priority)
            for value, source in said:
                days = {"valid_from": date(2021, 1, 1), "known_at": datetime(2021, 6, 1, tzinfo=UTC)}
                Statement.objects.create(firm=firm, fact="tech_staff_count", value=value, source=source, **days)
            found = portrait_of(firm, OF_ITSELF, on=date(2022, 1, 19), known_at=datetime(2022, 1, 19, tzinfo=UTC))
            transaction.set_rollback(True)
        return found.sections, found.panels

    assert shown(every, facts) == shown(SAID_OF_ALL, [(60, "tax"), (40, "bank"), (50, "audit")])
