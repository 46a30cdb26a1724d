"""复核审计包中的金额 / The money of an audit pack, recomputed: settlements, vouchers, recoveries, recalls.

Used by recompute.py; Python 3.8 or later, standard library only. Each check gives (row, found, needed) wherever
something differs, and a note where it cannot show.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from recompute_files import Note, Pack, fen

WITH_MONEY = {"decided", "noticed", "approved", "paid", "recalled"}


def split_shares(total: int, weights: dict) -> dict:
    """Divide by weights: down, then one fen each to the largest fractions, ties to the party named first."""
    whole = sum(weights.values())
    exact = {party: Fraction(total) * weight / whole for party, weight in weights.items()}
    parts = {party: int(part) for party, part in exact.items()}
    by_fraction = sorted(exact, key=lambda party: parts[party] - exact[party])
    for party in by_fraction[: total - sum(parts.values())]:
        parts[party] += 1
    return parts


def terms_by_claim(pack: Pack) -> dict:
    """Return the terms of each settlement, by claim; None where they can no longer be derived from the law."""
    return {str(one["claim"]): one["terms"] for one in pack.lines("settlements.jsonl")}


def loss_base(terms: dict, claim: dict, less: dict) -> int:
    """Return what of a claim's loss counts, after the deductions `less` by item."""
    rule, got = terms["loss"], fen(claim["recovered_fen"])
    principal = fen(claim["principal_fen"]) - less.get("principal", 0)
    if rule["measure"] == "paid_by_guarantor":
        paid = paid_by_guarantor(terms, claim, less)
        return min(paid, max(paid - got, 0)) if claim["guarantee_paid_fen"] else paid
    if rule["measure"] == "lower_of_npa_and_claim":
        if not claim.get("npa_fen"):
            return principal
        gone = less.get("principal", 0) + less.get("interest", 0)
        return min(fen(claim["npa_fen"]), fen(claim["principal_fen"]) + fen(claim["interest_fen"])) - gone
    interest, days, most = fen(claim["interest_fen"]) - less.get("interest", 0), claim["interest_days"], rule["days"]
    if days and most is not None and int(days) > most:
        interest = interest * most // int(days)
    cost = fen(claim["cost_fen"]) - less.get("cost", 0)
    parts = {"principal": principal, "interest": interest, "cost": cost}
    return max(sum(parts.get(part, 0) for part in rule["parts"]) - (got if "recovered" in rule["less"] else 0), 0)


def paid_by_guarantor(terms: dict, claim: dict, less: dict) -> int:
    """Return what the guarantor paid the bank: as claimed, else its contract share; less what was deducted."""
    principal, gone = fen(claim["principal_fen"]), less.get("principal", 0)
    paid = fen(claim["guarantee_paid_fen"])
    return paid - gone if paid else (principal - gone) * terms["guarantor_bp"] // 10_000


def shares(terms: dict, base: int) -> tuple:
    """Return each party's share of a loss base by ratios and rounding rule, and what the all-layer cap cut."""
    exact, rest = {party: Fraction(share) for party, share in terms["ratios"]}, terms["rest"]
    if terms["rounding"] == "shares":
        parts = split_shares(base, exact if rest in exact else {**exact, rest: 1 - sum(exact.values())})
    else:
        parts = {party: int(base * share) for party, share in exact.items() if party != rest}
        parts[rest] = base - sum(parts.values())
    own, bound, cut = terms["public"], terms["all_layers"], 0
    for party, amount in terms["other_public"].items():  # public money for the same loss from outside the scheme
        parts[party] = min(amount, base if bound else parts[rest] + sum(parts[one] for one in own))
        parts[rest] -= parts[party]
    if bound:
        excess = max(sum(parts[one] for one in bound["order"]) - base * bound["bp"] // 10_000, 0)
        cut += take_off(parts, bound["order"], rest, excess)
    cut += take_off(parts, own, rest, max(-parts[rest], 0))
    return parts, cut


def take_off(parts: dict, order: list, rest: str, excess: int) -> int:
    """Take an excess off parties, the last first; the rest party bears it."""
    left = excess
    for party in reversed(order):
        taken = min(left, parts[party])
        parts[party], left = parts[party] - taken, left - taken
    parts[rest] += excess
    return excess


def borne(terms: dict, parts: dict, outside: int) -> dict:
    """Return what each party bears in the end: layers split, insurance taken off, the bank beside a guarantor."""
    found = {}
    for party, amount in parts.items():
        split = terms["splits"].get(party)
        found.update(split_shares(amount, split) if split else {party: amount})
    insured = terms["insurance"]
    if insured:
        taken = found[insured["payer"]] * insured["bp"] // 10_000
        found[insured["payer"]] -= taken
        found[insured["insurer"]] = found.get(insured["insurer"], 0) + taken
    if terms["loss"]["measure"] == "paid_by_guarantor":
        found["bank"] = found.get("bank", 0) + outside
    return found


def settlements(pack: Pack) -> Iterator:
    """Each settlement: the loss base, the deductions, and every party's share to the fen by the frozen terms."""
    lines, deductions = pack.by_claim("sheet_lines.csv"), pack.by_claim("claim_deductions.csv")
    terms_of = terms_by_claim(pack)
    outside_of = {str(one["claim"]): one["outside_fen"] for one in pack.lines("settlements.jsonl")}
    unshown, capped = 0, 0
    for claim in pack.rows("claims.csv"):
        sheet, terms = lines.get(claim["id"], []), terms_of.get(claim["id"])
        if not sheet or claim["state"] not in WITH_MONEY:
            continue
        total, outside = sum(fen(one["amount_fen"]) for one in sheet), outside_of.get(claim["id"], 0)
        if total != fen(claim["loss_base_fen"]) + outside:
            yield f"claim {claim['number']}", total, f"{claim['loss_base_fen']} + {outside}"
        if terms is None:
            unshown += 1
            continue
        less = defaultdict(int)
        for one in deductions.get(claim["id"], ()):
            less[one["item"]] += fen(one["amount_fen"]) if one["is_current"] == "true" else 0
        yield from settlement(claim, sheet, terms, less)
        capped += bool(terms["money_caps"]) and fen(claim["over_cap_fen"]) > 0
    if unshown:
        yield Note(f"{unshown}件的条件已不能由规则重算 / claims whose terms can no longer be derived: {unshown}")
    if capped:
        yield Note(
            f"{capped}件受金额上限削减：只证合计 / claims that a cap in money cut, only totals are shown: {capped}"
        )


def settlement(claim: dict, sheet: list, terms: dict, less: dict) -> Iterator:
    """Look at one settlement: its bases, what is not covered, the ratios, and each party's share."""
    where = f"claim {claim['number']}"
    covered = {one["party"]: fen(one["amount_fen"]) for one in sheet if one["kind"] != "uncovered"}
    uncovered = sum(fen(one["amount_fen"]) for one in sheet if one["kind"] == "uncovered")
    base, decided = loss_base(terms, claim, {}), loss_base(terms, claim, less)
    if (base, decided) != (fen(claim["loss_base_fen"]), fen(claim["decided_base_fen"])):
        yield where + " base", f"{claim['loss_base_fen']}, {claim['decided_base_fen']}", f"{base}, {decided}"
    if uncovered != base - decided:
        yield where + " uncovered", uncovered, base - decided
    for line, bp in ratios_of(terms, sheet):
        if fen(line["ratio_bp"]) != bp:
            yield f"{where} {line['party']} ratio", line["ratio_bp"], bp
    parts, cut = shares(terms, decided)
    principal = fen(claim["principal_fen"]) - less.get("principal", 0)
    needed = borne(terms, parts, max(principal - paid_by_guarantor(terms, claim, less), 0))
    over = fen(claim["over_cap_fen"]) - cut
    if over:  # a cap in money cut more: which layer it cut depends on the book of that day
        is_cut = over > 0 and terms["money_caps"] and covered.get(terms["rest"]) == needed[terms["rest"]] + over
        if not is_cut or any(covered.get(one, 0) > needed.get(one, 0) for one in terms["public"]):
            yield where + " over cap", claim["over_cap_fen"], f"{cut}, or what a cap in money cut"
        return
    for party in {**needed, **covered}:
        if covered.get(party, 0) != needed.get(party, 0):
            yield f"{where} {party}", covered.get(party, 0), needed.get(party, 0)


def ratios_of(terms: dict, sheet: list) -> Iterator:
    """Give each line of a sheet whose party has a ratio, beside that ratio in basis points rounded down."""
    exact = {party: int(Fraction(share) * 10_000) for party, share in terms["ratios"]}
    for line in sheet:
        if line["party"] in exact and line["kind"] != "uncovered":
            yield line, exact[line["party"]]


def payments(pack: Pack) -> Iterator:
    """Vouchers = sheet = payouts: each layer's vouchers sum to its line, each is paid once and by its own amount."""
    lines, vouchers = pack.by_claim("sheet_lines.csv"), pack.by_claim("vouchers.csv")
    terms_of, lessened_of = terms_by_claim(pack), pack.by_claim("recovery_lines.csv")
    orders = orders_by(pack, "voucher_id")
    for claim in pack.rows("claims.csv"):
        where = f"claim {claim['number']}"
        standing = [one for one in vouchers.get(claim["id"], ()) if one["state"] != "void"]
        has_money = claim["state"] in WITH_MONEY
        needed = {one["party"]: fen(one["amount_fen"]) for one in lines.get(claim["id"], ()) if one["kind"] == "public"}
        found = defaultdict(int)
        for one in standing:
            found[one["party"]] += fen(one["amount_fen"])
        lessened = defaultdict(int)
        for one in lessened_of.get(claim["id"], ()):
            lessened[one["party"]] += fen(one["amount_fen"]) if one["is_unpaid"] == "true" else 0
        due = {party: amount - lessened[party] for party, amount in needed.items() if amount != lessened[party]}
        is_less = claim["state"] == "recalled" and all(found[one] <= due.get(one, 0) for one in list(found))
        if has_money and found != due and not is_less:
            yield where + " vouchers", dict(found), due
        if fen(claim["public_fen"]) != (sum(needed.values()) if has_money else 0):
            yield where + " public_fen", claim["public_fen"], sum(needed.values())
        parts = (terms_of.get(claim["id"]) or {}).get("instalments_bp")
        for party in [one for one in found if not lessened[one]] if parts and has_money and not is_less else ():
            split = split_shares(needed.get(party, 0), dict(enumerate(parts, 1)))
            have = {int(one["instalment"]): fen(one["amount_fen"]) for one in standing if one["party"] == party}
            if have != {number: amount for number, amount in split.items() if amount}:
                yield f"{where} {party} instalments", have, split
        for voucher in vouchers.get(claim["id"], ()):
            yield from orders_of(f"voucher {voucher['id']}", voucher, orders.pop(voucher["id"], []))
        is_paid = has_money and all(one["state"] == "paid" for one in standing)
        if standing and (claim["state"] in {"paid", "recalled"}) != is_paid:
            yield where + " state", claim["state"], [one["state"] for one in standing]
    for voucher, strays in orders.items():
        yield f"voucher {voucher}", strays[0]["reference"], "a voucher of this pack"


def orders_by(pack: Pack, column: str) -> dict:
    """Return the orders to the bank by what they pay: a voucher or a subsidy."""
    found = defaultdict(list)
    for order in pack.rows("payout_orders.csv"):
        if order.get(column):
            found[order[column]].append(order)
    return found


def orders_of(where: str, voucher: dict, orders: list) -> Iterator:
    """Look at the orders to the bank of one voucher, or of one subsidy."""
    for order in orders:
        if order["amount_fen"] != voucher["amount_fen"]:
            yield f"{where} order {order['reference']}", order["amount_fen"], voucher["amount_fen"]
    paid = [order for order in orders if order["outcome"] == "paid"]
    if len(paid) > 1 or (paid and voucher["state"] != "paid"):
        yield where, [order["reference"] for order in paid], f"one payment of a voucher that is {voucher['state']}"
    if voucher["state"] == "paid" and orders and not paid:
        yield where, "paid", [order["outcome"] for order in orders]


def recoveries(pack: Pack) -> Iterator:
    """Each debt's recoveries replayed by value date: costs first, back by what was borne, never more than that."""
    received, booked = pack.by_claim("recoveries.csv"), pack.by_claim("recovery_lines.csv")
    lines = pack.by_claim("sheet_lines.csv")
    terms_of = terms_by_claim(pack)
    for claim, receipts in received.items():
        terms = terms_of.get(claim)
        if terms is None:
            yield Note(f"申请{claim}的回收未重算 / the recoveries of claim {claim} are not replayed")
            continue
        owed = {one["party"]: fen(one["amount_fen"]) for one in lines.get(claim, ()) if one["kind"] != "uncovered"}
        if terms["insurance"]:
            pair = (terms["insurance"]["payer"], terms["insurance"]["insurer"])
            owed = {party: owed.get(party, 0) for party in pair}
        yield from debt(terms, owed, receipts, booked.get(claim, ()))


def debt(terms: dict, owed: dict, receipts: list, booked: list) -> Iterator:
    """Look at one debt: the sums of each receipt, and each party's share, of which a part may lessen a payment."""
    sums, less = defaultdict(int), defaultdict(int)
    for line in booked:
        key = line["recovery_id"], line["party"]
        sums[key] += fen(line["amount_fen"])
        less[key] += fen(line["amount_fen"]) if line["is_unpaid"] == "true" else 0
    needed = {}
    for receipt, given in replay(terms, owed, receipts):
        kept = sum(amount for key, amount in less.items() if key[0] == receipt["id"])
        is_whole = terms["recovery"]["remit"] == "whole" and not receipt.get("held_by")
        given["refund_due_fen"] += kept if is_whole else 0
        given["remitted_fen"] -= 0 if is_whole else kept
        for column, amount in given.items():
            if column in receipt and fen(receipt[column]) != amount:
                yield f"recovery {receipt['id']} {column}", receipt[column], amount
        needed.update({(receipt["id"], party): part for party, part in given["shares"].items() if part})
    for key in {**needed, **sums}:
        if sums.get(key, 0) != needed.get(key, 0):
            yield f"recovery {key[0]} {key[1]}", sums.get(key, 0), needed.get(key, 0)
        if not 0 <= less.get(key, 0) <= needed.get(key, 0):
            yield f"recovery {key[0]} {key[1]} unpaid", less[key], f"0 .. {needed.get(key, 0)}"


def replay(terms: dict, owed: dict, receipts: list) -> Iterator:
    """Give each receipt that stands, in value-date order, with what it gives to whom."""
    back, carried = dict.fromkeys(owed, 0), 0
    standing = [one for one in receipts if not one["undone_on"]]
    for receipt in sorted(standing, key=lambda one: (one["value_on"], int(one["id"]))):
        net = fen(receipt["gross_fen"]) - fen(receipt["cost_fen"]) - carried
        carried = -min(net, 0) if terms["recovery"]["cost"] == "carried" else 0
        net = max(net, 0)
        room = {party: owed[party] - back[party] for party in owed}
        parts, left = dict.fromkeys(owed, 0), min(net, sum(room.values()))
        while left > 0:
            takers = {party: owed[party] for party in owed if room[party] > parts[party]}
            for party, part in split_shares(left, takers).items():
                taken = min(part, room[party] - parts[party])
                parts[party], left = parts[party] + taken, left - taken
        back = {party: back[party] + parts[party] for party in back}
        held_by = receipt.get("held_by")  # the debt's new owner has it, and hands on every part but its own
        own, given = parts.get(held_by or terms["recovery"]["collector"], 0), sum(parts.values())
        is_whole = terms["recovery"]["remit"] == "whole" and not held_by
        yield receipt, {
            "net_fen": net, "remitted_fen": given if is_whole else given - own,
            "refund_due_fen": own if is_whole else 0, "carried_fen": carried, "shares": parts,
        }  # fmt: skip


def recalls(pack: Pack) -> Iterator:
    """Compare what was asked back with what was paid, and its interest: simple, from the day of each payment.

    It runs by days of the law's year to the day of the recall, and is rounded half up once.
    """
    terms_of, vouchers = terms_by_claim(pack), pack.by_claim("vouchers.csv")
    public = {claim["id"]: fen(claim["public_fen"]) for claim in pack.rows("claims.csv")}
    for row in pack.rows("recalls.csv"):
        year = ((terms_of.get(row["claim_id"]) or {}).get("recovery") or {}).get("recall_year_days", 365)
        paid = [one for one in vouchers.get(row["claim_id"], ()) if one["state"] == "paid"]
        rate, until = Fraction(int(row["annual_rate_ppm"]), 1_000_000), date.fromisoformat(row["recalled_on"])
        exact = Fraction(0)
        for on, part in asked_of(fen(row["principal_fen"]), paid):
            exact += part * rate * part_of_years(date.fromisoformat(on), until, year)
        if fen(row["interest_fen"]) != int(exact + Fraction(1, 2)):
            yield f"recall {row['id']}", row["interest_fen"], int(exact + Fraction(1, 2))
        if fen(row["principal_fen"]) > public.get(row["claim_id"], 0):
            yield f"recall {row['id']}", row["principal_fen"], public.get(row["claim_id"])


def asked_of(total: int, paid: list) -> Iterator:
    """Give the day of every payment with what of it is asked back: by layer as it paid, then by its payments."""
    paid, by_party = sorted(paid, key=lambda one: (int(one["instalment"]), int(one["id"]))), {}
    for one in paid:
        by_party[one["party"]] = by_party.get(one["party"], 0) + fen(one["amount_fen"])
    for party, share in split_shares(total, by_party).items() if by_party else ():
        own = [one for one in paid if one["party"] == party]
        for place, part in split_shares(share, dict(enumerate(fen(one["amount_fen"]) for one in own))).items():
            yield own[place]["paid_on"], part


def part_of_years(since: date, until: date, year_days: int) -> Fraction:
    """Return the years between two days; by each calendar year's own days where the law counts none (None)."""
    if year_days is not None or until <= since:
        return Fraction(max((until - since).days, 0), year_days or 365)
    total, start = Fraction(), since
    while start < until:
        after = date(start.year + 1, 1, 1)
        end = min(until, after)
        total += Fraction((end - start).days, (after - date(start.year, 1, 1)).days)
        start = end
    return total


def assignments(pack: Pack) -> Iterator:
    """Compare principal and price of packages with the sums of their debts, where all of these are here."""
    debts = defaultdict(list)
    for debt in pack.rows("assigned_debts.csv"):
        debts[debt["package_id"]].append(debt)
    for package in pack.rows("debt_packages.csv"):
        found = debts[package["id"]]
        if len(found) != int(package["debt_count"]):
            yield Note(
                f"转让包{package['number']}的债权未全部在内 / not all debts of package {package['number']} are here"
            )
            continue
        for column in ("principal_fen", "price_fen"):
            total = sum(fen(debt[column]) for debt in found)
            if fen(package[column]) != total:
                yield f"package {package['number']} {column}", package[column], total
