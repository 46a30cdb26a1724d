"""`yulin pool charge-fees`: all guarantee fees of a scheme that fall due in a period, charged at once."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING, Any

from yulin.base.text import Text
from yulin.cli.answers import print_json
from yulin.cli.instance import database_ready, tell

if TYPE_CHECKING:
    from yulin.pool.services.charge_fees import FeeRun


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    about = "charge every guarantee fee of a scheme that falls due in a period; run again, it charges nothing more"
    verb = verbs.add_parser("charge-fees", help=about, description=about)
    verb.add_argument("scheme", metavar="SCHEME", help="whose fees")
    verb.add_argument("--from", dest="since", type=date.fromisoformat, default=date.min, metavar="DATE",
                      help="first day on which a fee falls due (default: from the beginning)")  # fmt: skip
    verb.add_argument("--to", dest="until", type=date.fromisoformat, metavar="DATE", help="last day (default: today)")
    verb.add_argument("--dry-run", action="store_true", help="say what would be charged, and charge nothing")
    verb.add_argument("--json", action="store_true", help="print JSON, one line a fee")
    verb.set_defaults(run=_charge)


def _charge(arguments: argparse.Namespace) -> int:
    with database_ready():
        from yulin.kit.clock import business_date  # noqa: PLC0415 - app ready
        from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready
        from yulin.pool.services.charge_fees import FeePeriod, charge_fees, preview_fees  # noqa: PLC0415 - app ready

        period = FeePeriod(arguments.scheme, arguments.since, arguments.until or business_date())
        work = preview_fees if arguments.dry_run else charge_fees
        run = work(actor=SYSTEM_ACTOR, period=period)
        if arguments.json:
            print_json(_json(run, is_dry=arguments.dry_run))
        else:
            _tell(run, is_dry=arguments.dry_run)
    return 0


def _json(run: FeeRun, *, is_dry: bool) -> dict[str, Any]:
    return {
        "scheme": run.period.scheme_id, "from": run.period.since, "to": run.period.until, "dry_run": is_dry,
        "charged": len(run.charged), "charged_fen": run.charged_fen,
        "fees": [
            {
                "loan": line.enrolment.loan_number, "number": line.enrolment.number, "bank": line.enrolment.bank.code,
                "fee": line.due.table.id, "year": line.due.number, "due_on": line.due.due_on,
                "base_fen": line.due.rounded_base_fen, "amount_fen": line.amount_fen, "result": str(line.verdict),
                "charge": line.charge.pk if line.charge else None,
            }
            for line in run.lines
        ],
    }  # fmt: skip


def _tell(run: FeeRun, *, is_dry: bool) -> None:
    from yulin.base.money import yuan_text  # noqa: PLC0415 - app ready
    from yulin.pool.core.fees import VERDICT_NAMES, FeeVerdict  # noqa: PLC0415 - app ready
    from yulin.pool.selectors.partners import scheme_currencies  # noqa: PLC0415 - app ready

    for line in run.lines:
        if line.verdict is not FeeVerdict.BEFORE:
            sum_text = "—" if line.amount_fen is None else yuan_text(line.amount_fen)
            name, said = line.due.table.title, VERDICT_NAMES[line.verdict]
            start = f"{line.enrolment.loan_number} {line.due.due_on}"
            rest = f"#{line.due.number} {sum_text}"
            tell(Text(f"{start} {name.zh} {rest} {said.zh}", f"{start} {name.en} {rest} {said.en}"))
    before, total = len(run.of(FeeVerdict.BEFORE)), yuan_text(run.charged_fen)
    currency = scheme_currencies().get(run.period.scheme_id, "CNY")
    said_zh = f"{total}元" if currency == "CNY" else f"{currency} {total}"
    done = Text("将计收", "would be charged") if is_dry else Text("已计收", "charged")
    tell(
        Text(
            f"{done.zh}{len(run.charged)}笔，{said_zh}；此前已计收{before}笔",
            f"{done.en}: {len(run.charged)}, {currency} {total}; charged before: {before}",
        )
    )
