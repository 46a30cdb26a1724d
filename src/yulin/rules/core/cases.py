"""Run the cases beside a pack: facts in the trade's words, and what the pack must answer to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.rules.core.assess import Assessment, assess
from yulin.rules.core.pack import EXPECTED, Case, Pack
from yulin.rules.errors import PackCaseError


@dataclass(frozen=True)
class Difference:
    """One expectation that does not hold: what of, what the case expects of it, what was found."""

    of: str
    expected: str
    found: str | Text

    @property
    def says(self) -> Text:
        """The difference in one line.

        >>> Difference("score", "60", "56").says.en
        'score: expected 60, found 56'
        """
        found = self.found if isinstance(self.found, Text) else Text(self.found, self.found)
        return Text(f"{self.of}：应为{self.expected}，得到{found.zh}",
                    f"{self.of}: expected {self.expected}, found {found.en}")  # fmt: skip

    def __str__(self) -> str:
        """Return the difference in English, for a terminal."""
        return self.says.en


@dataclass(frozen=True)
class CaseResult:
    """How one case came out; no differences means that it holds."""

    case: Case
    differences: tuple[Difference, ...]
    assessment: Assessment | None = None

    @property
    def holds(self) -> bool:
        """Whether the pack answered as the case expects."""
        return not self.differences

    def defect(self) -> PackCaseError:
        """Return the failure as an error with its place."""
        said = self.says
        return PackCaseError(self.case.where, Text(f"案例不符：{said.zh}", f"A case does not hold: {said.en}"))

    @property
    def says(self) -> Text:
        """The case by name with everything that differs."""
        zh, en = "；".join(each.says.zh for each in self.differences), "; ".join(map(str, self.differences))
        return Text(f"“{self.case.name}”：{zh}", f"“{self.case.name}”: {en}")


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
        expected = case.expect.get("error", "–")
        same = error.code == expected
        return CaseResult(case, () if same else (Difference("error", expected, error.message),))
    return CaseResult(case, tuple(_differences(case, found)), found)


def _differences(case: Case, found: Assessment) -> Iterator[Difference]:
    outcomes: dict[str, Any] = {finding.id: finding.outcome.value for finding in found.findings}
    said: dict[str, dict[str, Any]] = {
        "findings": outcomes,
        "terms": {term.id: term.value for term in found.terms},
        "groups": {name: list(each[:2]) for name, each in found.groups.items()},
    }
    for key, expected in case.expect.items():
        if key == "because":
            if outcomes.get(expected) != "not_met":
                yield Difference(f"because, {expected}", "not_met", str(outcomes.get(expected)))
        elif key in said:
            for name, want in expected.items():
                if said[key].get(name) != want:
                    yield Difference(name, str(want), str(said[key].get(name)))
        elif key == "error":
            yield Difference("error", str(expected), "–")
        else:
            actual = found.as_json()[key]
            if actual != (sorted(expected) if key == "missing" else expected):
                yield Difference(key, str(expected), str(actual))
