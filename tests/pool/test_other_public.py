"""Public money that has paid for the same loss from outside the scheme: stated, on the sheet, never paid twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.factories.claims import TODAY, complete, make_claim, make_claim_law, make_people, shown_fen
from tests.factories.people import make_client, make_demo_book
from tests.factories.pool import WAN
from tests.pool.test_audit_packs import recompute, write

from yulin.ledger.services import seal_transfers
from yulin.people.enums import Role
from yulin.people.services import seal_audit_trail
from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.core.claims.sheet import read_sheet
from yulin.pool.errors import ChecklistError
from yulin.pool.models import Claim, Voucher
from yulin.pool.selectors.claims import read_statement
from yulin.pool.selectors.reconciliation import differences
from yulin.pool.services.claims import deciding, papers, reviewing
from yulin.pool.services.recoveries.enter_recovery import Received, enter_recovery

pytestmark = pytest.mark.django_db


def stated(people, claim, fen, payer="省级知识产权质押融资风险补偿"):
    said = replace(read_statement(claim.statement), other_public_fen=fen, other_public_from=payer)
    papers.fill_in_claim(actor=people.clerk, claim_id=claim.pk, version=None, statement=said, answers={})


def decided_with(people, fen):
    claim = complete(people.clerk, make_claim(people.clerk, make_claim_law()))
    stated(people, claim, fen)
    papers.submit_claim(actor=people.clerk, claim_id=claim.pk, version=None)
    reviewing.review_claim(actor=people.reviewer, claim_id=claim.pk, version=None, note="齐备")
    reviewing.check_claim(actor=people.checker, claim_id=claim.pk, version=None)
    claim.refresh_from_db()
    return deciding.decide_claim(
        actor=people.authority, claim_id=claim.pk, version=None, shown_public_fen=shown_fen(claim)
    )


@pytest.fixture
def people():
    make_demo_book(TODAY)
    return make_people()


def test_a_claim_that_does_not_answer_or_names_nobody_is_not_submitted(people):
    claim = complete(people.clerk, make_claim(people.clerk, make_claim_law()))
    for fen, payer in ((None, ""), (1, " ")):
        stated(people, claim, fen, payer)
        with pytest.raises(ChecklistError) as caught:
            papers.submit_claim(actor=people.clerk, claim_id=claim.pk, version=None)
        assert "其他财政补偿" in str(caught.value.message)


def test_sheet_vouchers_recoveries_and_audit_pack_hold_with_it(people, tmp_path):
    claim = decided_with(people, 100 * WAN)  # of 300 all layers bear 270 at most: the district gives way
    lines = {line.party: (line.kind, line.amount_fen // WAN) for line in read_sheet(claim.sheet).lines}
    assert lines == {
        "city": ("public", 150), "district": ("public", 20), "other_public": ("third", 100), "bank": ("own", 30),
    }  # fmt: skip
    vouchers = Voucher.objects.filter(claim=claim).values_list("party", "amount_fen")
    assert dict(vouchers) == {"city": 150 * WAN, "district": 20 * WAN}
    page = make_client(Role.MANAGER_CLERK).get(f"/zh-hans/claims/{claim.pk}/").content.decode()
    assert "省级知识产权质押融资风险补偿" in page
    assert "申请表所列" in page
    assert "其他财政资金已付同一损失" in page
    assert "由银行自担" not in page  # what the district gives way is borne by the other payer
    assert "实际6.67%" in page
    entry = enter_recovery(actor=people.clerk, claim_id=claim.pk, received=Received(TODAY, 30 * WAN, reference="LS-1"))
    assert entry.remitted_fen == 10 * WAN  # the other payer's third; the layers have not paid yet
    assert differences() == []
    seal_transfers()
    seal_audit_trail()
    found = recompute(write(PackScope(loan=Claim.objects.get(pk=claim.pk).loan_number)), tmp_path / "pack")
    assert (found.returncode, found.stderr) == (0, ""), found.stdout
