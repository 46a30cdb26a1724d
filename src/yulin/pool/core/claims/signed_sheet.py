"""The settlement sheet as a document that its parties hold: what is signed of it, and the code printed on it.

Only the decision is signed, no voucher's state: the signed content stays the same until the claim is decided anew, so
all parties hold the same bytes and compare one hash.

Invariant: the lines sum to the loss; a sheet that does not is never signed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yulin.base.errors import InputShapeError
from yulin.base.text import Text
from yulin.pool.core.claims.sheet import Sheet, SheetLine
from yulin.pool.core.numbers import verification_code

FORM = "yulin-settlement-sheet/1"
_SEPARATOR = "/"  # no claim number holds one


@dataclass(frozen=True)
class Decided:
    """What a sheet was decided on: all that is signed beside its lines."""

    claim: str
    enrolment: str
    loan: str
    firm: str
    firm_code: str
    scheme: str
    version: str
    currency: str
    decided_on: str
    decision: str
    names: Mapping[str, str]  # by party, the organisation's registered name


def signed_content(decided: Decided, sheet: Sheet) -> dict[str, Any]:
    """Return what is signed of a sheet, as plain JSON: amounts in fen (hundredths), ratios in basis points."""
    if sheet.difference_fen:
        raise AssertionError(f"{decided.claim}: the lines differ from the loss by {sheet.difference_fen} fen")
    return {
        "form": FORM,
        **{name: getattr(decided, name) for name in Decided.__dataclass_fields__ if name != "names"},
        "loss_base_fen": sheet.loss_base_fen,
        "outside_base_fen": sheet.outside_fen,
        "over_cap_fen": sheet.over_cap_fen,
        "pays_first": sheet.pays_first,
        "lines": [_line(line, decided.names.get(line.party, "")) for line in sheet.lines],
        "total_fen": sheet.total_fen,
        "public_fen": sum(line.amount_fen for line in sheet.lines if line.kind == "public"),
        "unverified": list(sheet.unverified),
    }


def _line(line: SheetLine, name: str) -> dict[str, Any]:
    return {
        "party": line.party, "kind": line.kind, "name": name, "ratio_bp": line.ratio_bp,
        "amount_fen": line.amount_fen, "clause": line.clause_zh,
    }  # fmt: skip


def sheet_code(secret: bytes, claim: str, digest: str) -> str:
    """Return the code printed on a sheet: nobody without the secret makes it, and another decision has another.

    >>> sheet_code(b"secret", "BC-2022-0001", "ab") == sheet_code(b"secret", "BC-2022-0001", "ac")
    False
    """
    return verification_code(secret, f"sheet:{claim}:{digest}")


def printed_code(claim: str, code: str) -> str:
    """Return number and code as one, as they are printed and typed.

    >>> printed_code("BC-2022-0001", "ABCDEFGHJKMN")
    'BC-2022-0001/ABCDEFGHJKMN'
    """
    return f"{claim}{_SEPARATOR}{code}"


def typed_code(text: str) -> tuple[str, str] | None:
    """Return number and code of what somebody typed; None where it is no code of a sheet.

    >>> typed_code(" bc-2022-0001/abcd-efgh "), typed_code("ABCDEFGH")
    (('BC-2022-0001', 'ABCDEFGH'), None)
    """
    claim, _, code = text.upper().replace("／", _SEPARATOR).partition(_SEPARATOR)
    claim, code = claim.strip(), "".join(sign for sign in code if sign.isalnum())
    return (claim, code) if claim and code else None


def digest_of(signed: bytes) -> str:
    """Return the SHA-256 of the signed bytes, by which parties compare their copies."""
    return hashlib.sha256(signed).hexdigest()


SIGNED_SHEET = Text(
    "一份结算单的数据（申请页“数据”取得的JSON）", "a settlement sheet's data, the JSON of a claim's page"
)
_TEXTS = ("sha256", "signature", "public_key")
_SUMS = ("loss_base_fen", "outside_base_fen", "total_fen", "public_fen")


def read_signed(text: str, name: str) -> dict[str, Any]:
    """Return the data of a signed sheet that somebody brings.

    Raises: `BASE.INPUT.SHAPE`.
    """
    try:
        signed = json.loads(text)
    except ValueError as error:
        raise InputShapeError(found=f"{name}: {error}", needed=SIGNED_SHEET) from error
    if not _is_signed_sheet(signed):
        raise InputShapeError(found=name, needed=SIGNED_SHEET)
    found: dict[str, Any] = signed
    return found


def _is_signed_sheet(signed: Any) -> bool:
    if not isinstance(signed, dict) or not all(isinstance(signed.get(each), str) for each in _TEXTS):
        return False
    sheet = signed.get("sheet")
    if not isinstance(sheet, dict) or sheet.get("form") != FORM or not isinstance(sheet.get("claim"), str):
        return False
    lines = sheet.get("lines")
    return (
        isinstance(lines, list)
        and all(type(sheet.get(each)) is int for each in _SUMS)
        and all(isinstance(one, dict) and type(one.get("amount_fen")) is int and "party" in one for one in lines)
        and all("kind" in one for one in lines)
    )


def faults_of(content: Mapping[str, Any]) -> list[Text]:
    """Return what is wrong with the arithmetic of a signed content that somebody brings, without the book."""
    lines: Sequence[Mapping[str, Any]] = content["lines"]
    sums = {
        "total_fen": sum(line["amount_fen"] for line in lines),
        "public_fen": sum(line["amount_fen"] for line in lines if line["kind"] == "public"),
    }
    loss_fen = content["loss_base_fen"] + content["outside_base_fen"]
    found = [
        Text(
            f"{name}写明{content[name]}分，各行之和{fen}分", f"{name} says {content[name]} fen, its lines sum to {fen}"
        )
        for name, fen in sums.items()
        if content[name] != fen
    ]
    if sums["total_fen"] != loss_fen:
        total = sums["total_fen"]
        found.append(
            Text(f"各方之和{total}分，损失{loss_fen}分", f"the lines sum to {total} fen, the loss is {loss_fen} fen")
        )
    if len({line["party"] for line in lines}) != len(lines):
        found.append(Text("同一承担方出现两次", "a party stands twice"))
    if any(line["amount_fen"] < 0 for line in lines):
        found.append(Text("有负数金额", "an amount is negative"))
    return found
