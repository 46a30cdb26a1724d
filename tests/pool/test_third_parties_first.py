"""Where third parties pay first, no layer pays before it is proved that they have; else nothing waits."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.factories.claims import RULES, TODAY, checked, make_people, shown_fen
from tests.factories.people import make_demo_book, make_organisation
from tests.factories.pool import GUANGZHOU, WAN
from tests.pool.test_audit_packs import recompute, write
from tests.pool.test_claim_parts import publish, stated
from tests.pool.test_insurers import insured

from yulin.base.errors import YulinError
from yulin.ledger.services import seal_transfers
from yulin.people.enums import OrganisationKind
from yulin.people.models import Notice, User
from yulin.people.services import seal_audit_trail
from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.models import Claim, InstalmentEvent
from yulin.pool.selectors.payouts import vouchers_to_pay
from yulin.pool.services.claims.deciding import decide_claim
from yulin.rules.adapters.shipped import shipped_texts

pytestmark = pytest.mark.django_db
SCHEME, EVENT = "gz-credit-2021", "third_parties_paid"


@pytest.fixture
def people():
    make_demo_book(TODAY)
    return make_people()


def approved(people, order, *, with_insurer=True):
    """A claim of 300 万 that can be paid: 150 the city, and with an insurer 90 of the other half."""
    text = shipped_texts(GUANGZHOU[-1])["pack.yaml"]
    rule = "    third_parties: {parties: [guarantor, insurer, other]"
    assert rule in text
    law = publish({"pack.yaml": text.replace(rule, f"    pays_first: {order}\n{rule}", 1)}, RULES)
    house = make_organisation(OrganisationKind.INSURER, name="示例保险")
    shared = insured(house) if with_insurer else {"mode": "five_plus_x", "security": "insurance"}
    claim = checked(people, law, **shared)
    shown = shown_fen(claim)
    claim = decide_claim(actor=people.authority, claim_id=claim.pk, version=None, shown_public_fen=shown)
    Claim.objects.filter(pk=claim.pk).update(state="approved", notice_until=TODAY)
    claim.refresh_from_db()
    return claim


def test_the_pool_waits_for_those_who_pay_first_and_pays_once_it_is_proved(people, tmp_path):
    claim = approved(people, "third_party")
    assert [line["party"] for line in claim.sheet["lines"]] == ["insurer", "city", "bank"]
    assert list(vouchers_to_pay(SCHEME)) == []
    with pytest.raises(YulinError) as refused:
        stated(people.reviewer, claim, "decree", instalment=1)
    assert refused.value.code == "POOL.CLAIM.INSTALMENT_EVENT"
    assert stated(people.reviewer, claim, EVENT, instalment=1).due_on == TODAY
    assert [one.amount_fen for one in vouchers_to_pay(SCHEME)] == [150 * WAN]
    assert Notice.objects.filter(organisation_id=claim.bank_id, title_zh__startswith="第三方已赔付").count() == 1
    seal_transfers()
    seal_audit_trail()
    pack = recompute(write(PackScope(loan=claim.loan_number)), tmp_path)
    assert (pack.returncode, pack.stderr) == (0, ""), pack.stdout


@pytest.mark.parametrize(("order", "with_insurer"), [("pool", True), ("third_party", False)])
def test_nothing_waits_where_the_pool_pays_first_or_nobody_else_bears_a_part(people, order, with_insurer):
    approved(people, order, with_insurer=with_insurer)
    assert [one.amount_fen for one in vouchers_to_pay(SCHEME)] == [150 * WAN]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_says_what_it_waits_for_and_takes_the_proof(people, language):
    claim = approved(people, "third_party")
    client, address = Client(), f"/{language}/claims/{claim.pk}/"
    client.force_login(User.objects.get(pk=people.reviewer.user_id))
    words = {"zh-hans": ("拨付的条件", "第三方已赔付"), "en": ("What makes payment due", "third parties have paid")}
    page = client.get(address)
    for word in words[language]:
        assert word in page.content.decode()
    sent = {
        "do": "event", "version": claim.version, "instalment": 1, "event": EVENT, "on": TODAY.isoformat(),
        "note": "保险赔款回单", "file": SimpleUploadedFile("receipt.pdf", b"receipt"),
    }  # fmt: skip
    assert client.post(address, sent).status_code == 302
    assert InstalmentEvent.objects.get().file_name == "receipt.pdf"
    assert "receipt.pdf" in client.get(address).content.decode()
