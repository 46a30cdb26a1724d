"""`yulin pool settle|instalments|check|check-sheet|audit-pack|simulate|charge-fees|file-reguarantee`.

The first four work from the packs alone and need no database.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.cli import fees, filings, simulation
from yulin.cli.answers import answer_file, print_json, read_input
from yulin.cli.instance import database_ready, tell
from yulin.cli.outputs import show_percent, whole_file


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs of `yulin pool`."""
    area = subparsers.add_parser("pool", help="schemes: settle, check, simulate; audit packs; fees; filings")
    verbs = area.add_subparsers(dest="verb", required=True, metavar="VERB")
    about = "say who bears what of each loss, to the last fen"
    settle = verbs.add_parser("settle", help=about, description=about)
    settle.add_argument("file", metavar="FILE", help="a JSON list of inputs; - is standard input")
    settle.set_defaults(run=_settle)
    about = "say what a loan paid in equal instalments owes on each due day and on a day between, by its count of days"
    plan = verbs.add_parser("instalments", help=about, description=about)
    plan.add_argument("file", metavar="FILE", help="a JSON list of loans; - is standard input")
    plan.set_defaults(run=_instalments)
    about = "run the cases beside scheme packs, and say what their numbers do at the edges"
    check = verbs.add_parser("check", help=about, description=about)
    check.add_argument("packs", metavar="PACK", nargs="*", help="ids of scheme packs; all that ship, if none is named")
    check.add_argument("--json", action="store_true", help="print JSON")
    check.set_defaults(run=_check)
    about = "check a settlement sheet that somebody holds: its signature, its hash, and that its lines sum to the loss"
    sheet = verbs.add_parser("check-sheet", help=about, description=about)
    sheet.add_argument("file", metavar="FILE.json", help="the sheet's data, as a party fetched it; - is standard input")
    sheet.add_argument("--key", metavar="KEY", default="", help="the instance's public key, from a place you trust")
    sheet.set_defaults(run=_check_sheet)
    about = "write all that stands behind one loan, claim or year as a ZIP that recomputes without Yulin"
    pack = verbs.add_parser("audit-pack", help=about, description=about)
    subject = pack.add_mutually_exclusive_group(required=True)
    subject.add_argument("--loan", metavar="NUMBER", default="", help="loan number or confirmation number")
    subject.add_argument("--claim", metavar="NUMBER", default="", help="number of a claim")
    subject.add_argument("--year", metavar="YYYY", type=int, help="what was filed, claimed or recovered in a year")
    pack.add_argument("--scheme", metavar="ID", default="", help="with --year: of one scheme only")
    pack.add_argument("--out", metavar="FILE.zip", type=Path, required=True, help="the file to write")
    pack.add_argument("--with-documents", action="store_true", help="put the claims' papers into the ZIP")
    pack.set_defaults(run=_audit_pack)
    simulation.register(verbs)
    fees.register(verbs)
    filings.register(verbs)


def _settle(arguments: argparse.Namespace) -> int:
    from yulin.pool.adapters.schemes import settle_answer  # noqa: PLC0415 - slow import

    return answer_file(arguments.file, settle_answer)


def _instalments(arguments: argparse.Namespace) -> int:
    from yulin.pool.core.settlement_json import instalments_answer  # noqa: PLC0415 - slow import

    return answer_file(arguments.file, instalments_answer)


def _check_sheet(arguments: argparse.Namespace) -> int:
    from yulin.kit.signing import canonical, is_signed  # noqa: PLC0415 - slow import
    from yulin.pool.core.claims.signed_sheet import SIGNED_SHEET, digest_of, faults_of, read_signed  # noqa: PLC0415 - slow import

    try:
        signed = read_signed(read_input(arguments.file, SIGNED_SHEET), arguments.file)
    except YulinError as error:
        print(str(error), file=sys.stderr)
        return 2
    content, key = signed["sheet"], arguments.key or signed["public_key"]
    faults = faults_of(content)
    if signed["sha256"] != digest_of(canonical(content)):
        faults.append(Text("哈希不是内容的哈希", "the hash is not that of the content"))
    if not is_signed(content, signed["signature"], key):
        faults.append(
            Text("签名不符：内容被改动，或不是这把密钥所签", "the signature differs: changed, or another key")
        )
    for fault in faults:
        tell(fault)
    if not faults:
        claim = content["claim"]
        tell(
            Text(f"{claim}：签名相符，各方之和等于损失", f"{claim}: signed as it stands, and its lines sum to the loss")
        )
        if not arguments.key:
            tell(
                Text(
                    "密钥取自文件本身：请与可信来源核对，--key", "the key is the file's own: compare it, or give --key"
                )
            )
    return int(bool(faults))


def _audit_pack(arguments: argparse.Namespace) -> int:
    with database_ready():
        from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready
        from yulin.pool.core.audit_pack.scope import PackScope  # noqa: PLC0415 - app ready
        from yulin.pool.services.audit_packs.write_audit_pack import write_audit_pack  # noqa: PLC0415 - app ready

        scope = PackScope(
            loan=arguments.loan, claim=arguments.claim, year=arguments.year, scheme=arguments.scheme,
            with_documents=arguments.with_documents,
        )  # fmt: skip
        with whole_file(arguments.out) as out:
            written = write_audit_pack(actor=SYSTEM_ACTOR, scope=scope, out=out, progress=show_percent)
        tell(
            Text(
                f"{arguments.out}：{written.loans}笔备案，{written.claims}件申请，{written.transfers}笔分录，"
                f"{written.audit_rows}条审计记录；清单SHA-256 {written.manifest_sha256}",
                f"{arguments.out}: enrolments {written.loans}, claims {written.claims}, transfers {written.transfers}, "
                f"audit rows {written.audit_rows}; manifest SHA-256 {written.manifest_sha256}",
            )
        )
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from yulin.pool.adapters.schemes import check_scheme, scheme_ids  # noqa: PLC0415 - slow import

    found = [check_scheme(pack_id) for pack_id in arguments.packs or scheme_ids()]
    if arguments.json:
        print_json(found)
    else:
        _print(found)
    return int(any(one["failing"] for one in found))


def _print(found: list[dict[str, Any]]) -> None:
    for one in found:
        print(f"{one['pack']}: {one['cases']} cases, {len(one['failing'])} failing")
        for line in one["failing"]:
            print(f"  fails: {line}")
        for remark in one["remarks"]:
            print(f"  {remark['code']} {remark['says']} ({remark['row']})")
