"""Read the sections of a scheme pack into the typed form, refusing what no mechanism would understand.

A row inherits clause, source and verification from the section that holds it, so that a law's article is cited once.
Amounts are `500万`, `2亿`, a plain number of the pack's currency or a constant expression; ratios are `40%`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TypeVar

from yulin.base.text import Text
from yulin.rules.core.context import ROW_KEYS, Context
from yulin.rules.core.entries import Entry
from yulin.rules.core.load_fees import read_fees
from yulin.rules.core.nodes import Expression
from yulin.rules.core.pack import Row
from yulin.rules.core.scheme import (
    BUDGETS,
    DOCUMENT_CASES,
    DOCUMENT_CHECKS,
    DUE_EVENTS,
    EARLY_DEFAULT,
    INTERESTS,
    MEASURES,
    READINGS,
    REST,
    ROUNDINGS,
    AllLayers,
    Bonus,
    Breaker,
    Certificate,
    Charge,
    DueEvent,
    Instalment,
    Insurance,
    InterestRule,
    Layer,
    Limit,
    LossBase,
    Mode,
    MoneyCap,
    OnTopOf,
    Provision,
    RateTerm,
    RatioRow,
    RatioTable,
    Recovery,
    Replacement,
    Reserve,
    Scheme,
    Share,
    Surcharge,
    ThirdParties,
    Tier,
    TierTable,
    YearDay,
)
from yulin.rules.core.vocabulary import BOOL, COUNT, DAYS, MONEY, MONTHS, RATIO, Type

Read = TypeVar("Read")
SCHEME_KEYS: frozenset[str] = frozenset(
    {"eligibility", "limits", "exclusive", "layers", "modes", "rounding", "breakers", "claim", "timetable", "documents",
     "diligence", "routing", "insurance", "recovery", "replaces", "on_top_of", "identifier_scheme",
     "conditional_filing", "portfolio", "articles", "fees", "surcharge", "notes", "sources"}
)  # fmt: skip
LIMIT_TYPES: Mapping[str, Type] = {
    "loan": MONEY, "line": MONEY, "firm": MONEY, "firm_year": MONEY, "bank": MONEY, "scheme": MONEY, "group": MONEY,
    "tenor": MONTHS, "filing_window": MONTHS, "rate": RATIO, "insured_rate": RATIO, "premium": RATIO,
    "banks_per_firm_year": COUNT,
}  # fmt: skip
_NUMBER_UNITS: Mapping[str, Type] = {
    "days": DAYS, "workdays": COUNT, "months": MONTHS, "money": MONEY, "ratio": RATIO, "count": COUNT,
}  # fmt: skip
SUBSIDY = "insurance.excess_subsidy"
_RATIO_KEYS = ROW_KEYS | {"at", "by", "reading", "up_to", "rows", "at_most"}
_MODE_KEYS = ROW_KEYS | {
    "title", "of", "when", "loss_base", "ratio", "rest", "rounding", "bonuses", "bonus_to", "cap", "all_layers",
    "third_parties", "caps", "instalments", "insurance", "charge", "pays_first",
}  # fmt: skip


def load_scheme(root: Entry, ctx: Context) -> Scheme:
    """Read the sections of a scheme pack.

    Raises: RULES.PACK.FORM, RULES.PACK.KEY, RULES.EXPRESSION.*, each with file, line and path.
    """
    reader = _Reader(ctx)
    top = ctx.row("", Entry({}, root.where))
    rounding = root.need("rounding").one_of(ROUNDINGS) if "rounding" in root else "ceiling"
    layers = {key: reader.layer(key, part, top) for key, part in _items(root, "layers")}
    exclusive = root.get("exclusive")
    return Scheme(
        layers=layers,
        modes={key: reader.mode(key, part, top, (rounding, layers)) for key, part in _items(root, "modes")},
        rounding=rounding,
        limits={key: reader.limit(key, part, top) for key, part in _items(root, "limits")},
        exclusive=_value(exclusive).one_of({"one_mode_per_loan"}) if exclusive else "",
        exclusive_row=reader.row("exclusive", exclusive, top) if exclusive else None,
        breakers=tuple(reader.breaker(key, part, top) for key, part in _items(root, "breakers")),
        recovery=_each(root, "recovery", lambda part: reader.recovery(part, top)),
        replacement=_each(root, "replaces", lambda part: reader.replacement(part, top)),
        on_top_of=_each(root, "on_top_of", lambda part: reader.on_top_of(part, top)),
        identifier_scheme=root.need("identifier_scheme").text() if "identifier_scheme" in root else "USCC",
        claim=reader.provisions(root, "claim", top),
        timetable=reader.provisions(root, "timetable", top),
        documents=_papers(root, reader, top),
        diligence=reader.provisions(root, "diligence", top),
        routing=reader.provisions(root, "routing", top),
        insurance=reader.provisions(root, "insurance", top, _whole_area(layers)),
        conditional_filing=reader.provisions(root, "conditional_filing", top),
        portfolio=reader.provisions(root, "portfolio", top),
        articles=reader.provisions(root, "articles", top),
        fees=tuple(read_fees(part, reader.row(f"fees.{key}", part, top), key) for key, part in _items(root, "fees")),
        surcharge=_each(root, "surcharge", lambda part: reader.surcharge(part, top, root)),
        notes=tuple(part.said() for part in root.need("notes").sequence()) if "notes" in root else (),
        sources={key: part.said() for key, part in _items(root, "sources")},
    )


@dataclass(frozen=True)
class _Reader:
    """Reads each section; `parent` is the row whose clause, source and verification a row inherits."""

    ctx: Context

    def row(self, row_id: str, entry: Entry, parent: Row, *expressions: Expression) -> Row:
        if not isinstance(entry.value, dict):
            return replace(parent, id=row_id, text=None, note=None, where=entry.where)
        own = self.ctx.row(row_id, entry, *expressions)
        return replace(
            own,
            clause=own.clause or parent.clause,
            source=own.source if "source" in entry else parent.source,
            verified=own.verified if "verified" in entry or own.is_unverified else parent.verified,
        )

    def quantity(self, entry: Entry, expected: Type) -> int:
        """Read a whole number of the unit expected: fen, months, days, basis points, a count."""
        if isinstance(entry.value, int) and expected in {MONEY, DAYS, MONTHS, COUNT}:
            return entry.whole() * (100 if expected == MONEY else 1)
        value = self.ctx.quantity(entry.text(), entry.where, expected)
        scaled = value * 10_000 if expected == RATIO else Fraction(value)
        if scaled.denominator != 1:
            raise entry.defect("整数（比例精确到0.01%）", "a whole number (ratios to 0.01 %)")
        return int(scaled)

    def share(self, row_id: str, entry: Entry, parent: Row) -> Share:
        """Read `40%`, or `{at: 40%, clause, …}`; without `at` the number is open."""
        if not isinstance(entry.value, dict):
            return Share(self.quantity(entry, RATIO), self.row(row_id, entry, parent))
        entry.keys(ROW_KEYS | {"at"})
        return Share(_each(entry, "at", self.ratio), self.row(row_id, entry, parent))

    def instalment(self, row_id: str, entry: Entry, parent: Row) -> Instalment:
        """Read `75%`, or `{at: 25%, due: {recovery_ended: {}, decree: {years: 3, approved_from: 2013-01-01}}}`."""
        events: tuple[DueEvent, ...] = ()
        if isinstance(entry.value, dict):
            events = tuple(self.due_event(id_, part) for id_, part in _items(entry, "due"))
            entry = Entry({key: part for key, part in entry.items() if key != "due"}, entry.where)
        share = self.share(row_id, entry, parent)
        return Instalment(share.bp, share.row, events)

    def due_event(self, id_: str, entry: Entry) -> DueEvent:
        if id_ not in DUE_EVENTS:
            raise entry.defect("、".join(DUE_EVENTS), " or ".join(DUE_EVENTS))
        entry.keys({"years", "approved_from"})
        return DueEvent(
            id_,
            entry.need("years").whole() if "years" in entry else 0,
            entry.need("approved_from").day() if "approved_from" in entry else None,
        )

    def ratio(self, entry: Entry) -> int:
        return self.quantity(entry, RATIO)

    def money(self, entry: Entry) -> int:
        return self.quantity(entry, MONEY)

    def amount_key(self, key: str, entry: Entry) -> int | None:
        """Read the bound that stands as a key of a tier table; `above` is the tier without a bound."""
        bound: str | int = key
        if key.replace("_", "").isdigit():
            bound = int(key.replace("_", ""))
        return None if key == "above" else self.money(Entry(bound, entry.where))

    # Limits and layers

    def limit(self, kind: str, entry: Entry, parent: Row) -> Limit:
        entry.keys(ROW_KEYS | {"at_most", "at_least", "unit"})
        if kind not in LIMIT_TYPES:
            Entry(kind, entry.where).one_of(LIMIT_TYPES)
        type_ = LIMIT_TYPES[kind]
        unit = "money" if type_ == MONEY else type_.kind
        row, by = self.row(f"limits.{kind}", entry, parent), _rate_term(entry, type_)
        most = None if by else _each(entry, "at_most", lambda part: self.quantity(part, type_))
        least = _each(entry, "at_least", lambda part: self.quantity(part, type_))
        return Limit(kind, unit, most, least, row, by)

    def layer(self, party: str, entry: Entry, parent: Row) -> Layer:
        entry.keys(ROW_KEYS | {"budget", "interest", "reserve", "by", "packs", "split"})
        row, path = self.row(f"layers.{party}", entry, parent), f"layers.{party}.reserve"
        return Layer(
            party,
            entry.need("budget").one_of(BUDGETS) if "budget" in entry else "",
            row,
            by_district="by" in entry and entry.need("by").one_of({"district_at_filing"}) != "",
            packs=tuple(part.text() for part in entry.need("packs").sequence()) if "packs" in entry else (),
            split={key: part.whole() for key, part in _items(entry, "split")},
            interest=entry.need("interest").one_of(INTERESTS) if "interest" in entry else "",
            reserve=_each(entry, "reserve", lambda part: self.reserve(path, part, row)),
        )

    def reserve(self, path: str, entry: Entry, parent: Row) -> Reserve:
        entry.keys(ROW_KEYS | {"at_least", "at_most"})
        least, most = _each(entry, "at_least", self.ratio), _each(entry, "at_most", self.ratio)
        if (least is None and most is None) or (least is not None and most is not None and least > most):
            raise entry.defect(
                "at_least 或 at_most，前者不大于后者", "at_least or at_most, the first not above the second"
            )
        return Reserve(least, most, self.row(path, entry, parent))

    # Modes

    def mode(self, key: str, entry: Entry, parent: Row, defaults: tuple[str, Mapping[str, Layer]]) -> Mode:
        entry.keys(_MODE_KEYS, {"loss_base", "ratio"})
        rounding, layers = defaults
        path = f"modes.{key}"
        row = self.row(path, entry, parent)
        ratios = {
            party: self.ratio_table(f"{path}.ratio.{party}", party, part, row)
            for party, part in entry.need("ratio").items()
            if part.value != "rest"
        }
        rest = next((party for party, part in entry.need("ratio").items() if part.value == "rest"), REST)
        public = [party for party in ratios if party in layers]
        return Mode(
            id=key,
            title=entry.need("title").said() if "title" in entry else _MODE_TITLES.get(key, Text(key, key)),
            of=entry.need("of").text() if "of" in entry else key,
            when=_each(entry, "when", self.question),
            loss_base=self.loss_base(f"{path}.loss_base", entry.need("loss_base"), row),
            ratios=ratios,
            rest=rest,
            rounding=entry.need("rounding").one_of(ROUNDINGS) if "rounding" in entry else rounding,
            row=row,
            bonuses=tuple(
                self.bonus(f"{path}.bonuses.{id_}", id_, part, row) for id_, part in _items(entry, "bonuses")
            ),
            bonus_to=entry.need("bonus_to").one_of(ratios) if "bonus_to" in entry else (public[0] if public else ""),
            ratio_caps={party: self.share(f"{path}.cap.{party}", part, row) for party, part in _items(entry, "cap")},
            all_layers=_each(entry, "all_layers", lambda part: self.all_layers(f"{path}.all_layers", part, row)),
            third_parties=_each(entry, "third_parties", lambda part: self.third_parties(path, part, row)),
            money_caps=tuple(
                self.money_cap(f"{path}.caps.{id_}", id_, part, row) for id_, part in _items(entry, "caps")
            ),
            instalments=tuple(
                self.instalment(f"{path}.instalments.{id_}", part, row) for id_, part in _items(entry, "instalments")
            ),
            insurance=_each(entry, "insurance", lambda part: self.insurance(path, part, row)),
            charge=_each(entry, "charge", lambda part: self.charge(path, part, row)),
            pays_first=entry.need("pays_first").one_of({"pool", "third_party"}) if "pays_first" in entry else "pool",
        )

    def question(self, entry: Entry) -> Expression:
        return self.ctx.expression(entry, expected=BOOL)

    def loss_base(self, path: str, entry: Entry, parent: Row) -> LossBase:
        """Read `[principal, interest]`, one measure's name, or a mapping with the interest rule."""
        if isinstance(entry.value, list):
            entry = Entry({"of": entry}, entry.where)
        elif not isinstance(entry.value, dict):
            entry = Entry({"measure": entry}, entry.where)
        entry.keys(ROW_KEYS | {"of", "measure", "less", "interest"})
        row = self.row(path, entry, parent)
        interest = _each(entry, "interest", lambda part: self.interest(f"{path}.interest", part, row))
        return LossBase(
            measure=entry.need("measure").one_of(_LOSS_MEASURES) if "measure" in entry else "incurred",
            parts=_words(entry, "of", {"principal", "interest", "cost", "advances"}) or ("principal",),
            less=_words(entry, "less", {"recovered"}),
            interest=interest,
            row=row,
        )

    def interest(self, path: str, entry: Entry, parent: Row) -> InterestRule:
        entry.keys(ROW_KEYS | {"days_at_most", "year_days", "stages"})
        stages = [part.sequence() for part in entry.need("stages").sequence()] if "stages" in entry else []
        return InterestRule(
            days_at_most=_each(entry, "days_at_most", Entry.whole),
            year_days=entry.need("year_days").whole() if "year_days" in entry else 365,
            stages=tuple((months.whole(), self.ratio(share)) for months, share in stages),
            row=self.row(path, entry, parent),
        )

    def ratio_table(self, path: str, party: str, entry: Entry, parent: Row) -> RatioTable:
        """Read `40%`, tiers (`by`, `up_to`), `rows` with their questions, or `contract`."""
        if not isinstance(entry.value, dict):
            key = "by" if entry.value == "contract" else "at"
            return self.ratio_table(path, party, Entry({key: entry}, entry.where), parent)
        entry.keys(_RATIO_KEYS)
        row = self.row(path, entry, parent)
        by_contract = "by" in entry and entry.need("by").value == "contract"
        rows = tuple(self.ratio_row(f"{path}.rows.{key}", key, part, row) for key, part in _items(entry, "rows"))
        tiers = self.tiers(path, entry, row) if "up_to" in entry else None
        if "at" in entry or not (rows or tiers or by_contract):
            rows = (RatioRow(party, _each(entry, "at", self.ratio), None, is_flat=True, row=row), *rows)
        return RatioTable(party, rows, tiers, by_contract, _each(entry, "at_most", self.ratio), row)

    def ratio_row(self, path: str, key: str, entry: Entry, parent: Row) -> RatioRow:
        if not isinstance(entry.value, dict):
            entry = Entry({"at": entry}, entry.where)
        entry.keys(ROW_KEYS | {"at", "when"})
        when = _each(entry, "when", self.question)
        return RatioRow(key, _each(entry, "at", self.ratio), when, is_flat=False, row=self.row(path, entry, parent))

    def tiers(self, path: str, entry: Entry, row: Row) -> TierTable:
        steps = tuple(Tier(self.amount_key(key, part), self.ratio(part)) for key, part in entry.need("up_to").items())
        bounds = [step.up_to_fen for step in steps]
        known = [bound for bound in bounds if bound is not None]
        if known != sorted(set(known)) or None in bounds[:-1]:
            raise entry.need("up_to").defect("由小到大的档，above 居末", "tiers in rising order, `above` last")
        reading = entry.need("reading").one_of(READINGS) if "reading" in entry else "whole"
        by = self.ctx.expression(entry.need("by"), expected=MONEY)
        return TierTable(by, reading, steps, replace(row, id=f"{path}.up_to"))

    def bonus(self, path: str, key: str, entry: Entry, parent: Row) -> Bonus:
        entry.keys(ROW_KEYS | {"plus", "when", "reasons"}, {"plus"})
        when = _each(entry, "when", self.question)
        reasons = tuple(part.text() for part in entry.need("reasons").sequence()) if "reasons" in entry else (key,)
        return Bonus(
            key, self.ratio(entry.need("plus")), reasons, when, self.row(f"{path}.bonuses.{key}", entry, parent)
        )

    def all_layers(self, path: str, entry: Entry, parent: Row) -> AllLayers:
        entry.keys(ROW_KEYS | {"at_most", "cut"}, {"at_most"})
        cut = entry.need("cut").text() if "cut" in entry else "last"
        return AllLayers(self.ratio(entry.need("at_most")), cut, self.row(path, entry, parent))

    def third_parties(self, path: str, entry: Entry, parent: Row) -> ThirdParties:
        entry.keys(ROW_KEYS | {"parties", "together_at_most"}, {"parties"})
        return ThirdParties(
            _words(entry, "parties", {"guarantor", "insurer", "other"}),
            _each(entry, "together_at_most", self.ratio),
            self.row(f"{path}.third_parties", entry, parent),
        )

    def money_cap(self, path: str, key: str, entry: Entry, parent: Row) -> MoneyCap:
        entry.keys(ROW_KEYS | {"title", "of", "rate", "bands", "times_ratio", "at_most", "used", "party"})
        bands = tuple(Tier(self.amount_key(bound, part), self.ratio(part)) for bound, part in _items(entry, "bands"))
        return MoneyCap(
            id=key,
            title=entry.need("title").said() if "title" in entry else _CAP_TITLES.get(key, Text(key, key)),
            of=_words(entry, "of", MEASURES),
            rate_bp=_each(entry, "rate", self.ratio),
            bands=bands,
            times_ratio="times_ratio" in entry and entry.need("times_ratio").flag(),
            at_most_fen=_each(entry, "at_most", self.money),
            used=entry.need("used").one_of(MEASURES) if "used" in entry else "paid",
            party=entry.need("party").text() if "party" in entry else "",
            row=self.row(f"{path}.caps.{key}", entry, parent),
        )

    def insurance(self, path: str, entry: Entry, parent: Row) -> Insurance:
        entry.keys(ROW_KEYS | {"of", "insurer", "at"}, {"of", "insurer"})
        share = Share(_each(entry, "at", self.ratio), self.row(f"{path}.insurance", entry, parent))
        return Insurance(entry.need("of").text(), entry.need("insurer").text(), share)

    def charge(self, path: str, entry: Entry, parent: Row) -> Charge:
        entry.keys(ROW_KEYS | {"of", "at"}, {"of"})
        share = Share(_each(entry, "at", self.ratio), self.row(f"{path}.charge", entry, parent))
        return Charge(entry.need("of").text(), share)

    # The rest of the law

    def breaker(self, key: str, entry: Entry, parent: Row) -> Breaker:
        entry.keys(ROW_KEYS | {"title", "scope", "measure", "above", "reaching", "then"}, {"measure", "then"})
        above, _, below = (part.strip() for part in entry.need("measure").text().partition("/"))
        if not above.isidentifier() or not below.isidentifier():
            raise entry.need("measure").defect("两个量之商，如 year_loss / year_enrolled", "a quotient of two sums")
        comparator, bound = (">=", "reaching") if "reaching" in entry else (">", "above")
        return Breaker(
            id=key,
            title=entry.need("title").said() if "title" in entry else Text(key, key),
            scope=entry.need("scope").one_of({"bank", "guarantor", "scheme"}) if "scope" in entry else "scheme",
            above=above,
            below=below,
            comparator=comparator,
            level_bp=_each(entry, bound, self.ratio),
            then=entry.need("then").one_of({"warn", "defer", "suspend"}),
            row=self.row(f"breakers.{key}", entry, parent),
        )

    def recovery(self, entry: Entry, parent: Row) -> Recovery:
        entry.keys(ROW_KEYS | {"order", "remit", "cost", "certificate", "recall_year"})
        if "order" in entry:
            entry.need("order").one_of({"costs_first"})
        return Recovery(
            remit=entry.need("remit").one_of({"share", "whole"}) if "remit" in entry else "share",
            cost=entry.need("cost").one_of({"carried", "lost"}) if "cost" in entry else "carried",
            row=self.row("recovery", entry, parent),
            certificate=_each(entry, "certificate", lambda part: self.certificate(part, parent)),
            recall_year_days=_year_length(entry.need("recall_year")) if "recall_year" in entry else 365,
        )

    def certificate(self, entry: Entry, parent: Row) -> Certificate:
        entry.keys(ROW_KEYS | {"as_of", "due"})
        if ("as_of" in entry) != ("due" in entry):
            raise entry.defect("as_of 与 due 同时给出", "as_of and due together")
        as_of, due = (_each(entry, key, _year_day) for key in ("as_of", "due"))
        return Certificate(as_of, due, self.row("recovery.certificate", entry, parent))

    def surcharge(self, entry: Entry, parent: Row, root: Entry) -> Surcharge:
        entry.keys(ROW_KEYS | {"cap", "more_than", "years", "plus"}, {"cap"})
        caps = {key for _, mode in _items(root, "modes") for key, _ in _items(mode, "caps")}
        return Surcharge(
            cap=entry.need("cap").one_of(caps),
            more_than=_each(entry, "more_than", lambda part: part.whole()),
            years=_each(entry, "years", lambda part: part.whole()),
            plus_bp=_each(entry, "plus", self.ratio),
            row=self.row("surcharge", entry, parent),
        )

    def replacement(self, entry: Entry, parent: Row) -> Replacement:
        entry.keys(ROW_KEYS | {"pack", "old_loans"}, {"pack"})
        old = entry.need("old_loans").one_of({"keep", "move"}) if "old_loans" in entry else "keep"
        return Replacement(entry.need("pack").text(), old, self.row("replaces", entry, parent))

    def on_top_of(self, entry: Entry, parent: Row) -> OnTopOf:
        entry.keys(ROW_KEYS | {"packs", "area"}, {"packs", "area"})
        packs = tuple(part.text() for part in entry.need("packs").sequence())
        return OnTopOf(packs, entry.need("area").whole(), self.row("on_top_of", entry, parent))

    def provisions(
        self, root: Entry, section: str, parent: Row, payers: frozenset[str] = frozenset()
    ) -> tuple[Provision, ...]:
        entry = root.get(section)
        if entry is None:
            return ()
        if "verified" not in entry and "clause" not in entry:
            return tuple(self.provision(f"{section}.{key}", part, parent, payers) for key, part in entry.items())
        rules = [(key, part) for key, part in entry.items() if key not in ROW_KEYS]
        if not rules or any(key in _NUMBER_UNITS for key, _ in rules):  # one statement for the whole: "not found"
            return (self.provision(section, entry, parent, payers),)
        own = {key: part for key, part in entry.items() if key in ROW_KEYS}
        head = self.row(section, Entry(own, entry.where), parent)  # a whole section that the manager filled
        return tuple(self.provision(f"{section}.{key}", part, head, payers) for key, part in rules)

    def provision(self, path: str, entry: Entry, parent: Row, payers: frozenset[str] = frozenset()) -> Provision:
        own = {"checks", "only"} if path.startswith("documents.") else {"payer"} if path == SUBSIDY else set()
        entry.keys(ROW_KEYS | set(_NUMBER_UNITS) | own)
        unit = next((unit for unit in _NUMBER_UNITS if unit in entry), "")
        number = self.quantity(entry.need(unit), _NUMBER_UNITS[unit]) if unit else None
        payer = entry.need("payer").one_of(payers) if "payer" in entry else ""
        checks = _words(entry, "checks", DOCUMENT_CHECKS)
        only = entry.need("only").one_of(DOCUMENT_CASES) if "only" in entry else ""
        key = path.partition(".")[2] or path
        return Provision(key, number, unit, self.row(path, entry, parent), checks, payer, only)


def _rate_term(entry: Entry, type_: Type) -> RateTerm | None:
    """Read `at_most: {pack: rate-lpr, term: one_year_plus_150bp}`: a rate that another pack states by day."""
    most = entry.get("at_most")
    if type_ != RATIO or most is None or not isinstance(most.value, dict):
        return None
    most.keys({"pack", "term"}, {"pack", "term"})
    return RateTerm(most.need("pack").text(), most.need("term").text())


def _papers(root: Entry, reader: _Reader, top: Row) -> tuple[Provision, ...]:
    """Read the papers of a claim; those of an early default need the rule that says what is early."""
    papers, routing = reader.provisions(root, "documents", top), root.get("routing")
    for one in papers:
        if one.only == EARLY_DEFAULT and (routing is None or EARLY_DEFAULT not in routing):
            raise (
                root.need("documents")
                .need(one.id)
                .need("only")
                .defect("routing.early_default：早期违约的期限", "routing.early_default: what counts as early")
            )
    return papers


def _whole_area(layers: Mapping[str, Layer]) -> frozenset[str]:
    """Return the layers that are not a district's: who can bear what is no single firm's."""
    return frozenset(key for key, layer in layers.items() if not layer.by_district)


def _year_length(entry: Entry) -> int | None:
    """Read how many days a year of interest has: 360, 365, 366, or `actual` for each calendar year's own."""
    if entry.value == "actual":
        return None
    return int(entry.one_of({"360", "365", "366"}))


def _year_day(entry: Entry) -> YearDay:
    """Read `03-31`, a day that every year has."""
    try:
        day = date.fromisoformat(f"2023-{entry.text()}")
    except ValueError as error:
        raise entry.defect("月-日，如 03-31", "month and day, as 03-31") from error
    return YearDay(day.month, day.day)


_LOSS_MEASURES = ("incurred", "paid_by_guarantor", "lower_of_npa_and_claim")
_MODE_TITLES: Mapping[str, Text] = {
    "bank": Text("政银模式", "Bank mode"),
    "guarantee": Text("政担模式", "Guarantee mode"),
    "five_plus_x": Text("5+X模式", "5+X mode"),
    "portfolio": Text("组合模式", "Portfolio mode"),
}
_CAP_TITLES: Mapping[str, Text] = {
    "nonperforming": Text("单户不良余额上限", "Cap on the non-performing balance"),
    "bank_year": Text("单家银行年度上限", "Cap per bank and year"),
    "scheme_year": Text("方案年度上限", "Cap per scheme and year"),
    "mode_year": Text("模式年度上限", "Cap per mode and year"),
    "portfolio": Text("组合赔付上限", "Portfolio cap"),
    "account": Text("账户赔付上限", "Account cap"),
    "fund": Text("以基金余额为限", "Limited to the fund's balance"),
    "lender_year": Text("单家机构年度赔付上限", "Cap per lender and year"),
    "guaranteed": Text("以担保金额为限", "Limited to the guaranteed amount"),
    "ceiling": Text("最高赔付额", "Ceiling of the loss form"),
}


def _items(entry: Entry, key: str) -> list[tuple[str, Entry]]:
    found = entry.get(key)
    return list(found.items()) if found else []


def _each(entry: Entry, key: str, read: Callable[[Entry], Read]) -> Read | None:
    found = entry.get(key)
    return read(found) if found is not None and found.value is not None else None


def _words(entry: Entry, key: str, known: Collection[str]) -> tuple[str, ...]:
    found = entry.get(key)
    if found is None:
        return ()
    parts = found.sequence() if isinstance(found.value, list) else [found]
    return tuple(part.one_of(known) for part in parts)


def _value(entry: Entry) -> Entry:
    """Return the word of a row that is either the word itself or `{value, clause, …}`."""
    return entry.need("value") if isinstance(entry.value, dict) else entry
