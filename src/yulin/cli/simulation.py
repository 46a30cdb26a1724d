"""`yulin pool simulate`: what past claims would have come to under a draft of their scheme; leaves an audit row."""

from __future__ import annotations

import argparse
import csv
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yulin.base.money import parse_fen, yuan_text
from yulin.base.text import Text
from yulin.cli.answers import print_json
from yulin.cli.instance import database_ready, shell_language, tell

if TYPE_CHECKING:
    from yulin.pool.services.simulations import Simulated

_BP = 100


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    about = "say what past claims would have come to under a draft of their scheme"
    verb = verbs.add_parser("simulate", help=about, description=about)
    verb.add_argument("scheme", metavar="SCHEME", help="whose claims")
    verb.add_argument("--years", type=int, default=3, metavar="N", help="decided in the last N years (default 3)")
    verb.add_argument("--version", type=int, metavar="ID", help="start from this published or drafted version")
    verb.add_argument("--text", type=Path, metavar="FILE", help="start from a drafted text (pack.yaml)")
    verb.add_argument("--ratio", type=_named, action="append", default=[], metavar="PARTY=PERCENT")
    verb.add_argument("--district", type=_named, action="append", default=[], metavar="CODE=PERCENT")
    verb.add_argument("--all-layers", type=_percent, metavar="PERCENT", help="cap on all public layers together")
    verb.add_argument("--loan-limit", type=_amount, metavar="YUAN", help="the most that one loan may be")
    verb.add_argument("--breaker", type=_named, action="append", default=[], metavar="ID=PERCENT")
    form = verb.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the sums as JSON")
    form.add_argument("--csv", action="store_true", help="print one line a claim")
    verb.set_defaults(run=_simulate)


def _percent(text: str) -> int:
    """Return a percentage in basis points."""
    try:
        percent = Decimal(text.removesuffix("%"))
    except InvalidOperation as error:
        raise argparse.ArgumentTypeError(f"{text} is no percentage") from error
    if not 0 <= percent <= 100 or percent * _BP != int(percent * _BP):
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 100 with two places")
    return int(percent * _BP)


def _named(text: str) -> tuple[str, int]:
    name, sign, percent = text.partition("=")
    if not name or not sign:
        raise argparse.ArgumentTypeError(f"{text} is not NAME=PERCENT")
    return name, _percent(percent)


def _amount(text: str) -> int:
    return parse_fen(text).fen


def _simulate(arguments: argparse.Namespace) -> int:
    with database_ready():
        from yulin.kit.clock import business_date  # noqa: PLC0415 - app ready
        from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready
        from yulin.pool.core.simulation.draft import Draft  # noqa: PLC0415 - app ready
        from yulin.pool.core.simulation.scenario import Scenario  # noqa: PLC0415 - app ready
        from yulin.pool.services.simulations import keep_draft_text, simulate_scheme  # noqa: PLC0415 - app ready

        draft = Draft(
            ratios_bp=dict(arguments.ratio),
            districts_bp=dict(arguments.district),
            all_layers_bp=arguments.all_layers,
            loan_limit_fen=arguments.loan_limit,
            breakers_bp=dict(arguments.breaker),
        )
        text, file = "", arguments.text
        if file is not None:
            content = file.read_bytes()
            text, _ = keep_draft_text(actor=SYSTEM_ACTOR, scheme_id=arguments.scheme, name=file.name, content=content)
        scenario = Scenario(arguments.scheme, arguments.years, arguments.version, text, draft)
        found = simulate_scheme(actor=SYSTEM_ACTOR, scenario=scenario, today=business_date())
        if arguments.csv:
            _print_sheet(found)
        elif arguments.json:
            print_json(_plain(found))
        else:
            _tell(found)
    return 0


def _print_sheet(found: Simulated) -> None:
    from yulin.pool.selectors.simulation_shown import sheet_heads, sheet_rows  # noqa: PLC0415 - app ready

    language = shell_language()
    sheet = csv.writer(sys.stdout)
    for row in (sheet_heads(found.simulation), *sheet_rows(found.simulation)):
        sheet.writerow([cell.in_language(language) if isinstance(cell, Text) else cell for cell in row])


def _plain(found: Simulated) -> dict[str, Any]:
    groups = {
        name: [
            {"key": one.key, "claims": one.claims, "booked_fen": one.booked_fen, "drafted_fen": one.drafted_fen}
            for one in getattr(found.effects, name)
        ]
        for name in ("layers", "banks", "districts", "classes")
    }
    fired = [
        {"breaker": one.breaker.id, "bank": one.bank_id, "on": one.on.isoformat(), "claim": one.claim,
         "state": one.state.state}
        for one in found.simulation.fired
    ]  # fmt: skip
    return {
        "scenario": found.scenario.plain(),
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "claims": len(found.simulation.claims),
        "unknown": len(found.simulation.unknown),
        "booked_public_fen": found.effects.booked_public_fen,
        "drafted_public_fen": found.effects.drafted_public_fen,
        **groups,
        "fired": fired,
    }


def _tell(found: Simulated) -> None:
    from yulin.pool.selectors.simulation_shown import layer_rows  # noqa: PLC0415 - app ready

    count, unknown = len(found.simulation.claims), len(found.simulation.unknown)
    tell(
        Text(
            f"审定的补偿{count}件，其中{unknown}件无法判断，另计。",
            f"Decided claims: {count}; of which nobody can say: {unknown}, in no sum.",
        )
    )
    for row in layer_rows(found.effects):
        old, new = yuan_text(row.effect.booked_fen), yuan_text(row.effect.drafted_fen)
        said = Text(f"{row.name.zh}：{old}元 → {new}元", f"{row.name.en}: CNY {old} → CNY {new}")
        tell(said.in_currency(found.law.pack.currency))
    for one in found.simulation.fired:
        tell(
            Text(
                f"{one.on}申请{one.claim}触发{one.breaker.title.zh}（{one.state.state}）",
                f"{one.on}: claim {one.claim} fires {one.breaker.title.en} ({one.state.state})",
            )
        )
