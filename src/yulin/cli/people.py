"""`yulin people VERB`: organisations, people, and whether the audit trail still holds."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from yulin.base.text import Text
from yulin.cli.answers import print_json
from yulin.cli.instance import database_ready, tell
from yulin.people.core.audit_chain import ChainBreak, first_break, read_export
from yulin.people.enums import OrganisationKind, Role

if TYPE_CHECKING:
    from yulin.people.selectors import SealState

Run = Callable[[argparse.Namespace], int]


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs of `yulin people`."""
    area = subparsers.add_parser("people", help="organisations, people and the audit trail")
    verbs = area.add_subparsers(dest="verb", required=True, metavar="VERB")

    verify = _verb(verbs, "verify-audit", _verify, "recompute the chain over the audit trail and report its tail")
    verify.add_argument("--json", action="store_true", help="print the result as JSON")
    verify.add_argument("--file", metavar="FILE", help="check an exported trail instead of the database (- is stdin)")

    _verb(verbs, "export-audit", _export, "print the whole trail as JSON lines, seals included")
    _verb(verbs, "seal-audit", _seal, "seal what can be sealed now")

    organisation = _verb(verbs, "add-organisation", _add_organisation, "add an organisation")
    organisation.add_argument("kind", metavar="KIND", choices=[str(kind) for kind in OrganisationKind])
    organisation.add_argument("code", help="its code: a bank's or district's code, a firm's USCC")
    organisation.add_argument("name_zh")
    organisation.add_argument("name_en", nargs="?", default="")
    organisation.add_argument("--district", metavar="CODE", default=None, help="the division's code, such as 440112")

    person = _verb(verbs, "add-person", _add_person, "add a person in a role of an organisation; asks for a password")
    person.add_argument("username")
    person.add_argument("name")
    person.add_argument("--organisation", required=True, metavar="CODE")
    person.add_argument("--role", required=True, choices=[str(role) for role in Role])


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, work: Run, about: str
) -> argparse.ArgumentParser:
    def run(arguments: argparse.Namespace) -> int:
        if getattr(arguments, "file", None):
            return work(arguments)  # an exported trail needs no database
        with database_ready():
            return work(arguments)

    parser = verbs.add_parser(name, help=about, description=about)
    parser.set_defaults(run=run)
    return parser


def _verify(arguments: argparse.Namespace) -> int:
    """Return 0 when every seal holds, else 1."""
    broken, state = _verified_file(arguments.file) if arguments.file else _verified_trail()
    result = {
        "holds": broken is None,
        "first_break": {"seal": broken.number, "reason": broken.reason} if broken else None,
        "last_seal": state.last_number if state else None,
        "last_hash": state.last_hash if state else None,
        "unsealed": state.unsealed_count if state else None,
    }
    if arguments.json:
        print_json(result)
    elif broken:
        tell(
            Text(
                f"第{broken.number}号封存不成立（{broken.reason}）。", f"Seal {broken.number} fails ({broken.reason})."
            )
        )
    elif state:
        tell(
            Text(
                f"{state.last_number}个封存全部成立；末个{state.last_hash[:16]}…；未封存{state.unsealed_count}条。",
                f"All {state.last_number} seals hold; last {state.last_hash[:16]}…; {state.unsealed_count} not sealed.",
            )
        )
    else:
        tell(Text("文件中的封存全部成立。", "All seals of the file hold."))
    return int(broken is not None)


def _verified_file(name: str) -> tuple[ChainBreak | None, None]:
    with contextlib.nullcontext(sys.stdin) if name == "-" else Path(name).open(encoding="utf-8") as lines:
        return first_break(read_export(map(json.loads, lines))), None


def _verified_trail() -> tuple[ChainBreak | None, SealState]:
    from yulin.people.selectors import seal_state, sealed_batches  # noqa: PLC0415 - app ready

    return first_break(sealed_batches()), seal_state()


def _export(_arguments: argparse.Namespace) -> int:
    from yulin.people.selectors import audit_export  # noqa: PLC0415 - app ready

    for line in audit_export():
        print(json.dumps(line, ensure_ascii=False, sort_keys=True))
    return 0


def _seal(_arguments: argparse.Namespace) -> int:
    from yulin.people.services import seal_audit_trail  # noqa: PLC0415 - app ready

    count = seal_audit_trail()
    tell(Text(f"封存了{count}条。", f"Sealed {count} entries."))
    return 0


def _add_organisation(arguments: argparse.Namespace) -> int:
    from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready
    from yulin.people.services import create_organisation  # noqa: PLC0415 - app ready

    made = create_organisation(
        actor=SYSTEM_ACTOR,
        kind=OrganisationKind(arguments.kind),
        code=arguments.code,
        name=Text(arguments.name_zh, arguments.name_en or arguments.name_zh),
        district_code=arguments.district,
    )
    tell(Text(f"机构{made.code}已建，编号{made.pk}。", f"Organisation {made.code} was made, number {made.pk}."))
    return 0


def _add_person(arguments: argparse.Namespace) -> int:
    from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready
    from yulin.people.errors import OrganisationNotFoundError  # noqa: PLC0415 - app ready
    from yulin.people.selectors import organisation_by_code  # noqa: PLC0415 - app ready
    from yulin.people.services import create_user, grant_membership  # noqa: PLC0415 - app ready

    organisation = organisation_by_code(arguments.organisation)
    if organisation is None:
        raise OrganisationNotFoundError(organisation_code=arguments.organisation)
    password = sys.stdin.readline().strip() if not sys.stdin.isatty() else getpass.getpass()
    user = create_user(actor=SYSTEM_ACTOR, username=arguments.username, name=arguments.name, password=password)
    grant_membership(actor=SYSTEM_ACTOR, user_id=user.pk, organisation_id=organisation.pk, role=Role(arguments.role))
    tell(Text(f"人员{user.username}已建，编号{user.pk}。", f"Person {user.username} was made, number {user.pk}."))
    return 0
