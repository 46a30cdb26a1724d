"""A compensated claim as the ledger books its money, with the accounts of everybody who has a part in it open."""

from __future__ import annotations

from collections.abc import Iterable

from yulin.ledger.enums import AccountKind
from yulin.pool.core.postings import Debt
from yulin.pool.core.recoveries import DebtTerms
from yulin.pool.models import Claim
from yulin.pool.selectors.recoveries import partner_ids
from yulin.pool.services.layer_accounts import open_clearing, open_layer_accounts


def debt_of(claim: Claim, terms: DebtTerms) -> Debt:
    """Return a compensated claim as the ledger books its money."""
    return Debt(
        claim_id=claim.pk,
        claim_number=claim.number,
        scheme_id=claim.scheme_id,
        district_code=claim.district_code,
        payee_id=claim.bank_id,
        collector=terms.collector,
        partner_ids=partner_ids(claim),
    )


def opened_debt(claim: Claim, terms: DebtTerms, parties: Iterable[str] = ()) -> Debt:
    """Return a debt whose accounts are open: of those who bore it, and of `parties`.

    Effects: accounts that were missing, one audit row where any was opened.
    """
    debt = debt_of(claim, terms)
    others = [party for party in {*terms.borne_fen, *parties} if party != terms.collector]
    kinds = (AccountKind.RECOVERY_RECEIVABLE, AccountKind.RECOVERY_RECEIVED)
    open_layer_accounts([(debt.place(party), kind, None) for party in sorted(others) for kind in kinds])
    open_clearing(claim.scheme_id, {claim.bank_id, *debt.partner_ids.values()})
    return debt
