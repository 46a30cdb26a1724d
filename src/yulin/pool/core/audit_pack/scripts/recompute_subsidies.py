"""复核审计包中的超赔补贴 / Insurers' excess-loss subsidies of an audit pack, recomputed from premiums and claims.

Used by recompute.py; Python 3.8 or later, standard library only. A check gives (row, found, needed) wherever something
differs, and a note where it cannot show.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from recompute_files import Note, Pack, fen
from recompute_money import orders_by, orders_of

COUNTED = {"decided", "noticed", "approved", "paid"}


def subsidies(pack: Pack) -> Iterator:
    """Each subsidy is the law's share of what premiums and claims leave above the level; two persons, one stands."""
    terms_of = {str(one["subsidy"]): one["terms"] for one in pack.lines("subsidy_terms.jsonl")}
    premiums = {year_of(row): fen(row["premium_fen"]) for row in pack.rows("premiums.csv")}
    parts, turns, orders, unshown = claim_parts(pack), defaultdict(list), orders_by(pack, "subsidy_id"), 0
    for row in pack.rows("excess_subsidies.csv"):
        where, key = f"subsidy {row['id']}", year_of(row)
        turns[key].append(row)
        yield from one_subsidy(where, row)
        if row["state"] != "undone":  # what was taken from wrong figures was undone
            yield from figures(where, row, premiums.get(key), parts[key])
        terms = terms_of.get(row["id"])
        unshown += terms is None
        for column in ("level_bp", "subsidy_bp", "party") if terms else ():
            if row[column] != str(terms[column]):
                yield f"{where} {column}", row[column], terms[column]
        yield from orders_of(where, row, orders.pop(row["id"], []))
    for stray in orders:
        yield f"subsidy {stray}", orders[stray][0]["reference"], "a subsidy of this pack"
    for key, rows in turns.items():
        yield from one_stands(" ".join(("subsidies of", *key)), rows)
    if unshown:
        yield Note(f"{unshown}笔补贴的条文已不能推出 / subsidies whose rule is not in the law now: {unshown}")


def year_of(row: dict) -> tuple:
    """Return whose year a row is about: scheme, insurer, year."""
    return row["scheme_id"], row["insurer_id"], row["year"]


def claim_parts(pack: Pack) -> dict:
    """Return what each insurer bears of the claims decided in each year, each with the day it was recalled, if any."""
    recalled = {row["claim_id"]: row["recalled_on"] for row in pack.rows("recalls.csv")}
    borne, found = defaultdict(int), defaultdict(list)
    for line in pack.rows("sheet_lines.csv"):
        borne[line["claim_id"]] += fen(line["amount_fen"]) if line["party"] == "insurer" else 0
    for claim in pack.rows("claims.csv"):
        counts = claim["state"] in COUNTED or (claim["state"] == "recalled" and claim["id"] in recalled)
        if claim["insurer_id"] and claim["decided_on"] and counts:
            until = recalled.get(claim["id"], "9999") if claim["state"] == "recalled" else "9999"
            found[claim["scheme_id"], claim["insurer_id"], claim["decided_on"][:4]].append((borne[claim["id"]], until))
    return found


def one_subsidy(where: str, row: dict) -> Iterator:
    """Look at one subsidy by itself: its sum, its days and its hands."""
    above = fen(row["claims_fen"]) * 10_000 - fen(row["premium_fen"]) * int(row["level_bp"])
    amount = max(above, 0) * int(row["subsidy_bp"]) // 100_000_000
    if fen(row["amount_fen"]) != amount or not amount:
        yield f"{where} amount", row["amount_fen"], amount
    if row["decided_on"][:4] <= row["year"]:
        yield f"{where} decided", row["decided_on"], f"after {row['year']}"
    confirmer = row["confirmed_by_id"]
    if confirmer and confirmer == row["decided_by_id"]:
        yield f"{where} confirmed by", confirmer, "another person than decided it"
    if confirmer and confirmer == row["undone_by_id"]:
        yield f"{where} undone by", confirmer, "another person than confirmed it"
    if row["state"] not in {"decided", "undone"} and not row["confirmed_on"]:
        yield f"{where} state", row["state"], "confirmed first"


def figures(where: str, row: dict, premium: int | None, parts: list) -> Iterator:
    """Compare what a subsidy was computed from with the premium that is stated and the claims of the year."""
    if fen(row["premium_fen"]) != premium:
        yield f"{where} premium_fen", row["premium_fen"], premium
    claims = sum(part for part, until in parts if until >= row["decided_on"])
    if fen(row["claims_fen"]) != claims:
        yield f"{where} claims_fen", row["claims_fen"], claims


def one_stands(where: str, rows: list) -> Iterator:
    """Look at the decisions on one insurer's year: counted from 1 on, and each undone before the next was made."""
    rows = sorted(rows, key=lambda one: int(one["turn"]))
    found, needed = [int(one["turn"]) for one in rows], list(range(1, len(rows) + 1))
    if found != needed:
        yield f"{where} turns", found, needed
    standing = [one["id"] for one in rows[:-1] if one["state"] != "undone"]
    if standing:
        yield f"{where} standing", standing, "one subsidy of an insurer's year at most"


def subsidies_booked(pack: Pack, transfers: Iterator) -> Iterator:
    """Every subsidy is held by its amount, paid once or released, and nothing else is booked for it."""
    rows = {row["id"]: row for row in pack.rows("excess_subsidies.csv")}
    found = defaultdict(dict)
    for _, one in transfers:
        kind, _, rest = split_key(one["key"])
        if kind == "subsidy" and rest.split(":")[0] in rows:
            found[rest.split(":")[0]][one["key"]] = int(one["amount_fen"])
    for number, row in rows.items():
        have = found[number]
        for key in needed_keys(row, have):
            if have.get(key) != fen(row["amount_fen"]):
                yield key, have.get(key), fen(row["amount_fen"])
        for key in have.keys() - needed_keys(row, have):
            yield key, have[key], "nothing"


def split_key(key: str) -> tuple:
    """Return what a key is about, and the rest of it; a reversal is about what it reverses."""
    return key.replace("reversal:", "", 1).partition(":")


def needed_keys(row: dict, have: dict) -> set:
    """Return the keys that are booked for a subsidy: its holds, each former one released, and its payment."""
    name = f"subsidy:{row['id']}:"
    holds = {key for key in have if key.startswith((name + "hold", name + "unbudgeted")) and not key.endswith(":void")}
    held = {row["hold_key"]} if row["hold_key"] else set()
    released = holds - held if row["state"] != "undone" else holds | held
    paid = {name + "paid", name + "paid:payee"} if row["state"] == "paid" else set()
    return holds | held | paid | {key + ":void" for key in released}
