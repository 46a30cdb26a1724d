"""The typed form of a scheme: what a risk-compensation law can say, each statement with the row of law it rests on.

Nothing here knows one law from another. Every statement is one named mechanism (a tier table, a bonus that counts once,
a cap of money, a breaker); a pack chooses among them, and `pool/core` computes with them. A number that nobody has
found is `None`: it is open, and stays open until the scheme's manager fills it at publication.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from yulin.base.text import Text
from yulin.rules.core.nodes import Expression
from yulin.rules.core.pack import Row

BUDGETS = ("cash_pool", "yearly", "yearly_in_arrears")  # a pot; money of a year; last year's verified compensation
INTERESTS = ("rolls_in", "leaves")  # what the interest of a cash pool does; a pack that does not know leaves it out
REST = "bank"  # who bears what nobody else pays, unless the mode names another
ROUNDINGS = ("ceiling", "shares")
READINGS = ("whole", "marginal")

# What a limit or a cap is measured against, and what stands in the book or in the loss under that name (with `_fen`).
MEASURES: Mapping[str, Text] = {
    "loan_amount": Text("借据金额", "loan amount"),
    "loss_base": Text("补偿基数", "loss base"),
    "nonperforming_balance": Text("不良贷款余额", "non-performing balance"),
    "interest": Text("利息", "interest"),
    "advanced": Text("已发放金额", "amount advanced"),
    "lent": Text("组合放款额", "volume lent"),
    "previous_year_balance": Text("上年末贷款余额", "balance at the end of last year"),
    "fund_balance": Text("资金余额", "balance of the fund"),
    "fees": Text("上年缴纳保费", "fees paid last year"),
    "recoveries": Text("上年上缴回收", "recoveries remitted last year"),
    "paid": Text("本期已补偿", "already paid in the period"),
    "paid_on_loan": Text("本笔已补偿", "already paid on the loan"),
    "scheme_paid": Text("本年度方案已补偿", "already paid by the scheme this year"),
    "mode_paid": Text("本年度本模式已补偿", "already paid in this mode this year"),
    "none": Text("无", "nothing"),
}

# What a machine compares between a document and the enrolled loan.
DOCUMENT_CHECKS: Mapping[str, Text] = {
    "amount": Text("金额与申请一致", "its amount is the claim's"),
    "name": Text("企业名称一致", "it names the firm"),
    "code": Text("统一社会信用代码一致", "it carries the firm's code"),
    "loan": Text("借据号一致", "it carries the loan's number"),
    "dated": Text("日期不早于放款、不晚于今天", "it is dated between lending and today"),
    "before_lending": Text("日期不晚于放款日", "it is dated on or before the day of lending"),
    "after_default": Text("日期不早于违约日", "it is dated on or after the day of default"),
    "paid_out": Text("金额与代偿额一致", "its amount is what the guarantor paid"),
    "paid_on": Text("日期是代偿日", "it is dated on the day of the guarantee payment"),
}
EARLY_DEFAULT = "early_default"  # the routing's rule, and the papers that only such a claim needs
DOCUMENT_CASES: Mapping[str, Text] = {EARLY_DEFAULT: Text("早期违约时", "on early default")}


@dataclass(frozen=True)
class Share:
    """A ratio in basis points; None where no text with the number was found."""

    bp: int | None
    row: Row


@dataclass(frozen=True)
class DueEvent:
    """An event that makes an instalment due: on its day, or so many years after; for loans approved from a day on."""

    id: str
    years: int = 0
    approved_from: date | None = None


@dataclass(frozen=True)
class Instalment(Share):
    """One part of a compensation; with events, the earliest of them makes it due, and nothing else does."""

    events: tuple[DueEvent, ...] = ()


THIRD_PARTIES_PAID = "third_parties_paid"
# What can make an instalment due.
DUE_EVENTS: Mapping[str, Text] = {
    THIRD_PARTIES_PAID: Text("第三方已赔付", "third parties have paid"),
    "recovery_ended": Text("追偿结束", "recovery has ended"),
    "decree": Text("判决生效", "decree obtained"),
}


@dataclass(frozen=True)
class RateTerm:
    """A bound that a term of a rate pack gives, by day: as `LPR + 150 bp`. Without steps nobody has looked it up."""

    pack: str
    term: str
    steps: tuple[tuple[date, Fraction | None], ...] = ()  # oldest first; None: not known from that day on
    text: Text | None = None

    def on(self, day: date) -> Fraction | None:
        """Return the rate of a day, exactly; None where nobody knows it."""
        return next((rate for first, rate in reversed(self.steps) if first <= day), None)


@dataclass(frozen=True)
class Limit:
    """The most (or least) that may be enrolled: an amount, a span, a rate or a count, per what the kind says."""

    kind: str  # loan | line | firm | firm_year | bank | scheme | tenor | rate | banks_per_firm_year | filing_window | …
    unit: str  # money | months | days | ratio | count
    at_most: int | None
    at_least: int | None
    row: Row
    by: RateTerm | None = None  # of a rate: the bound is that of the day of lending

    @property
    def is_bounded(self) -> bool:
        """Whether the law names the most, by a number or by a rate."""
        return self.at_most is not None or self.by is not None

    def most_ppm(self, day: date | None) -> int | None:
        """Return the highest rate of a day in whole parts of a million; None where nobody knows it.

        **Units**: `at_most` is basis points. **Rounding** down: a part over is over.
        """
        if self.by is None:
            return None if self.at_most is None else self.at_most * 100
        rate = None if day is None else self.by.on(day)
        return None if rate is None else int(rate * 1_000_000)


@dataclass(frozen=True)
class Reserve:
    """What a layer aims to keep in hand, as a share of the loans outstanding at the year's end; None: not stated."""

    at_least_bp: int | None
    at_most_bp: int | None
    row: Row


@dataclass(frozen=True)
class Layer:
    """One public payer, in paying order."""

    party: str
    budget: str  # one of BUDGETS; "": not known
    row: Row
    by_district: bool = False  # the district of the firm at filing decides which layer pack joins
    packs: tuple[str, ...] = ()  # the layer packs that may join
    split: Mapping[str, int] = field(default_factory=dict)  # whole parts among the payers behind one ratio
    interest: str = ""  # one of INTERESTS; "": not known
    reserve: Reserve | None = None


@dataclass(frozen=True)
class Tier:
    """A tier's included upper bound in fen (None: no bound) and its ratio."""

    up_to_fen: int | None
    bp: int


@dataclass(frozen=True)
class TierTable:
    """Ratios by the size of something; `whole`: one tier rules all of the loss, `marginal`: each slice its own."""

    by: Expression
    reading: str
    tiers: tuple[Tier, ...]
    row: Row


@dataclass(frozen=True)
class RatioRow:
    """One ratio of a party: the flat one, or one that applies where its question holds or the loan names its class."""

    id: str
    bp: int | None
    when: Expression | None
    is_flat: bool
    row: Row


@dataclass(frozen=True)
class RatioTable:
    """A party's ratio: of all rows and tiers that fit, the highest. By contract, the loan brings its own."""

    party: str
    rows: tuple[RatioRow, ...]
    tiers: TierTable | None
    by_contract: bool
    at_most_bp: int | None  # the most that a contract may give
    row: Row


@dataclass(frozen=True)
class Bonus:
    """Points on top of the ratio; a bonus with several reasons counts once, whichever of them hold."""

    id: str
    plus_bp: int
    reasons: tuple[str, ...]  # the names under which an enrolled loan carries it
    when: Expression | None
    row: Row


@dataclass(frozen=True)
class InterestRule:
    """How much of the interest counts: up to a day, or in stages from the next scheduled date."""

    days_at_most: int | None
    year_days: int
    stages: tuple[tuple[int, int], ...]  # months, basis points of the rate
    row: Row


@dataclass(frozen=True)
class LossBase:
    """What of a loss counts before any ratio."""

    measure: str  # incurred | paid_by_guarantor | lower_of_npa_and_claim
    parts: tuple[str, ...]  # principal, interest, cost, advances
    less: tuple[str, ...]  # recovered
    interest: InterestRule | None
    row: Row


@dataclass(frozen=True)
class AllLayers:
    """The most that all public payers together bear of the loss base, and which layer is cut."""

    at_most_bp: int
    cut: str  # last | a party
    row: Row


@dataclass(frozen=True)
class ThirdParties:
    """X parties: their shares come with the contract, and together stay within a bound."""

    parties: tuple[str, ...]
    together_at_most_bp: int | None
    row: Row


@dataclass(frozen=True)
class MoneyCap:
    """A bound in money: a rate, bands or an absolute amount of measured sums, less what was paid before.

    The lowest of the parts that the pack states is the cap; it binds `party`, or all public layers together.
    """

    id: str
    title: Text
    of: tuple[str, ...]
    rate_bp: int | None
    bands: tuple[Tier, ...]
    times_ratio: bool
    at_most_fen: int | None
    used: str
    party: str
    row: Row


@dataclass(frozen=True)
class Insurance:
    """A party that takes over a share of what another has paid, and the same share of its recoveries."""

    payer: str
    insurer: str
    share: Share


@dataclass(frozen=True)
class Charge:
    """A share of what the payer paid, which the bank gives back later."""

    payer: str
    share: Share


@dataclass(frozen=True, eq=False)
class Mode:
    """One way in which a loan is covered, or a variant of one (`of`) that holds `when` its question does."""

    id: str
    title: Text
    of: str
    when: Expression | None
    loss_base: LossBase
    ratios: Mapping[str, RatioTable]  # in paying order
    rest: str
    rounding: str
    row: Row
    bonuses: tuple[Bonus, ...] = ()
    bonus_to: str = ""
    ratio_caps: Mapping[str, Share] = field(default_factory=dict)
    all_layers: AllLayers | None = None
    third_parties: ThirdParties | None = None
    money_caps: tuple[MoneyCap, ...] = ()
    instalments: tuple[Instalment, ...] = ()
    insurance: Insurance | None = None
    charge: Charge | None = None
    pays_first: str = "pool"  # pool | third_party: who has paid before the others do


@dataclass(frozen=True)
class Breaker:
    """A stop-loss: a quotient of two measured sums, a comparator, a level and what follows."""

    id: str
    title: Text
    scope: str  # bank | guarantor | scheme
    above: str  # the measured sum: year_loss
    below: str  # what it is divided by: year_enrolled
    comparator: str  # > | >=
    level_bp: int | None
    then: str  # warn | defer | suspend
    row: Row


@dataclass(frozen=True)
class YearDay:
    """A day of every year."""

    month: int
    day: int

    def __str__(self) -> str:
        return f"{self.month:02d}-{self.day:02d}"

    def in_year(self, year: int) -> date:
        """Return the day in one year."""
        return date(year, self.month, self.day)


@dataclass(frozen=True)
class Certificate:
    """The yearly proof of an auditor on what a lender recovered: for the year that ends on `as_of`, handed in by `due`.

    Both are None where the scheme's text is not known.
    """

    as_of: YearDay | None
    due: YearDay | None
    row: Row


@dataclass(frozen=True)
class Recovery:
    """How money after compensation comes back: costs first, then by the shares borne."""

    remit: str  # share | whole
    cost: str  # carried | lost
    row: Row
    certificate: Certificate | None = None
    recall_year_days: int | None = 365  # of a year of interest on a recall; None: each calendar year's own


@dataclass(frozen=True)
class Provision:
    """A rule in words, with its number where it has one: a claim's trigger, a term, a document, an article."""

    id: str
    number: int | None
    unit: str  # days | workdays | months | years | money | ratio | count | ""
    row: Row
    checks: tuple[str, ...] = ()  # of a document: what a machine compares in it (`DOCUMENT_CHECKS`)
    payer: str = ""  # of the excess-loss subsidy: the layer that bears it; "": not stated
    only: str = ""  # of a document: the claims that it is asked of (`DOCUMENT_CASES`); "": all


@dataclass(frozen=True)
class FeeBand:
    """A band of a fee table: its included upper bound and its rate in basis points."""

    up_to_fen: int | None
    bp: int | None


@dataclass(frozen=True)
class FeeTable:
    """Guarantee fees of one period: the tier that the gross loan picks, the base that the rate is taken of."""

    id: str
    title: Text
    fee_from: date | None
    fee_until: date | None
    base: str  # guaranteed | outstanding | guaranteed_outstanding | guaranteed_then_outstanding | loan
    per: str  # once | year
    tiers: tuple[FeeTier, ...]
    row: Row
    over_months: int | None = None  # only of loans whose term is longer
    months_at_most: int | None = None  # only of loans whose term is no longer
    only: Text | None = None  # loans that no record tells apart: no amount is ever known
    part_year: str = "whole"  # of a last year that maturity cuts: whole | days


@dataclass(frozen=True)
class FeeTier:
    """A tier by gross loan, and the bands over the base that it charges (one open band: a single rate)."""

    up_to_fen: int | None
    bands: tuple[FeeBand, ...]


@dataclass(frozen=True)
class Replacement:
    """Which scheme this one follows, and whether the old loans move to it."""

    pack: str
    old_loans: str  # keep | move
    row: Row


@dataclass(frozen=True)
class OnTopOf:
    """A layer pack: which schemes it tops up, for firms of which area."""

    packs: tuple[str, ...]
    area: int
    row: Row


@dataclass(frozen=True)
class Surcharge:
    """More on the rate of every fee of a lender whose claims passed a yearly cap more often than the law bears.

    `cap` is the id of the modes' cap in money; the window is the full years before that of the fee.
    """

    cap: str
    more_than: int | None
    years: int | None
    plus_bp: int | None
    row: Row


@dataclass(frozen=True, eq=False)
class Scheme:
    """One scheme version, typed; eligibility stands with the pack's conditions."""

    layers: Mapping[str, Layer]
    modes: Mapping[str, Mode]
    rounding: str
    limits: Mapping[str, Limit] = field(default_factory=dict)
    exclusive: str = ""  # one_mode_per_loan
    exclusive_row: Row | None = None
    breakers: tuple[Breaker, ...] = ()
    recovery: Recovery | None = None
    replacement: Replacement | None = None
    on_top_of: OnTopOf | None = None
    identifier_scheme: str = "USCC"
    claim: tuple[Provision, ...] = ()
    timetable: tuple[Provision, ...] = ()
    documents: tuple[Provision, ...] = ()
    diligence: tuple[Provision, ...] = ()  # cases in which the lender was not diligent
    routing: tuple[Provision, ...] = ()  # what sends a claim to the deeper review
    insurance: tuple[Provision, ...] = ()  # loss ratio at which an insurer's business stops, and public money above it
    conditional_filing: tuple[Provision, ...] = ()
    portfolio: tuple[Provision, ...] = ()
    articles: tuple[Provision, ...] = ()
    fees: tuple[FeeTable, ...] = ()
    surcharge: Surcharge | None = None
    notes: tuple[Text, ...] = ()
    sources: Mapping[str, Text] = field(default_factory=dict)

    def modes_for(self, word: str) -> Iterator[Mode]:
        """Yield the modes that a loan of the mode `word` may fall under, variants with a question first."""
        fitting = [mode for mode in self.modes.values() if word in {mode.of, mode.id}]
        yield from sorted(fitting, key=lambda mode: mode.when is None)

    @property
    def largest_loan_fen(self) -> int | None:
        """The most that one loan can be: the limit of a loan, or what one firm may owe; None where neither is known."""
        bounds = [self.limits[kind].at_most for kind in ("loan", "firm") if kind in self.limits]
        return min((bound for bound in bounds if bound is not None), default=None)

    def rows(self) -> Iterator[Row]:
        """Yield every row of law in the order of a law's chapters."""
        for limit in self.limits.values():
            yield limit.row
        for layer in self.layers.values():
            yield layer.row
            if layer.reserve:
                yield layer.reserve.row
        for mode in self.modes.values():
            yield from _rows_of(mode)
        for group in (self.breakers, self.claim, self.timetable, self.documents, self.diligence,
                      self.routing, self.insurance, self.conditional_filing, self.portfolio, self.articles,
                      self.fees):  # fmt: skip
            yield from (item.row for item in group)
        certificate = self.recovery.certificate if self.recovery else None
        for one in (self.recovery, certificate, self.surcharge, self.replacement, self.on_top_of):
            if one:
                yield one.row


def _rows_of(mode: Mode) -> Iterator[Row]:
    yield mode.row
    yield mode.loss_base.row
    for table in mode.ratios.values():
        yield from (row.row for row in table.rows)
        yield table.tiers.row if table.tiers else table.row
    yield from (bonus.row for bonus in mode.bonuses)
    yield from (cap.row for cap in mode.ratio_caps.values())
    yield from (cap.row for cap in mode.money_caps)
    yield from (one.row for one in (mode.all_layers, mode.third_parties) if one)
