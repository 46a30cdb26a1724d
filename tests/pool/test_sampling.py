"""Later instalments wait for a sample audit of their claimant, where the scheme asks for one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.factories.claims import RULES, TODAY, decided, make_people
from tests.factories.people import make_actor, make_client, make_demo_book
from tests.factories.pool import FIRM_CODES, GUANGZHOU

from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry
from yulin.pool.adapters.packs import laws_of
from yulin.pool.errors import PoolError
from yulin.pool.models import Claim, SampleAudit, SampleLine, Voucher
from yulin.pool.selectors.payouts import vouchers_to_pay
from yulin.pool.selectors.samples import lines_of, to_sample
from yulin.pool.services.sampling import close_sample, draw_sample, enter_finding
from yulin.rules.adapters.shipped import shipped_texts
from yulin.rules.services import draft_pack, draft_shipped_pack, publish_pack

pytestmark = pytest.mark.django_db
SCHEME = GUANGZHOU[-1]
ROUTING = {
    **RULES["routing"],
    "sample_audit": {"count": 2, "clause": "十一"},
    "sample_error": {"ratio": "2%", "clause": "十一"},
}


def make_sampled_law():
    maker, checker = make_actor(Role.AUTHORITY_OFFICER), make_actor(Role.AUTHORITY_CHECKER)
    for pack_id in GUANGZHOU[:-1]:
        publish_pack(actor=checker, draft_id=draft_shipped_pack(actor=maker, pack_id=pack_id).pk)
    text = shipped_texts(SCHEME)["pack.yaml"].replace(
        "    caps:\n", "    instalments: {first: 75%, second: 25%}\n    caps:\n", 1
    )
    draft = draft_pack(actor=maker, texts={"pack.yaml": text}, manager_values={**RULES, "routing": ROUTING})
    publish_pack(actor=checker, draft_id=draft.pk)
    return laws_of(SCHEME)[-1]


@pytest.fixture
def people():
    make_demo_book(TODAY)
    return make_people()


@pytest.fixture
def claims(people):
    """Three claims of one bank whose first instalments are paid."""
    law = make_sampled_law()
    made = [
        decided(people, law, firm_code=FIRM_CODES[place], outstanding_fen=(place + 1) * 100_000_000)
        for place in range(3)
    ]
    Claim.objects.update(state="approved", notice_until=TODAY)
    Voucher.objects.filter(instalment=1).update(state="paid", paid_on=TODAY)
    return made


def draw(people, claims):
    return draw_sample(actor=people.reviewer, scheme_id=SCHEME, bank_id=claims[0].bank_id)


def audited(people, sample, *errors_fen):
    for line, error in zip(lines_of(sample), errors_fen, strict=True):
        enter_finding(actor=people.reviewer, sample_id=sample.pk, line_id=line.pk, error_fen=error, finding="已核对")


def code_of(work):
    with pytest.raises(PoolError) as caught:
        work()
    return caught.value.code


def test_nothing_later_is_paid_before_a_sample_has_passed(people, claims):
    assert list(vouchers_to_pay()) == []
    assert [(one.bank_id, one.claims) for one in to_sample()] == [(claims[0].bank_id, 3)]
    sample = draw(people, claims)
    paid = sum(Voucher.objects.filter(state="paid").values_list("amount_fen", flat=True))
    assert (sample.claim_count, sample.population_fen, len(lines_of(sample))) == (3, paid, 2)
    assert to_sample() == []
    audited(people, sample, 0, 0)
    closed = close_sample(actor=people.checker, sample_id=sample.pk, conclusion="未发现差错")
    assert (closed.has_passed, closed.extrapolated_fen) == (True, 0)
    assert {one.claim_id for one in vouchers_to_pay()} == {one.pk for one in claims}
    assert AuditEntry.objects.filter(action__in=["pool.draw_sample", "pool.close_sample"]).count() == 2


def test_errors_above_the_rate_are_extrapolated_and_hold_back_until_a_new_sample(people, claims):
    sample = draw(people, claims)
    first, second = lines_of(sample)
    error = (first.paid_fen + second.paid_fen) * 2 // 100 + 1
    audited(people, sample, error, 0)
    closed = close_sample(actor=people.checker, sample_id=sample.pk, conclusion="差错超过2%")
    assert not closed.has_passed
    assert closed.extrapolated_fen == -(-sample.population_fen * error // closed.audited_fen) > error
    assert list(vouchers_to_pay()) == []
    again = draw(people, claims)
    audited(people, again, 0, 0)
    assert close_sample(actor=people.checker, sample_id=again.pk, conclusion="已整改").has_passed
    assert vouchers_to_pay().count() > 0


def test_a_claim_decided_after_the_sample_waits_for_the_next(people, claims):
    sample = draw(people, claims)
    audited(people, sample, 0, 0)
    close_sample(actor=people.checker, sample_id=sample.pk, conclusion="通过")
    Claim.objects.filter(pk=claims[0].pk).update(decided_on=TODAY + timedelta(days=1))
    assert claims[0].pk not in {one.claim_id for one in vouchers_to_pay()}


def test_what_is_wrong_is_refused(people, claims):
    sample = draw(people, claims)
    line = lines_of(sample)[0]
    assert code_of(lambda: draw(people, claims)) == "POOL.SAMPLE.NOTHING"

    def found(error_fen, finding="x"):
        enter_finding(actor=people.reviewer, sample_id=sample.pk, line_id=line.pk, error_fen=error_fen, finding=finding)

    assert code_of(lambda: found(line.paid_fen + 1)) == "POOL.SAMPLE.ERROR_AMOUNT"
    assert code_of(lambda: found(-1)) == "POOL.SAMPLE.ERROR_AMOUNT"
    assert code_of(lambda: found(0, " ")) == "POOL.SAMPLE.ERROR_AMOUNT"
    found(line.paid_fen)
    closing = {"sample_id": sample.pk, "conclusion": "x"}
    assert code_of(lambda: close_sample(actor=people.checker, **closing)) == "POOL.SAMPLE.UNFINISHED"
    assert code_of(lambda: close_sample(actor=people.reviewer, **closing)) == "POOL.SAMPLE.SAME_HANDS"
    assert code_of(
        lambda: enter_finding(actor=people.reviewer, sample_id=sample.pk, line_id=0, error_fen=0, finding="x")
    ) == ("POOL.SAMPLE.NOT_FOUND")
    with pytest.raises(NotAllowedError):
        draw_sample(actor=people.clerk, scheme_id=SCHEME, bank_id=claims[0].bank_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        SampleLine.objects.filter(pk=line.pk).update(error_fen=line.paid_fen + 1)


def test_the_pages_draw_enter_and_close(people, claims):
    client, other = make_client(Role.MANAGER_CLERK), make_client(Role.MANAGER_CHECKER)
    assert "To be sampled" in client.get("/en/payouts/samples/").content.decode()
    drawn = client.post("/en/payouts/samples/", {"scheme": SCHEME, "bank": claims[0].bank_id}, follow=True)
    sample = SampleAudit.objects.get()
    address = f"/en/payouts/samples/{sample.pk}/"
    assert drawn.redirect_chain[-1][0] == address
    for line in lines_of(sample):
        sent = {"do": "finding", "line": line.pk, "error": "0.01", "finding": "checked"}
        assert client.post(address, sent).status_code == 302
    assert client.post(address, {"do": "close", "conclusion": "ok"}).status_code == 422
    page = other.post(address, {"do": "close", "conclusion": "ok"}, follow=True).content.decode()
    assert "passed: later instalments can be paid" in page
    assert "抽样审计" in make_client(Role.AUDITOR).get("/zh-hans/payouts/samples/").content.decode()
