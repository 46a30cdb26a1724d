"""A firm's own assigned loans: told when they change hands, whom to pay, and a signed receipt as proof of delivery."""

from __future__ import annotations

import json

import pytest
from django.db import transaction
from django.test import Client
from tests.factories.assignments import TERMS, make_approved, make_debts, make_transfer_law
from tests.factories.firms import house_of
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation
from tests.factories.pool import make_bank
from tests.pool.test_assignments import ACTIVE_ON, TODAY, closed

from yulin.kit import clock
from yulin.kit.documents import open_document
from yulin.kit.signing import is_signed, public_key
from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import Notice, User
from yulin.pool.errors import OwnDebtError
from yulin.pool.models import DebtorNotice
from yulin.pool.selectors.own_debts import own_debts
from yulin.pool.services.assignments.debtors import acknowledge_assignment

pytestmark = pytest.mark.django_db
PATH = "/zh-hans/assignments/mine/"


@pytest.fixture
def clerk():
    make_demo_book(TODAY)
    return make_bank()[1]


@pytest.fixture
def claims(clerk):
    return make_debts(clerk, make_transfer_law())


@pytest.fixture
def debtor(claims):
    return make_actor(Role.FIRM_USER, house_of(claims[0].enrolment.firm))


@pytest.fixture
def package(clerk, claims, debtor):
    checker = make_actor(Role.MANAGER_CHECKER, make_organisation(OrganisationKind.MANAGER))
    return make_approved(clerk, checker, claims)


def acknowledged(debtor):
    (own,) = own_debts(debtor)
    with clock.standing_on(ACTIVE_ON):
        return acknowledge_assignment(actor=debtor, debt_id=own.debt.pk)


def test_a_firm_is_told_once_the_assignment_is_in_effect_and_whom_it_pays(package, debtor, claims):
    assert own_debts(debtor) == []
    assert not Notice.objects.filter(kind="pool.assigned_debt").exists()
    closed()
    (own,) = own_debts(debtor)
    assert (own.debt.claim_id, own.owner.zh, own.pay_to.zh) == (claims[0].pk, TERMS.transferee_name, own.owner.zh)
    told = Notice.objects.get(kind="pool.assigned_debt")
    assert (told.organisation_id, told.path) == (debtor.organisation_id, PATH)
    assert own.debt.loan_number in told.title_zh


def test_a_receipt_is_signed_kept_with_the_papers_and_given_once(package, debtor):
    closed()
    notice = acknowledged(debtor)
    assert acknowledged(debtor).pk == notice.pk
    assert DebtorNotice.objects.filter(way="platform").count() == 1
    assert (notice.way, notice.delivered_on) == ("platform", ACTIVE_ON)
    with open_document(notice.proof.sha256) as file:
        receipt = json.loads(file.read())
    assert is_signed(receipt["receipt"], receipt["signature"], public_key())
    assert receipt["receipt"]["package"] == package.number
    assert Notice.objects.get(kind="pool.assigned_debt").done_on == ACTIVE_ON


def test_nobody_else_acknowledges_and_no_debt_that_does_not_stand(package, debtor, clerk, claims):
    closed()
    (own,) = own_debts(debtor)
    stranger = make_actor(Role.FIRM_USER, house_of(claims[1].enrolment.firm))
    with pytest.raises(OwnDebtError):
        acknowledge_assignment(actor=stranger, debt_id=own.debt.pk)
    with pytest.raises(NotAllowedError):
        acknowledge_assignment(actor=clerk, debt_id=own.debt.pk)
    with transaction.atomic():
        package.debts.update(is_open=False)
        type(package).objects.filter(pk=package.pk).update(state="bought_back")
    with pytest.raises(OwnDebtError):
        acknowledge_assignment(actor=debtor, debt_id=own.debt.pk)
    (own,) = own_debts(debtor)
    assert own.pay_to == package.bank.name


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "还款付给"), ("en", "Pay to")])
def test_the_page_says_whom_to_pay_and_takes_the_receipt(package, debtor, language, word):
    closed()
    client = Client()
    client.force_login(User.objects.get(pk=debtor.user_id))
    page = client.get(f"/{language}/assignments/mine/").content.decode()
    assert word in page
    assert TERMS.transferee_name in page
    (own,) = own_debts(debtor)
    with clock.standing_on(ACTIVE_ON):
        assert client.post(f"{PATH}{own.debt.pk}/acknowledge/").status_code == 302
    assert f"{own.debt.pk}/acknowledge/" not in client.get(PATH).content.decode()
    assert make_client(Role.BANK_CLERK).get(PATH).status_code == 403
