"""The demo book's ledger: what each layer may promise, and a hold for every open loan's share of it. Invented grants.

A hold stands since the day on which its loan was confirmed, as if the ledger had been there all the time.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl

from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import AccountKind, TransferKind
from yulin.ledger.services import book_transfers
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.pool.core.postings import Place, Promise, enrolled
from yulin.pool.services.layer_accounts import CAPACITY_KINDS, open_layer_accounts

_LAYERS = frozenset({"city", "district"})
_STEP_FEN = 1_000_000_000  # grants are made in steps of 1,000万
_ROOM_PERCENT = 125


def load_ledger(loans: pl.DataFrame, as_of: date) -> int:
    """Open the layers' accounts, grant their capacity and hold every open loan's share; return how many transfers.

    Effects: accounts, transfers, holds, audit rows; the sealer seals them once this transaction has ended.
    """
    promised: dict[Place, int] = {}
    since: dict[Place, date] = {}
    holds: list[NewTransfer] = []
    for promise, on in _promises(loans):
        shares = {place: fen for place, fen in promise.shares() if place.party in _LAYERS}
        holds += enrolled(promise, on, shares)
        for place, fen in shares.items():
            promised[place] = promised.get(place, 0) + fen
            since[place] = min(on, since.get(place, on))
    open_layer_accounts([(place, kind, None) for place in promised for kind in CAPACITY_KINDS])
    grants = [_grant(place, fen, since[place].replace(month=1, day=1)) for place, fen in promised.items()]
    book_transfers(actor=SYSTEM_ACTOR, transfers=[*grants, *holds], today=as_of)
    return len(grants) + len(holds)


def _promises(loans: pl.DataFrame) -> list[tuple[Promise, date]]:
    """Return what the layers promise of every open loan, and since when."""
    columns = ("id", "pack_id", "scheme_id", "district_code", "number", "ratio_bp", "loan_amount_fen", "confirmed_on")
    rows: list[tuple[Any, ...]] = loans.filter(pl.col("closed_on").is_null()).select(columns).rows()
    ratios = {text: json.loads(text) for text in loans.get_column("ratio_bp").unique()}
    return [
        (Promise(key, pack, scheme, district, number, ratios[ratio], fen), on)
        for key, pack, scheme, district, number, ratio, fen, on in rows
    ]


def _grant(place: Place, promised_fen: int, on: date) -> NewTransfer:
    granted = -(-promised_fen * _ROOM_PERCENT // 100 // _STEP_FEN) * _STEP_FEN
    accounts = place.account(AccountKind.FUNDING), place.account(AccountKind.CAPACITY)
    key = f"grant:{place.scheme_id}:{place.code}"
    return NewTransfer(key, TransferKind.POSTED, *accounts, granted, on, reason="演示额度 demo grant")
