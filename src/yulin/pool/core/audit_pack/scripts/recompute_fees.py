"""复核审计包中的担保费 / The guarantee fees of an audit pack, recomputed from the law's tables.

Used by recompute.py; Python 3.8 or later, standard library only. A check gives (row, found, needed) wherever something
differs, and a note where it cannot show.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Optional

from recompute_files import Note, Pack, fen


def fees(pack: Pack) -> Iterator:
    """Each charge is its table's rate of its base to the fen; one of a kind and year stands; two persons undo."""
    loans = {row["id"]: row for row in pack.rows("enrolments.csv")}
    terms_of = {str(one["charge"]): one["terms"] for one in pack.lines("fee_terms.jsonl")}
    undone = {row["charge_id"]: row for row in pack.rows("fee_undoings.csv")}
    turns, unshown = defaultdict(list), 0
    for charge in pack.rows("fee_charges.csv"):
        by, terms = json.loads(charge["measured"] or "{}"), terms_of.get(charge["id"])
        turns[charge["enrolment_id"], charge["kind"], int(charge["number"])].append(charge)
        undo = undone.get(charge["id"])
        if undo and undo["undone_by_id"] and undo["undone_by_id"] == charge["charged_by_id"]:
            yield f"fee {charge['id']} undone by", undo["undone_by_id"], "another person than charged it"
        if not by or terms is None:
            unshown += 1
            continue
        if not undo:  # what was measured wrongly was undone
            yield from measures(charge, by, loans[charge["enrolment_id"]])
        yield from one_fee(charge, by, terms)
    known = {charge["id"] for charges in turns.values() for charge in charges}
    for stray in undone.keys() - known:
        yield f"undoing of fee {stray}", stray, "a charge of this pack"
    for (loan, kind, number), charges in turns.items():
        yield from one_stands(f"enrolment {loan} fee {kind}-{number}", charges, undone)
    if unshown:
        yield Note(f"{unshown}笔担保费的费率表或依据已不能推出 / fees whose table or measure is not here: {unshown}")


def one_stands(where: str, charges: list, undone: dict) -> Iterator:
    """Look at the charges of one fee: counted from 1 on, and each undone before the next was made."""
    charges = sorted(charges, key=lambda one: int(one["turn"]))
    found, needed = [int(one["turn"]) for one in charges], list(range(1, len(charges) + 1))
    if found != needed:
        yield f"{where} turns", found, needed
    standing = [one["id"] for one in charges[:-1] if one["id"] not in undone]
    if standing:
        yield f"{where} standing", standing, "one charge of a kind and year at most"


def measures(charge: dict, by: dict, loan: dict) -> Iterator:
    """Compare what a fee was measured by with its loan; the ratio only while the loan is under the same law."""
    needed = {
        "approved_on": loan["confirmed_on"] or loan["disbursed_on"],
        "gross_fen": fen(loan["loan_amount_fen"]),
        "enrolled_fen": fen(loan["enrolled_amount_fen"]),
    }
    ratios = json.loads(loan["ratio_bp"] or "{}")
    if loan["pack_id"] == charge["pack_id"]:
        needed["bank_bp"] = ratios.get("bank", 0) if ratios else None
    if "matures_on" in by:
        needed["matures_on"] = loan["due_on"]
    for name, amount in needed.items():
        if by.get(name) != amount:
            yield f"fee {charge['id']} {name}", by.get(name), amount


def one_fee(charge: dict, by: dict, terms: dict) -> Iterator:
    """Look at one charge: its table, its base, its amount, each rounded half up."""
    where, number = f"fee {charge['id']}", int(charge["number"])
    if charge["table_id"] != terms["table"]:
        yield f"{where} table", charge["table_id"], terms["table"]
    if terms["per"] == "once" and number != 1:
        yield f"{where} year", number, 1
    part = part_of_year(terms, by, number)
    if part is None:
        yield f"{where} year {number} begins", year_of(by["approved_on"], number - 1), f"before {by['matures_on']}"
        return
    if by.get("plus_bp", 0) not in {0, terms.get("plus_bp")}:
        yield f"{where} surcharge", by["plus_bp"], terms.get("plus_bp")
    base = base_of(terms["base"], by, number)
    if fen(charge["base_fen"]) != half_up(base):
        yield f"{where} base", charge["base_fen"], half_up(base)
    amount = half_up(exact_of(terms["tiers"], by["gross_fen"], base, by.get("plus_bp", 0)) * part)
    if fen(charge["amount_fen"]) != amount:
        yield f"{where} amount", charge["amount_fen"], amount


def half_up(exact: Fraction) -> int:
    """Round to whole fen, a half upwards."""
    return int(exact + Fraction(1, 2))


def base_of(base: str, by: dict, number: int) -> Fraction:
    """Return what the rate is taken of in a year of the guarantee, exactly."""
    if base == "loan":
        return Fraction(by["gross_fen"])
    if base == "outstanding" or (base == "guaranteed_then_outstanding" and number > 1):
        return Fraction(by["outstanding_fen"])
    amount = by["outstanding_fen"] if base == "guaranteed_outstanding" else by["enrolled_fen"]
    return Fraction(amount * (10_000 - by["bank_bp"]), 10_000)


def year_of(day: str, years: int) -> date:
    """Return the same day some years later; 29 February becomes the 28th."""
    year, month, number = (int(part) for part in day.split("-"))
    is_leap_day = (month, number) == (2, 29)
    target = year + years
    has_it = target % 4 == 0 and (target % 100 != 0 or target % 400 == 0)
    return date(target, month, 28 if is_leap_day and not has_it else number)


def part_of_year(terms: dict, by: dict, number: int) -> Optional[Fraction]:
    """Return what of a year is charged: all, or its days until maturity; None of a later year than the loan has."""
    if "matures_on" not in by:
        return Fraction(1)
    matures = date(*(int(part) for part in by["matures_on"].split("-")))
    begins, ends = year_of(by["approved_on"], number - 1), year_of(by["approved_on"], number)
    if number > 1 and begins >= matures:
        return None
    if terms["per"] == "once" or terms.get("part_year", "whole") == "whole" or matures >= ends:
        return Fraction(1)
    return Fraction(max((matures - begins).days, 0), (ends - begins).days)


def exact_of(tiers: list, gross: int, base: Fraction, plus_bp: int = 0) -> Fraction:
    """Return a year's fee exactly: the gross loan picks the tier, each band charges its part, a surcharge adds."""
    tier = next(one for one in tiers if one["up_to_fen"] is None or gross <= one["up_to_fen"])
    exact, lower = Fraction(), Fraction()
    for band in tier["bands"]:
        upper = base if band["up_to_fen"] is None else min(base, Fraction(band["up_to_fen"]))
        if upper > lower:
            exact, lower = exact + (upper - lower) * band["bp"] / 10_000, upper
    return exact * (10_000 + plus_bp) / 10_000


def fee_keys(pack: Pack) -> Iterator:
    """Give the key under which the ledger books each fee and each undoing, and its amount.

    The pack of one scheme has no transfers of a fee that was charged under another, before its loan moved.
    """
    scheme = pack.manifest["scope"].get("scheme")
    again = {row["charge_id"] for row in pack.rows("fee_undoings.csv")}
    for row in pack.rows("fee_charges.csv"):
        if scheme in {None, "", row["scheme_id"]}:
            anew = "+" * (int(row["turn"]) - 1)
            key = f"enrolment:{row['enrolment_id']}:fee:{row['kind']}-{row['number']}{anew}"
            for name in (key, f"reversal:{key}") if row["id"] in again else (key,):
                yield name, fen(row["amount_fen"])


def fees_booked(pack: Pack, transfers: Iterator) -> Iterator:
    """Every fee of the pack's loans is booked once by its amount, every undoing reverses it, and no other is booked."""
    needed = {key: amount for key, amount in fee_keys(pack) if amount}
    loans = {row["id"] for row in pack.rows("enrolments.csv")}
    found = {}
    for _, one in transfers:
        kind, _, rest = one["key"].replace("reversal:", "", 1).partition(":")
        if kind == "enrolment" and ":fee:" in rest and rest.split(":")[0] in loans:
            found[one["key"]] = int(one["amount_fen"])
    for key in {**needed, **found}:
        if found.get(key) != needed.get(key):
            yield key, found.get(key), needed.get(key)
