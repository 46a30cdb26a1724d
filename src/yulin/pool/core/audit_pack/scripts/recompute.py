#!/usr/bin/env python3
"""复核审计包 / Recompute an audit pack. Needs Python 3.8 or later and nothing else; imports nothing of Yulin.

    python -I -S recompute.py              the folder that this script lies in
    python -I -S recompute.py PACK.zip     a pack that was not unpacked

Each check says 相符 equal, 不符 differs (with the first row that differs) or 未证 not shown (what this pack cannot
show). The exit code is 0 where nothing differs, else 1. Amounts are hundredths of the currency of their scheme (fen of
the yuan) and never added to another; a column that ends in _bp is hundredths of a percent, one in _ppm millionths.
"""

from __future__ import annotations

import bisect
import hashlib
import json
import os
import sys
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import zip_longest

sys.dont_write_bytecode = True  # a pack gains no file by being read
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -I leaves it out
from recompute_fees import fees, fees_booked
from recompute_files import Note, Pack, fen
from recompute_money import assignments, payments, recalls, recoveries, settlements
from recompute_subsidies import subsidies, subsidies_booked

# How each kind of transfer moves the balance, and what is held.
SIGNS = {"posted": (1, 0), "hold": (0, 1), "post": (1, -1), "void": (0, -1), "expiry": (0, -1), "reversal": (1, 0)}
ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def files(pack: Pack) -> Iterator:
    """Every file of the manifest is there and has the hash that the manifest says, and no other file is there."""
    for one in pack.manifest["files"]:
        digest, size = hashlib.sha256(), 0
        try:
            with pack.open(one["name"]) as file:
                for block in iter(lambda: file.read(1 << 20), b""):
                    digest.update(block)
                    size += len(block)
        except (OSError, KeyError):
            yield one["name"], "missing", one["sha256"]
            continue
        if (digest.hexdigest(), size) != (one["sha256"], one["bytes"]):
            yield one["name"], digest.hexdigest(), one["sha256"]
    known = {*pack.names, "manifest.json"}
    found = pack.zip.namelist() if pack.zip else walk(pack.place)
    for name in found:
        if name not in known and not name.endswith("/"):
            yield name, "a file that the manifest does not name", "-"


def walk(folder: str) -> Iterator:
    """Give the names of all files below a folder."""
    for where, _, names in os.walk(folder):
        for name in names:
            yield os.path.relpath(os.path.join(where, name), folder).replace(os.sep, "/")


def laws(pack: Pack) -> Iterator:
    """Each version of a scheme has the SHA-256 that decisions name it by."""
    versions = set()
    for law in pack.rows("law.csv"):
        versions.add(law["version"])
        text = pack.read(law["folder"] + "/law.json")
        found = "sha256:" + hashlib.sha256(text).hexdigest()
        if found != law["version"]:
            yield law["folder"], found, law["version"]
        spoken = json.loads(text).get("currency", "CNY")
        if spoken != law["currency"]:
            yield law["folder"], law["currency"], spoken
    for table in ("enrolments.csv", "claims.csv", "fee_charges.csv", "excess_subsidies.csv"):
        for row in pack.rows(table):
            if row["pack_version"] not in versions:
                yield f"{table} {row['id']}", row["pack_version"], "a version of law.csv"


def enrolments(pack: Pack) -> Iterator:
    """Ratios sum to the whole; enrolled ≤ eligible ≤ loan; the explanation says what was decided."""
    said = {one["enrolment"]: one for one in pack.lines("explanations.jsonl")}
    silent = 0
    for row in pack.rows("enrolments.csv"):
        ratios = json.loads(row["ratio_bp"] or "{}")
        if ratios and sum(ratios.values()) != 10_000:
            yield f"enrolment {row['id']}", sum(ratios.values()), 10_000
        if not 0 <= fen(row["enrolled_amount_fen"]) <= fen(row["eligible_amount_fen"]) <= fen(row["loan_amount_fen"]):
            yield f"enrolment {row['id']}", row["enrolled_amount_fen"], "enrolled <= eligible <= loan"
        outcome = said.get(int(row["id"]), {}).get("outcome")
        silent += outcome is None
        if outcome is not None and outcome != row["outcome"]:
            yield f"enrolment {row['id']}", row["outcome"], outcome
    if silent:
        yield Note(f"{silent}笔备案的规则不作认定或已不能重算 / enrolments without an explanation: {silent}")


# --- the ledger ---


def transfers(pack: Pack) -> Iterator:
    """Give the transfers, each as the bytes that were sealed and as its fields."""
    with pack.open("ledger/transfers.tsv") as file:
        names = file.readline().decode().rstrip("\n").split("\t")
        for line in file:
            yield line, dict(zip(names, (plain(one) for one in line.decode()[:-1].split("\t"))))


def plain(text: str) -> str | None:
    """Return a field of a line as it was before it was written; a backslash and N is nothing."""
    if text == "\\N":
        return None
    if "\\" not in text:
        return text
    found, rest = [], iter(text)
    for sign in rest:
        following = next(rest) if sign == "\\" else sign
        found.append(ESCAPED.get(following, following) if sign == "\\" else sign)
    return "".join(found)


def balances(pack: Pack) -> Iterator:
    """Balances and holds of each account, now and at each month's end, are the sums of its transfers."""
    ends = sorted({row["on"] for row in pack.rows("ledger/balances.csv")})
    moved = defaultdict(lambda: [0, 0, 0])  # by account and period: balance, held on the way out, held on the way in
    rests = {}
    for _, one in transfers(pack):
        posted, held = (sign * int(one["amount_fen"]) for sign in SIGNS[one["kind"]])
        period = bisect.bisect_left(ends, one["value_on"])
        out, into = moved[one["debit"], period], moved[one["credit"], period]
        out[0], out[1], into[0], into[2] = out[0] - posted, out[1] + held, into[0] + posted, into[2] + held
        if held:
            hold = one["id"] if one["kind"] == "hold" else one["refers_to"]
            rests[hold] = rests.get(hold, 0) + held
    part = 0
    for name, column in (("ledger/accounts.csv", ""), ("ledger/balances.csv", "on")):
        for row in pack.rows(name):
            last = ends.index(row[column]) if column else len(ends)
            periods = [moved[row["account"], period] for period in range(last + 1)]
            found = [fen(row[each]) for each in ("posted_fen", "held_out_fen", "held_in_fen")]
            needed = [sum(period[each] for period in periods) for each in range(3)]
            part += row["is_whole"] != "true"
            if row["is_whole"] == "true" and found != needed:
                yield f"account {row['account']} {row.get('on', '')}", found, needed
    kept = {row["transfer_id"]: fen(row["rest_fen"]) for row in pack.rows("ledger/holds.csv")}
    for hold in {**kept, **rests}:
        if kept.get(hold) != rests.get(hold):
            yield f"hold {hold}", kept.get(hold), rests.get(hold)
    if part:
        yield Note(f"{part}个账户只含部分分录：余额未证 / accounts here in part, their balances are not shown: {part}")


def ledger_chain(pack: Pack) -> Iterator:
    """Each seal is SHA-256 over the seal before it and the lines of its transfers; seals follow one another."""
    seals = {row["seal"]: row for row in pack.rows("ledger/seals.csv")}
    digests, counts, unsealed = {}, defaultdict(int), 0
    lost, nowhere = (b"", {"id": "missing"}), {"transfer_id": "missing", "mark": "", "seal": ""}
    for pair, placed in zip_longest(transfers(pack), pack.rows("ledger/places.csv")):
        (line, one), place = pair or lost, placed or nowhere
        where, mark, number = f"transfer {one['id']}", f"{zlib.crc32(line):08x}", place["seal"]
        if one["id"] != place["transfer_id"] or mark != place["mark"] or (number and number not in seals):
            yield where, mark, f"transfer {place['transfer_id']}, {place['mark']}, seal {number}"
            return
        if not number:
            unsealed += 1
            continue
        if number not in digests:
            digests[number] = hashlib.sha256(bytes.fromhex(seals[number]["previous_hash"]))
        digests[number].update(line)
        counts[number] += 1
    part = yield from links(seals, lambda number: hash_of(number, seals, digests, counts))
    if part:
        yield Note(f"{part}个封存只含部分分录：只核对了标记 / seals here in part, only marks are compared: {part}")
    if part and pack.manifest["ledger"] == "whole":
        yield "seals", f"{part} in part", "all in whole"
    if unsealed:
        yield Note(f"{unsealed}笔分录尚未封存 / transfers not sealed yet: {unsealed}")


def hash_of(number: str, seals: dict, digests: dict, counts: dict) -> str | None:
    """Return the hash that a seal should have, or None where not all of its rows are here."""
    if counts[number] != int(seals[number]["row_count"]) or number not in digests:
        return None
    return digests[number].hexdigest()


def links(seals: dict, needed: Callable) -> Iterator:
    """Look at each seal's hash and at its link to the seal before it; return how many could not be recomputed."""
    previous, part = None, 0
    for number, row in seals.items():
        hashed = needed(number)
        part += hashed is None
        if hashed is not None and hashed != row["seal_hash"]:
            yield f"seal {number}", row["seal_hash"], hashed
        follows = previous is not None and int(number) == int(previous["seal"]) + 1
        before = previous["seal_hash"] if follows else "0" * 64 if number == "1" else row["previous_hash"]
        if row["previous_hash"] != before:
            yield f"seal {number} link", row["previous_hash"], before
        previous = row
    return part


def booked(pack: Pack) -> Iterator:
    """Find in the ledger, by the same fen, what was paid, recovered, remitted and recalled."""
    needed, sums = {key: amount for key, amount in as_booked(pack) if amount}, {}
    for row in pack.rows("remittances.csv"):
        parts = json.loads(row["parts"] or "{}")
        if parts and sum(parts.values()) != fen(row["amount_fen"]):
            yield f"remittance {row['id']}", row["amount_fen"], parts
    for row in pack.rows("recalls.csv"):
        for part in ("principal", "interest"):
            sums[f"claim:{row['claim_id']}:recall:{part}-"] = fen(row[part + "_fen"])
    given, found = defaultdict(int), {}
    for _, one in transfers(pack):
        beginning = one["key"].rpartition("-")[0] + "-"
        if beginning in sums:
            given[beginning] += int(one["amount_fen"])
        if one["key"] in needed:
            found[one["key"]] = int(one["amount_fen"])
    for key, amount in [*needed.items(), *sums.items()]:
        have = found.get(key, given.get(key, amount))
        if have != amount:
            yield key, have, amount
    absent = [key for key in needed if key not in found and ":recovery-line-" not in key]
    if absent:  # a collector's own part of a recovery never leaves it, and is not booked
        yield Note(f"{len(absent)}项不在本包分录中（早于总账）/ bookings older than the ledger: {len(absent)}")


def as_booked(pack: Pack) -> Iterator:
    """Give the key under which the ledger books each payment, and its amount."""
    for row in pack.rows("vouchers.csv"):
        for key in ("paid", "paid:payee") if row["state"] == "paid" else ():
            yield f"claim:{row['claim_id']}:voucher-{row['id']}:{key}", fen(row["amount_fen"])
    for row in pack.rows("recovery_lines.csv"):
        yield f"claim:{row['claim_id']}:recovery-line-{row['id']}:{row['party']}", abs(fen(row["amount_fen"]))
    for row in pack.rows("remittances.csv"):
        for party, amount in json.loads(row["parts"] or "{}").items():
            yield f"claim:{row['claim_id']}:remittance-{row['id']}:{party}", amount
    collectors = {str(one["claim"]): (one["terms"] or {}).get("recovery") for one in pack.lines("settlements.jsonl")}
    for row in pack.rows("refunds.csv"):
        collector = (collectors.get(row["claim_id"]) or {}).get("collector", "bank")
        yield f"claim:{row['claim_id']}:refund-{row['id']}:{collector}", fen(row["amount_fen"])


def audit_chain(pack: Pack) -> Iterator:
    """Each seal of the trail is SHA-256 over the seal before it and its entries' hashes; entries have their hashes."""
    hashes, entries, unsealed = {}, set(), 0
    for line in pack.lines("audit/entries.jsonl"):
        canonical = json.dumps(line["entry"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        hashes[str(line["entry"]["id"])] = hashlib.sha256(canonical.encode()).hexdigest()
        unsealed += line["seal"] is None
        entries.add(str(line["entry"]["id"]))
    seals = {row["seal"]: row for row in pack.rows("audit/seals.csv")}
    digests, counts = {}, defaultdict(int)
    for row in pack.rows("audit/places.csv"):
        digest = digests.setdefault(row["seal"], hashlib.sha256(bytes.fromhex(seals[row["seal"]]["previous_hash"])))
        digest.update(bytes.fromhex(row["entry_hash"]))
        counts[row["seal"]] += 1
        here = row["is_here"] == "true"
        if here and hashes.get(row["entry_id"]) != row["entry_hash"]:
            yield f"audit entry {row['entry_id']}", hashes.get(row["entry_id"], "missing"), row["entry_hash"]
        entries.discard(row["entry_id"])
    if len(entries) != unsealed:
        yield f"audit entry {min(entries, default='')}", "in no seal", "a seal"
    part = yield from links(seals, lambda number: hash_of(number, seals, digests, counts))
    if part:
        yield "audit seals", f"{part} without all their places", "every place"
    if unsealed:
        yield Note(f"{unsealed}条记录尚未封存 / audit rows not sealed yet: {unsealed}")


def fees_in_ledger(pack: Pack) -> Iterator:
    """Find in the ledger every fee that was charged or undone, by the same fen, and no other."""
    return fees_booked(pack, transfers(pack))


def subsidies_in_ledger(pack: Pack) -> Iterator:
    """Find in the ledger every subsidy of an insurer that was held, paid or released, by the same fen, and no other."""
    return subsidies_booked(pack, transfers(pack))


CHECKS = (
    ("清单中各文件的散列", "the hash of every file of the manifest", files),
    ("方案文本与其版本散列", "the text of each scheme and the hash of its version", laws),
    ("备案：比例合计、三个金额、认定", "enrolments: ratios, the three amounts, the outcome", enrolments),
    ("结算：补偿基数与各方分担到分", "settlements: loss base and every share to the fen", settlements),
    ("凭证＝结算单＝拨付", "vouchers = sheet = payouts", payments),
    ("追偿回收：按到账日重放", "recoveries: replayed by value date", recoveries),
    ("补偿追回及利息", "compensation asked back, and its interest", recalls),
    ("债权转让：本金与价款", "assigned debts: principal and price", assignments),
    ("担保费：费率表、基数与金额到分", "guarantee fees: table, base and amount to the fen", fees),
    ("超赔补贴：保费、赔付与金额到分", "subsidies of insurers: premium, claims and amount to the fen", subsidies),
    ("总账：余额与冻结", "ledger: balances and holds", balances),
    ("总账：拨付、回收与上缴的记账", "ledger: payments, recoveries and remittances as booked", booked),
    ("总账：担保费的记账", "ledger: guarantee fees as booked", fees_in_ledger),
    ("总账：超赔补贴的记账", "ledger: subsidies of insurers as booked", subsidies_in_ledger),
    ("总账：封存链", "ledger: the chain of seals", ledger_chain),
    ("审计记录：封存链", "audit trail: the chain of seals", audit_chain),
)


def main(arguments: list) -> int:
    """Run every check, say what it found, and return 0 where nothing differs."""
    sys.stdout.reconfigure(encoding="utf-8")
    pack = Pack(arguments[0] if arguments else os.path.dirname(os.path.abspath(__file__)))
    print(f"{pack.manifest['format']}  {json.dumps(pack.manifest['scope'], ensure_ascii=False)}")
    print(f"manifest.json SHA-256 {hashlib.sha256(pack.read('manifest.json')).hexdigest()}")
    failed = 0
    for zh, en, check in CHECKS:
        notes, differences = [], []
        try:
            for found in check(pack):
                (notes if isinstance(found, Note) else differences).append(found)
        except (ArithmeticError, LookupError, ValueError, TypeError, OSError, EOFError, zlib.error) as error:
            differences.append((type(error).__name__, error, "a file that can be read"))
        failed += bool(differences)
        print(f"{'不符 differs' if differences else '相符 equal  '}  {zh} / {en}")
        for where, have, needed in differences[:1]:
            print(f"      {where}：有 found {have}，应为 needed {needed}（共 in all {len(differences)}）")
        for note in notes:
            print(f"      未证 not shown: {note}")
    pack.close()
    print("结论 result: " + (f"不符 differs ({failed})" if failed else "相符 equal"))
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
