from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from yulin.atlas import selectors, services
from yulin.atlas.enums import CodeKind
from yulin.atlas.errors import FirmCodeTakenError
from yulin.atlas.models import Firm, FirmCode, Statement
from yulin.atlas.services import NewFirm
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.models import AuditEntry

pytestmark = pytest.mark.django_db

ONE = NewFirm("91440101MA59AAAA1X", "示例一科技有限公司", district_code="440112")
TWO = NewFirm("91440101MA59AAAA2X", "示例二科技有限公司")


def test_registering_twice_changes_nothing() -> None:
    first = services.register_firms(actor=SYSTEM_ACTOR, firms=[ONE, TWO, ONE])
    assert services.register_firms(actor=SYSTEM_ACTOR, firms=[TWO, ONE]) == first
    assert Firm.objects.count() == 2
    assert AuditEntry.objects.filter(action="atlas.register_firms").count() == 1


def test_missing_facts_are_filled_in_and_known_ones_kept() -> None:
    services.register_firms(actor=SYSTEM_ACTOR, firms=[ONE])
    later = NewFirm(ONE.identifier, "另一个名字", registered_on=date(2015, 6, 1), district_code="440115")
    services.register_firms(actor=SYSTEM_ACTOR, firms=[later])
    firm = Firm.objects.get()
    assert (firm.name, firm.registered_on, firm.district_code) == (ONE.name, date(2015, 6, 1), "440112")


def test_successor_code_leads_to_the_firm() -> None:
    ids = services.register_firms(actor=SYSTEM_ACTOR, firms=[ONE])
    services.add_firm_code(
        actor=SYSTEM_ACTOR, firm_id=ids[ONE.identifier], code=TWO.identifier, kind=CodeKind.SUCCESSOR
    )
    found = selectors.firm_by_code(TWO.identifier)
    assert found is not None
    assert found.pk == ids[ONE.identifier]
    assert services.register_firms(actor=SYSTEM_ACTOR, firms=[TWO]) == {TWO.identifier: ids[ONE.identifier]}
    assert Firm.objects.count() == 1
    assert selectors.codes_of(found.pk) == [ONE.identifier, TWO.identifier]


def test_code_of_another_firm_is_refused() -> None:
    ids = services.register_firms(actor=SYSTEM_ACTOR, firms=[ONE, TWO])
    with pytest.raises(FirmCodeTakenError):
        services.add_firm_code(
            actor=SYSTEM_ACTOR, firm_id=ids[ONE.identifier], code=TWO.identifier, kind=CodeKind.SUCCESSOR
        )


def test_database_keeps_one_code_to_one_firm() -> None:
    ids = services.register_firms(actor=SYSTEM_ACTOR, firms=[ONE, TWO])
    FirmCode.objects.create(firm_id=ids[ONE.identifier], code="440101000000001", kind="registration_15")
    with pytest.raises(IntegrityError), transaction.atomic():
        FirmCode.objects.create(firm_id=ids[TWO.identifier], code="440101000000001", kind="registration_15")


def test_facts_are_those_valid_on_the_day_and_known_at_the_instant() -> None:
    firm_id = services.register_firms(actor=SYSTEM_ACTOR, firms=[ONE])[ONE.identifier]
    for value, valid_from, valid_until in ((40, date(2020, 1, 1), date(2021, 1, 1)), (55, date(2021, 1, 1), None)):
        Statement.objects.create(
            firm_id=firm_id, fact="staff_count", value=value, source="bank", valid_from=valid_from,
            valid_until=valid_until, known_at=datetime(valid_from.year, 2, 1, tzinfo=UTC),
        )  # fmt: skip

    def staff(on: date, known_at: datetime) -> int | None:
        said = selectors.facts_of([firm_id], on=on, known_at=known_at)[firm_id].get("staff_count")
        return said.value if said else None

    known = datetime(2022, 1, 1, tzinfo=UTC)
    assert staff(date(2020, 12, 31), known) == 40
    assert staff(date(2021, 1, 1), known) == 55
    assert staff(date(2021, 1, 1), datetime(2021, 1, 15, tzinfo=UTC)) is None
    assert staff(date(2019, 12, 31), known) is None


@pytest.mark.slow
def test_ten_thousand_firms_are_registered_in_one_statement(django_assert_max_num_queries) -> None:
    firms = [NewFirm(f"T{n:017d}", f"示例{n}") for n in range(10_000)]
    with django_assert_max_num_queries(12):
        assert len(services.register_firms(actor=SYSTEM_ACTOR, firms=firms)) == 10_000
