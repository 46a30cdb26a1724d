"""Run the cases beside a pack: facts in the trade's words, and what the pack must answer to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.rules.core.assess import Assessment, assess
from yulin.rules.core.pack import Case, Pack
from yulin.rules.errors import PackCaseError

# What a case may expect of an assessment; a case of a scheme that speaks of a loan or a loss is the pool's to run.
EXPECTED = frozenset(
    {"outcome", "score", "score_low", "score_high", "band", "missing", "because", "findings", "groups", "terms"}
    | {"error"}
)


@dataclass(frozen=True)
class CaseResult:
    """How one case came out; no differences means that it holds."""

    case: Case
    differences: tuple[str, ...]
    assessment: Assessment | None

    @property
    def holds(self) -> bool:
        """Whether the pack answered as the case expects."""
        return not self.differences

    def defect(self) -> PackCaseError:
        """Return the failure as an error with its place."""
        lines = "; ".join(self.differences)
        name = self.case.name
        return PackCaseError(
            self.case.where, Text(f"案例“{name}”不符：{lines}", f"The case “{name}” does not hold: {lines}")
        )


def assessment_cases(pack: Pack) -> tuple[Case, ...]:
    """Return the cases that ask for an assessment (the others belong to the area that their words speak of)."""
    return tuple(case for case in pack.cases if set(case.expect) <= EXPECTED and not case.more)


def run_cases(pack: Pack) -> tuple[CaseResult, ...]:
    """Run every assessment case of a pack."""
    return tuple(run_case(pack, case) for case in assessment_cases(pack))


def run_case(pack: Pack, case: Case) -> CaseResult:
    """Run one case and list where the answer differs."""
    try:
        found = assess(pack, case.facts, case.on, applies_to=case.applies_to)
    except YulinError as error:
        expected = case.expect.get("error")
        return CaseResult(case, () if error.code == expected else (f"error: {error}",), None)
    return CaseResult(case, tuple(_differences(case, found)), found)


def _differences(case: Case, found: Assessment) -> Iterator[str]:
    outcomes: dict[str, Any] = {finding.id: finding.outcome.value for finding in found.findings}
    for key, expected in case.expect.items():
        if key == "because":
            if outcomes.get(expected) != "not_met":
                yield f"because: {expected} is {outcomes.get(expected)}, not the reason"
        elif key == "findings":
            yield from (
                f"{row}: {outcomes.get(row)}, expected {want}"
                for row, want in expected.items()
                if outcomes.get(row) != want
            )
        elif key == "terms":
            terms = {term.id: term.value for term in found.terms}
            yield from (f"{term}: {terms.get(term)}, expected {want}" for term, want in expected.items()
                        if terms.get(term) != want)  # fmt: skip
        elif key == "groups":
            sums = {name: list(each[:2]) for name, each in found.groups.items()}
            yield from (f"{name}: {sums.get(name)}, expected {want}" for name, want in expected.items()
                        if sums.get(name) != want)  # fmt: skip
        elif key == "error":
            yield f"no error, expected {expected}"
        else:
            actual = found.as_json()[key]
            if actual != (sorted(expected) if key == "missing" else expected):
                yield f"{key}: {actual!r}, expected {expected!r}"
