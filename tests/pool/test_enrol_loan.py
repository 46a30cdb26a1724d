"""One loan by form or API: the file's own rules, an idempotency key, refusals with their codes; partners."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.people import make_actor, make_demo_book
from tests.factories.pool import WAN, enrol, loan, make_bank, make_law

from yulin.kit.errors import IdempotencyConflictError
from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.pool.errors import PartnershipOverlapError, ProductNameTakenError, RowRefusedError, SchemeUnknownError
from yulin.pool.models import Enrolment
from yulin.pool.services.enrol_loan import enrol_loan
from yulin.pool.services.partners import end_partnership, keep_product, record_partnership

pytestmark = pytest.mark.django_db
SCHEME = "gz-credit-2021"


@pytest.fixture
def law():
    make_demo_book(date(2022, 1, 19))
    return make_law()


def one(**fields):
    return {name: value for name, value in loan(**fields).items() if name != "row"}


def test_one_loan_and_the_same_key_again(law):
    bank, clerk = make_bank()
    row = one()
    asked = {"actor": clerk, "bank_id": bank.pk, "scheme_id": SCHEME, "idempotency_key": "k1"}
    first = enrol_loan(loan=row, **asked)
    assert (first["number"], first["state"]) == ("GZ21-2022-0000001", "active")
    assert enrol_loan(loan=row, **asked) == first
    with pytest.raises(IdempotencyConflictError):
        enrol_loan(loan=one(), **asked)
    assert Enrolment.objects.count() == 1


def test_one_fen_over_is_refused_with_its_code(law):
    bank, clerk = make_bank()
    with pytest.raises(RowRefusedError) as refused:
        enrol_loan(actor=clerk, bank_id=bank.pk, scheme_id=SCHEME, loan=one(loan_amount_fen=3_000 * WAN + 1))
    assert refused.value.facts["codes"] == ["POOL.LIMIT.FIRM_YEAR"]
    assert not Enrolment.objects.exists()


def test_only_for_ones_own_bank_and_a_published_scheme(law):
    bank, _ = make_bank()
    _, stranger = make_bank()
    with pytest.raises(NotAllowedError):
        enrol_loan(actor=stranger, bank_id=bank.pk, scheme_id=SCHEME, loan=one())
    with pytest.raises(SchemeUnknownError):
        enrol_loan(actor=stranger, bank_id=stranger.organisation_id, scheme_id="none", loan=one())


@pytest.mark.parametrize(
    ("lent", "fits"), [(date(2021, 8, 1), False), (date(2021, 8, 2), True), (date(2021, 12, 31), False)]
)
def test_bank_enrols_only_what_it_lent_as_a_partner(law, lent, fits):
    bank, clerk = make_bank()
    manager = make_actor(Role.MANAGER_CLERK)
    made = record_partnership(actor=manager, scheme_id=SCHEME, bank_id=bank.pk, valid_from=date(2021, 8, 2))
    end_partnership(actor=manager, partnership_id=made.pk, on=date(2021, 12, 31))
    result = enrol(clerk, law, loan(disbursed_on=lent))
    assert result.enrolled == fits
    assert result.findings.get_column("code").to_list() == ([] if fits else ["POOL.BANK.NOT_PARTNER"])


def test_partnership_twice_is_refused_and_a_product_is_kept_once(law):
    bank, clerk = make_bank()
    manager = make_actor(Role.MANAGER_CLERK)
    asked = {"actor": manager, "scheme_id": SCHEME, "bank_id": bank.pk}
    record_partnership(valid_from=date(2021, 1, 1), **asked)
    with pytest.raises(PartnershipOverlapError):
        record_partnership(valid_from=date(2021, 6, 1), **asked)
    with pytest.raises(NotAllowedError):
        keep_product(actor=manager, bank_id=bank.pk, fields={"name_zh": "示例贷"})
    first = keep_product(actor=clerk, bank_id=bank.pk, fields={"name_zh": "示例贷", "max_amount_fen": 500 * WAN})
    with pytest.raises(ProductNameTakenError):
        keep_product(actor=clerk, bank_id=bank.pk, fields={"name_zh": "示例贷"})
    change = {"name_zh": "示例成长贷", "max_amount_fen": 800 * WAN}
    again = keep_product(actor=clerk, bank_id=bank.pk, product_id=first.pk, fields=change)
    assert (first.pk, again.max_amount_fen) == (again.pk, 800 * WAN)
