"""A loss base that is the lower of what was owed when the class turned bad and at the claim, in the book."""

from __future__ import annotations

import pytest
from tests.factories.claims import DEFAULTED_ON, RULES, TODAY, make_default, make_people
from tests.factories.people import make_client, make_demo_book
from tests.factories.pool import GUANGZHOU, WAN
from tests.pool.test_audit_packs import recompute, write
from tests.pool.test_claim_parts import publish

from yulin.base.errors import YulinError
from yulin.ledger.services import seal_transfers
from yulin.people.enums import Role
from yulin.people.models import Organisation
from yulin.people.services import seal_audit_trail
from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.core.claims.deciding import Deduction
from yulin.pool.models import Claim
from yulin.pool.selectors.claim_case import law_of, settled
from yulin.pool.services.claims.deciding import decide_claim
from yulin.pool.services.claims.open_claim import Asked, open_claim
from yulin.rules.adapters.shipped import shipped_texts

pytestmark = pytest.mark.django_db
LOWER = "loss_base: {measure: lower_of_npa_and_claim, clause: 总则, verified: yes, source: V3}"


@pytest.fixture
def people():
    make_demo_book(TODAY)
    return make_people()


def make_lower_of_law():
    text = shipped_texts(GUANGZHOU[-1])["pack.yaml"]
    usual = "loss_base: {of: [principal], clause: 总则, verified: yes, source: V3}"
    assert usual in text
    return publish({"pack.yaml": text.replace(usual, LOWER)}, RULES)


def opened(people, law, npa_fen, interest_fen=6 * WAN):
    """A claim of 300 万 of principal, with interest 306 at the claim."""
    loan = make_default(people.clerk, law)
    return open_claim(actor=people.clerk, enrolment_id=loan.pk, asked=Asked(interest_fen=interest_fen, npa_fen=npa_fen))


@pytest.mark.parametrize(
    ("npa_fen", "base_fen"),
    [(306 * WAN + 1, 306 * WAN), (306 * WAN, 306 * WAN), (306 * WAN - 1, 306 * WAN - 1), (290 * WAN, 290 * WAN)],
)
def test_the_lower_of_both_days_counts_to_the_fen(people, npa_fen, base_fen):
    claim = opened(people, make_lower_of_law(), npa_fen)
    assert (claim.principal_fen, claim.npa_fen, claim.loss_base_fen) == (300 * WAN, npa_fen, base_fen)


@pytest.mark.parametrize("npa_fen", [None, 0, -1])
def test_without_the_first_days_amount_there_is_no_claim(people, npa_fen):
    law = make_lower_of_law()
    with pytest.raises(YulinError) as refused:
        opened(people, law, npa_fen)
    assert (refused.value.code, Claim.objects.count()) == ("POOL.CLAIM.NPA_AMOUNT", 0)


@pytest.mark.parametrize(("item", "fen"), [("principal", 10 * WAN), ("interest", 6 * WAN)])
def test_a_deduction_lowers_the_base_whichever_day_counts_and_the_audit_pack_agrees(people, item, fen, tmp_path):
    law = make_lower_of_law()
    claim = decided_with(people, law, Deduction(item, fen, "第六条", "扣减"))
    assert (claim.loss_base_fen, claim.decided_base_fen) == (302 * WAN, 302 * WAN - fen)
    assert sum(line["amount_fen"] for line in claim.sheet["lines"]) == 302 * WAN
    seal_transfers()
    seal_audit_trail()
    pack = recompute(write(PackScope(loan=claim.loan_number)), tmp_path)
    assert (pack.returncode, pack.stderr) == (0, ""), pack.stdout


def decided_with(people, law, cut):
    claim = opened(people, law, 302 * WAN)
    Claim.objects.filter(pk=claim.pk).update(
        state="checked", holder="authority", reviewed_by_id=people.reviewer.user_id,
        checked_by_id=people.checker.user_id, submitted_on=TODAY,
    )  # fmt: skip
    claim.refresh_from_db()
    shown = settled(claim, law_of(claim), [cut], on=TODAY).public_fen
    return decide_claim(
        actor=people.authority, claim_id=claim.pk, version=None, shown_public_fen=shown, deductions=[cut], clause="六"
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_form_asks_for_it_only_where_the_scheme_counts_it(people, language):
    bank = make_client(Role.BANK_CLERK, Organisation.objects.get(pk=people.clerk.organisation_id))
    loan = make_default(people.clerk, make_lower_of_law())
    address = f"/{language}/enrolments/{loan.pk}/claim/"
    assert 'name="npa"' in bank.get(address).content.decode()
    sent = {"defaulted_on": DEFAULTED_ON.isoformat(), "interest": "60000", "npa": ""}
    assert bank.post(address, sent).status_code == 422
    assert bank.post(address, sent | {"npa": "2900000.01"}).status_code == 302
    assert Claim.objects.get().loss_base_fen == 290 * WAN + 1


def test_other_schemes_ask_nothing_and_keep_nothing(people):
    law = publish({"pack.yaml": shipped_texts(GUANGZHOU[-1])["pack.yaml"]}, RULES)
    claim = opened(people, law, 290 * WAN)
    assert (claim.npa_fen, claim.loss_base_fen) == (None, 300 * WAN)
