"""A sample audit before later instalments are paid: which claims are drawn, and what their errors say of all.

The scheme's chapter `routing` says how many claims of a lender are drawn (`sample_audit`) and up to which error rate
the others are paid (`sample_error`); where it states no rate, any error holds them back. Source: AU-09, a second
tranche stopped by a sample audit. Who draws cannot choose: claims stand in the order of a hash of lender, day and
number, which anybody can recompute.

Invariant: the same lender, day and claims give the same sample; an estimate is never below the errors that were found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256

from yulin.pool.core.ratios import WHOLE_BP
from yulin.rules.core.scheme import Provision


@dataclass(frozen=True)
class SampleRule:
    """How many claims are drawn, and the error rate in basis points up to which the lender passes."""

    count: int
    most_bp: int = 0


@dataclass(frozen=True)
class Estimate:
    """What a sample says: the errors found, and by its rate those of the whole."""

    audited_fen: int
    error_fen: int
    population_fen: int

    @property
    def rate(self) -> Fraction:
        """Errors by what was audited."""
        return Fraction(self.error_fen, self.audited_fen) if self.audited_fen else Fraction()

    @property
    def extrapolated_fen(self) -> int:
        """The rate on the whole, rounded up to the fen."""
        return -(-self.population_fen * self.error_fen // self.audited_fen) if self.audited_fen else 0

    def passes(self, rule: SampleRule) -> bool:
        """Tell whether the rate is at most what the scheme allows.

        >>> [Estimate(10_000, error, 50_000).passes(SampleRule(2, 200)) for error in (200, 201)]
        [True, False]
        """
        return self.error_fen * WHOLE_BP <= self.audited_fen * rule.most_bp


def sample_rule(rules: Sequence[Provision]) -> SampleRule | None:
    """Return a scheme's rule; None where it asks for no sample, or nobody has confirmed how large it is.

    >>> sample_rule(()) is None
    True
    """
    stated = {one.id: one for one in rules if not one.row.is_unverified and one.number is not None}
    count, most = stated.get("sample_audit"), stated.get("sample_error")
    if count is None or count.unit != "count" or count.number is None:
        return None
    return SampleRule(count.number, most.number if most and most.unit == "ratio" and most.number is not None else 0)


def drawn(numbers: Iterable[str], *, seed: str, count: int) -> list[str]:
    """Return the claims that are drawn, by number.

    >>> len(drawn(["C-1", "C-2", "C-3"], seed="bank 2022-01-19", count=2))
    2
    """
    return sorted(numbers, key=lambda number: sha256(f"{seed}|{number}".encode()).hexdigest())[:count]
