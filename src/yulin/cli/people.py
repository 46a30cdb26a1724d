"""`yulin people VERB`: organisations, people, programs, and whether the audit trail still holds."""

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
from yulin.cli.instance import book_ready, tell
from yulin.people.core.audit_chain import ChainBreak, first_break, read_export
from yulin.people.enums import Action, OrganisationKind, Role

if TYPE_CHECKING:
    from yulin.people.models import Organisation
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

    _register_clients(verbs)

    person = _verb(verbs, "add-person", _add_person, "add a person in a role of an organisation; asks for a password")
    person.add_argument("username")
    person.add_argument("name")
    person.add_argument("--organisation", required=True, metavar="CODE")
    person.add_argument("--role", required=True, choices=[str(role) for role in Role])


def _register_clients(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    about = "programs that call the API for an organisation"
    client = verbs.add_parser("client", help=about, description=about)
    client_verbs = client.add_subparsers(dest="client_verb", required=True, metavar="VERB")
    create = _verb(client_verbs, "create", _create_client, "make a client and show its secret, once")
    create.add_argument("name", help="what the program is called, such as 核心系统")
    create.add_argument("--organisation", required=True, metavar="CODE")
    create.add_argument("--role", required=True, choices=[str(role) for role in Role])
    create.add_argument(
        "--scope",
        dest="scopes",
        action="append",
        required=True,
        choices=[str(action) for action in Action],
        help="an action that the program may do; may be given more than once",
    )
    listing = _verb(client_verbs, "list", _list_clients, "list the clients, those that are switched off included")
    listing.add_argument("--json", action="store_true", help="print the result as JSON")
    revoke = _verb(client_verbs, "revoke", _revoke_client, "switch a client off; its tokens stop at once")
    revoke.add_argument("client_id")


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, work: Run, about: str
) -> argparse.ArgumentParser:
    def run(arguments: argparse.Namespace) -> int:
        if getattr(arguments, "file", None):
            return work(arguments)  # an exported trail needs no database
        with book_ready():
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
                f"Seals hold: {state.last_number}, last {state.last_hash[:16]}…, not sealed: {state.unsealed_count}.",
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
    tell(Text(f"封存了{count}条。", f"Entries sealed: {count}."))
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
    from yulin.people.services import create_user, grant_membership  # noqa: PLC0415 - app ready

    organisation = _organisation(arguments.organisation)
    password = sys.stdin.readline().strip() if not sys.stdin.isatty() else getpass.getpass()
    user = create_user(actor=SYSTEM_ACTOR, username=arguments.username, name=arguments.name, password=password)
    grant_membership(actor=SYSTEM_ACTOR, user_id=user.pk, organisation_id=organisation.pk, role=Role(arguments.role))
    tell(Text(f"人员{user.username}已建，编号{user.pk}。", f"Person {user.username} was made, number {user.pk}."))
    return 0


def _create_client(arguments: argparse.Namespace) -> int:
    from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready
    from yulin.people.services import create_api_client  # noqa: PLC0415 - app ready

    made = create_api_client(
        actor=SYSTEM_ACTOR,
        organisation_id=_organisation(arguments.organisation).pk,
        name=arguments.name,
        role=Role(arguments.role),
        scopes=[Action(scope) for scope in arguments.scopes],
    )
    print_json({"client_id": made.client.client_id, "client_secret": made.secret, "scopes": made.client.scopes})
    tell(Text("密钥只显示这一次，请即存入密码库。", "The secret is shown this once: keep it in a safe place now."))
    return 0


def _list_clients(arguments: argparse.Namespace) -> int:
    from yulin.people.selectors import api_clients  # noqa: PLC0415 - app ready

    rows = [
        {
            "client_id": client.client_id,
            "name": client.name,
            "organisation": client.organisation.code,
            "role": client.role,
            "scopes": client.scopes,
            "is_active": client.is_active,
        }
        for client in api_clients()
    ]
    if arguments.json:
        print_json(rows)
    for row in () if arguments.json else rows:
        state = Text("在用", "in use") if row["is_active"] else Text("已停用", "switched off")
        line = f"{row['client_id']}  {row['organisation']}  {row['role']}  {' '.join(row['scopes'])}"
        tell(Text(f"{line}  {row['name']}  {state.zh}", f"{line}  {row['name']}  {state.en}"))
    return 0


def _revoke_client(arguments: argparse.Namespace) -> int:
    from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready
    from yulin.people.services import switch_off_api_client  # noqa: PLC0415 - app ready

    switch_off_api_client(actor=SYSTEM_ACTOR, client_id=arguments.client_id)
    tell(Text(f"客户端{arguments.client_id}已停用。", f"Client {arguments.client_id} is switched off."))
    return 0


def _organisation(code: str) -> Organisation:
    from yulin.people.errors import OrganisationNotFoundError  # noqa: PLC0415 - app ready
    from yulin.people.selectors import organisation_by_code  # noqa: PLC0415 - app ready

    organisation = organisation_by_code(code)
    if organisation is None:
        raise OrganisationNotFoundError(organisation_code=code)
    return organisation
