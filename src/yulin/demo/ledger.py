"""The demo book's ledger: what each layer may promise, and a hold for every open loan's share of it. Invented grants.

Each layer of a scheme has three accounts: where its capacity comes from, the capacity, and what it has promised. A
district layer is that of the loan's district.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from yulin.base.districts import GUANGZHOU_DISTRICTS
from yulin.base.text import Text
from yulin.ledger.core.accounts import NewAccount
from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import AccountKind, TransferKind
from yulin.ledger.services import book_transfers, open_accounts
from yulin.people.core.actors import SYSTEM_ACTOR

_LAYERS: Mapping[str, Text] = {"city": Text("市级", "City"), "district": Text("区级", "District")}
_STEP_FEN = 1_000_000_000  # grants are made in steps of 1,000万
_ROOM_PERCENT = 125
_BP = 10_000
_KINDS = (
    (AccountKind.FUNDING, Text("额度来源", "source of capacity"), True),
    (AccountKind.CAPACITY, Text("备案额度", "capacity"), False),
    (AccountKind.COMMITMENT, Text("已承诺", "promised"), False),
)


def load_ledger(loans: pl.DataFrame, organisations: Mapping[str, int], as_of: date) -> int:
    """Open the layers' accounts, grant their capacity and hold every open loan's share; return how many transfers.

    Effects: accounts, transfers, holds, audit rows; the sealer seals them once this transaction has ended.
    """
    shares = _shares(loans)
    layers = shares.group_by("scheme_id", "layer", "district", maintain_order=True).agg(
        pl.col("share_fen").sum(), pl.col("confirmed_on").min()
    )
    open_accounts(
        actor=SYSTEM_ACTOR,
        accounts=[
            _account(row["scheme_id"], row["layer"], row["district"], kind, organisations)
            for row in layers.iter_rows(named=True)
            for kind, _, _ in _KINDS
        ],
    )
    grants = [_grant(row) for row in layers.iter_rows(named=True)]
    holds = [
        NewTransfer(
            f"enrolment:{number}:{layer}",
            TransferKind.HOLD,
            debit=f"{scheme}:{place}:capacity",
            credit=f"{scheme}:{place}:commitment",
            amount_fen=fen,
            value_on=on,
        )
        for number, layer, scheme, place, fen, on in shares.select(
            "number", "layer", "scheme_id", _place(), "share_fen", "confirmed_on"
        ).iter_rows()
    ]
    book_transfers(actor=SYSTEM_ACTOR, transfers=[*grants, *holds], today=as_of)
    return len(grants) + len(holds)


def _shares(loans: pl.DataFrame) -> pl.DataFrame:
    """Return the public layers' share of every open loan, to the fen, rounded down."""
    ratios = loans.filter(pl.col("closed_on").is_null()).with_columns(
        pl.col("ratio_bp").str.json_decode(pl.Struct(dict.fromkeys(_LAYERS, pl.Int64)))
    )
    shares = pl.concat(
        ratios.select(
            "number",
            "scheme_id",
            "confirmed_on",
            layer=pl.lit(layer),
            district=pl.col("district_code") if layer == "district" else pl.lit(None, pl.String),
            share_fen=pl.col("loan_amount_fen") * pl.col("ratio_bp").struct.field(layer) // _BP,
        )
        for layer in _LAYERS
    )
    return shares.filter(pl.col("share_fen") > 0)


def _place() -> pl.Expr:
    return pl.concat_str("layer", "district", separator="-", ignore_nulls=True).alias("place")


def _account(
    scheme: str, layer: str, district: str | None, kind: AccountKind, organisations: Mapping[str, int]
) -> NewAccount:
    _, words, may_overdraw = next(each for each in _KINDS if each[0] == kind)
    name = GUANGZHOU_DISTRICTS[district] if district else _LAYERS[layer]
    return NewAccount(
        code=f"{scheme}:{f'{layer}-{district}' if district else layer}:{kind}",
        kind=kind,
        owner_id=organisations.get(district or "AUTHORITY"),
        scheme_id=scheme,
        layer=layer,
        may_overdraw=may_overdraw,
        district_code=district,
        name_zh=f"{name.zh}{words.zh}（{scheme}）",
        name_en=f"{name.en}, {words.en} ({scheme})",
    )


def _grant(row: Mapping[str, object]) -> NewTransfer:
    scheme, layer, district = row["scheme_id"], row["layer"], row["district"]
    place = f"{layer}-{district}" if district else layer
    promised = int(str(row["share_fen"]))
    granted = -(-promised * _ROOM_PERCENT // 100 // _STEP_FEN) * _STEP_FEN
    first_on = row["confirmed_on"]
    assert isinstance(first_on, date)  # noqa: S101 - a loan that is confirmed has its day
    return NewTransfer(
        f"grant:{scheme}:{place}",
        TransferKind.POSTED,
        f"{scheme}:{place}:funding",
        f"{scheme}:{place}:capacity",
        granted,
        first_on.replace(month=1, day=1),
        reason="演示额度 demo grant",
    )
