"""`yulin atlas retention`: what goes because its time is over, what stays and why; with --run it goes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from yulin.base.errors import YulinError
from yulin.cli.answers import print_json

if TYPE_CHECKING:
    from yulin.atlas.models import RetentionRun
    from yulin.atlas.selectors.retention import RuleShown


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    about = (
        "say what goes because its time is over, under which rule, and what of it is held and why; nothing is touched."
        " With --run what is due today goes, under rules that two persons have put in force, as it does each night"
    )
    retention = verbs.add_parser("retention", help="say what goes because its time is over, and why", description=about)
    retention.add_argument("--until", metavar="DATE", type=date.fromisoformat, help="what goes by this day; else today")
    retention.add_argument("--run", dest="runs", action="store_true", help="delete and mask what is due today")
    retention.set_defaults(run=_retention)


def _retention(arguments: argparse.Namespace) -> int:
    from yulin.cli.instance import book_ready  # noqa: PLC0415 - slow import

    try:
        with book_ready():
            answer = run_now() if arguments.runs else what_goes(arguments.until)
    except YulinError as error:
        print_json({"error": error.envelope("en")})
        return 1
    print_json(answer)
    return 0


def what_goes(until: date | None = None) -> list[dict[str, Any]]:
    """Return for each rule its state, what goes by a day, and what stays for which reason. Touches nothing."""
    from yulin.atlas.core.retention import HOLD_TEXTS  # noqa: PLC0415 - app ready
    from yulin.atlas.selectors import firms  # noqa: PLC0415 - app ready
    from yulin.atlas.selectors.retention import rules_shown  # noqa: PLC0415 - app ready
    from yulin.atlas.services.retaining import due_on  # noqa: PLC0415 - app ready
    from yulin.kit.clock import business_date  # noqa: PLC0415 - app ready

    answer = []
    for shown in rules_shown():
        _, found = due_on(shown.rule, until or business_date())
        ids = {firm for _, firm, _, _ in found.kept} | {firm for firm, _, _ in found.going}
        named = firms(firm for firm in ids if firm is not None)
        answer.append(
            {
                "rule": shown.rule.id,
                "title": shown.rule.title.en,
                "basis": f"{shown.rule.document} {shown.rule.article}",
                "verified": shown.rule.verified,
                "years": shown.rule.years,
                "since": shown.rule.since.value,
                "then": shown.rule.then.value,
                "state": state_of(shown),
                "until": found.until,
                "due": found.due,
                "goes": found.goes,
                "kept_for": {kind.value: count for kind, count in found.kept_for.items()},
                "going": [
                    {"firm": named[firm].identifier if firm in named else None, "what": name, "goes_on": day}
                    for firm, name, day in found.going
                ],
                "kept": [
                    {
                        "firm": named[firm].identifier if firm in named else None,
                        "what": name,
                        "since": since,
                        "why": HOLD_TEXTS[kind].en,
                    }
                    for kind, firm, name, since in found.kept
                ],
            }
        )
    return answer


def state_of(shown: RuleShown) -> str:
    """Return in one word whether anything goes under a rule."""
    if shown.in_force:
        return "in_force"
    if shown.waiting:
        return "waits_for_approval"
    return "changed" if shown.is_changed else "not_in_force"


def run_now() -> list[dict[str, Any]]:
    """Delete and mask what is due today, and return each rule's run."""
    from yulin.atlas.services.retaining import run_retention  # noqa: PLC0415 - app ready
    from yulin.kit.clock import business_date  # noqa: PLC0415 - app ready
    from yulin.people.core.actors import SYSTEM_ACTOR  # noqa: PLC0415 - app ready

    return _said(run_retention(actor=SYSTEM_ACTOR, on=business_date()))


def _said(runs: Sequence[RetentionRun]) -> list[dict[str, Any]]:
    return [
        {
            "run": run.pk,
            "rule": run.order.rule_id,
            "due": run.due_count,
            "gone": run.gone_count,
            "kept": run.kept_count,
            "kept_for": run.kept_for,
        }
        for run in runs
    ]
