"""A scheme pack as law that people read: article by article, with value, degree of verification and source.

The order is that of a law: who, limits, who pays, how much, caps, stop-loss, claim, terms, papers, recovery, fees,
change of scheme, the rest. The scheme page, the confirmation letter and `yulin rules show` all print this list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from yulin.base.text import Text
from yulin.pool.core.claims.terms import TERM_NAMES
from yulin.pool.core.words import (
    LIMITS,
    NOT_AVAILABLE,
    clause_word,
    joined,
    money_word,
    number_word,
    party_word,
    percent_word,
    rate_word,
)
from yulin.rules.core.manager_values import MANAGER_SOURCE, manager_source
from yulin.rules.core.pack import Pack, Row
from yulin.rules.core.scheme import (
    DOCUMENT_CASES,
    EARLY_DEFAULT,
    MEASURES,
    Breaker,
    FeeTable,
    Layer,
    Limit,
    Mode,
    MoneyCap,
    Provision,
    RatioTable,
    Recovery,
    Replacement,
    Scheme,
    Surcharge,
)


@dataclass(frozen=True)
class Article:
    """One article of a scheme as it is shown: where it stands, what it says, its number, and how sure that is."""

    id: str
    chapter: Text
    clause: Text
    says: Text
    value: Text  # the number alone; empty where there is none
    verified: str
    source: Text  # in full, as the pack names it
    note: Text | None
    source_key: str = ""  # where it stands in the pack's list of sources

    @property
    def is_default(self) -> bool:
        """Whether the value is a choice made so that the pack can run, and not the law's."""
        return self.note is not None and "默认" in self.note.zh


NOTHING = Text("", "")
_CHAPTERS = {
    "eligibility": Text("借款人与贷款", "Borrower and loan"),
    "limits": Text("限额", "Limits"),
    "layers": Text("分担层", "Layers"),
    "ratio": Text("补偿比例", "Ratios"),
    "caps": Text("上限", "Caps"),
    "breakers": Text("预警、暂缓、熔断", "Breakers"),
    "claim": Text("补偿申请", "Claim"),
    "timetable": Text("办理时限", "Terms"),
    "documents": Text("材料", "Documents"),
    "diligence": Text("尽职免责", "Diligence"),
    "routing": Text("审核方式", "Routing"),
    "insurance": Text("保险赔付", "Insurance"),
    "filing": Text("备案", "Enrolment"),
    "recovery": Text("追偿回收", "Recovery"),
    "fees": Text("费用", "Fees"),
    "replaces": Text("方案更替", "Change of scheme"),
    "articles": Text("其他条款", "Other articles"),
}


def law(pack: Pack) -> tuple[Article, ...]:
    """Return a scheme pack as articles, in the order of a law."""
    scheme: Scheme = pack.scheme
    writer = _Writer(pack, scheme)
    return tuple(
        chain(
            (writer.article("eligibility", one.row, one.row.text or NOTHING) for one in pack.conditions.values()),
            (writer.limit(limit) for limit in scheme.limits.values()),
            writer.exclusive(),
            chain.from_iterable(writer.layer(layer) for layer in scheme.layers.values()),
            chain.from_iterable(writer.mode(mode) for mode in scheme.modes.values()),
            (writer.breaker(breaker) for breaker in scheme.breakers),
            writer.provisions("claim", scheme.claim),
            writer.provisions("timetable", scheme.timetable),
            writer.provisions("documents", scheme.documents),
            writer.provisions("diligence", scheme.diligence),
            writer.provisions("routing", scheme.routing),
            writer.provisions("insurance", scheme.insurance),
            writer.provisions("filing", (*scheme.conditional_filing, *scheme.portfolio)),
            chain.from_iterable(writer.recovery(rule) for rule in (scheme.recovery,) if rule),
            (writer.fee(table) for table in scheme.fees),
            (writer.surcharge(rule) for rule in (scheme.surcharge,) if rule),
            (writer.replacement(rule) for rule in (scheme.replacement,) if rule),
            writer.provisions("articles", scheme.articles),
        )
    )


_PROVISIONS: Mapping[str, Mapping[str, Text]] = {  # what a manager fills in without words of its own
    "timetable": TERM_NAMES,
    "routing": {
        "amount": Text("转深度审核的金额", "Amount from which the review is deeper"),
        EARLY_DEFAULT: Text("早期违约", "Early default"),
    },
}


def _source_word(source: str) -> Text:
    return MANAGER_SOURCE if source == manager_source() else Text(source, source)


@dataclass(frozen=True)
class _Writer:
    """Puts each kind of statement into words."""

    pack: Pack
    scheme: Scheme

    def article(self, chapter: str, row: Row, says: Text, value: Text = NOTHING) -> Article:
        return Article(
            id=row.id,
            chapter=_CHAPTERS[chapter],
            clause=clause_word(row),
            says=row.text or says,
            value=value,
            verified=row.verified,
            source=self.scheme.sources.get(row.source, _source_word(row.source)),
            note=row.note,
            source_key=row.source if row.source in self.scheme.sources else "",
        )

    def limit(self, limit: Limit) -> Article:
        label = LIMITS.get(limit.kind, Text(limit.kind, limit.kind))
        value = self.bounds(limit.unit, limit.at_least, limit.at_most)
        if limit.by is not None:
            rate = rate_word(limit.by)
            value = Text(f"不超过{rate.zh}（按放款日）", f"at most {rate.en}, on the day of lending")
        return self.article("limits", limit.row, Text(f"{label.zh}{value.zh}", f"{label.en}: {value.en}"), value)

    def bounds(self, unit: str, at_least: int | None, at_most: int | None) -> Text:
        bounds = [
            (word, number_word(unit, bound, self.pack.currency))
            for word, bound in ((Text("不少于", "at least "), at_least), (Text("不超过", "at most "), at_most))
            if bound is not None
        ]
        parts = [Text(f"{word.zh}{said.zh}", f"{word.en}{said.en}") for word, said in bounds]
        return joined(parts) if parts else NOT_AVAILABLE

    def exclusive(self) -> Iterator[Article]:
        if self.scheme.exclusive_row:
            yield self.article("limits", self.scheme.exclusive_row, Text("一笔贷款只适用一种模式", "One mode per loan"))

    def layer(self, layer: Layer) -> Iterator[Article]:
        word = party_word(layer.party)
        split = "、".join(f"{party_word(party).zh}{part}" for party, part in layer.split.items())
        says = Text(f"{word.zh}{f'（{split}）' if split else ''}", word.en)
        form = [words[word] for words, word in ((BUDGET_NAMES, layer.budget), (_INTERESTS, layer.interest)) if word]
        yield self.article("layers", layer.row, says, joined(form))
        if layer.reserve:
            aim = self.bounds("ratio", layer.reserve.at_least_bp, layer.reserve.at_most_bp)
            yield self.article("layers", layer.reserve.row, Text("目标准备金", "Target reserve"), aim)

    def mode(self, mode: Mode) -> Iterator[Article]:
        base = mode.loss_base
        parts = joined([_LOSS_PARTS[part] for part in base.parts], "、")
        said = _LOSS_MEASURES.get(base.measure, parts)
        yield self.article(
            "ratio", base.row, Text(f"{mode.title.zh}：补偿基数为{said.zh}", f"{mode.title.en}: loss base is {said.en}")
        )
        if base.interest:
            yield self.article("ratio", base.interest.row, Text("利息的计算", "How interest counts"))
        for party, table in mode.ratios.items():
            yield from self.ratio_table(mode, party, table)
        if mode.third_parties:
            words = joined([party_word(party) for party in mode.third_parties.parties], "、")
            says = Text(f"{words.zh}按合同分担", f"{words.en} share by contract")
            most = mode.third_parties.together_at_most_bp
            yield self.article("ratio", mode.third_parties.row, says, NOTHING if most is None else _percent(most))
        for bonus in mode.bonuses:
            yield self.article("ratio", bonus.row, Text("加成", "Bonus"), _percent(bonus.plus_bp, plus=True))
        yield from self.caps(mode)

    def ratio_table(self, mode: Mode, party: str, table: RatioTable) -> Iterator[Article]:
        word = Text(f"{mode.title.zh}：{party_word(party).zh}", f"{mode.title.en}: {party_word(party).en.lower()}")
        for row in table.rows:
            yield self.article("ratio", row.row, word, _percent(row.bp))
        if table.by_contract:
            yield self.article(
                "ratio", table.row, Text(f"{word.zh}按合同", f"{word.en} by contract"), _percent(table.at_most_bp)
            )
        lower = 0
        for tier in table.tiers.tiers if table.tiers else ():
            span = self.span(lower, tier.up_to_fen)
            says = Text(f"{word.zh}，{span.zh}", f"{word.en}, {span.en}")
            yield self.article(
                "ratio", replace(table.row, id=f"{table.row.id}.up_to", text=None), says, _percent(tier.bp)
            )
            lower = tier.up_to_fen or lower

    def span(self, lower: int, upper: int | None) -> Text:
        """Say the span of a tier; its upper bound is included."""
        low = money_word(lower, self.pack.currency)
        if upper is None:
            return Text(f"超过{low.zh}", f"above {low.en}")
        high = money_word(upper, self.pack.currency)
        if not lower:
            return Text(f"{high.zh}以内（含）", f"up to {high.en}")
        return Text(f"超过{low.zh}至{high.zh}", f"above {low.en} to {high.en}")

    def caps(self, mode: Mode) -> Iterator[Article]:
        for party, cap in mode.ratio_caps.items():
            word = party_word(party)
            yield self.article(
                "caps", cap.row, Text(f"{word.zh}比例上限", f"Cap on the {word.en.lower()}'s ratio"), _percent(cap.bp)
            )
        if mode.all_layers:
            yield self.article("caps", mode.all_layers.row, Text("各层合计上限", "Bound on all layers"),
                               _percent(mode.all_layers.at_most_bp))  # fmt: skip
        for one in mode.money_caps:
            yield self.article("caps", one.row, one.title, self.cap_value(one))
        for i, part in enumerate(mode.instalments, 1):
            yield self.article("caps", part.row, Text(f"第{i}期", f"Instalment {i}"), _percent(part.bp))
        if mode.insurance:
            yield self.article(
                "ratio", mode.insurance.share.row, Text("再保险", "Insurance"), _percent(mode.insurance.share.bp)
            )
        if mode.charge:
            yield self.article("ratio", mode.charge.share.row, Text("负担金", "Charge"), _percent(mode.charge.share.bp))

    def cap_value(self, cap: MoneyCap) -> Text:
        parts = []
        if cap.of:
            of = joined([MEASURES[name] for name in cap.of], "＋", " + ")
            rate = "" if cap.rate_bp is None else f" × {percent_word(cap.rate_bp)}"
            by_ratio = Text(" × 补偿比例", " × ratio") if cap.times_ratio else NOTHING
            parts.append(Text(f"{of.zh}{rate}{by_ratio.zh}", f"{of.en}{rate}{by_ratio.en}"))
        if cap.bands:
            parts.append(joined([Text(percent_word(band.bp), percent_word(band.bp)) for band in cap.bands], "、"))
        if cap.at_most_fen is not None:
            parts.append(money_word(cap.at_most_fen, self.pack.currency))
        return joined(parts, "；", "; ")

    # Stop-loss and the rest

    def breaker(self, breaker: Breaker) -> Article:
        level = NOT_AVAILABLE if breaker.level_bp is None else _percent(breaker.level_bp)
        sign = "超过" if breaker.comparator == ">" else "达到"
        says = Text(f"{breaker.title.zh}：{sign}{level.zh}", f"{breaker.title.en}: {breaker.comparator} {level.en}")
        return self.article("breakers", breaker.row, says, level)

    def provisions(self, chapter: str, provisions: Iterable[Provision]) -> Iterator[Article]:
        for one in provisions:
            value = DOCUMENT_CASES.get(one.only, NOTHING)
            if one.number is not None:
                value = number_word(one.unit, one.number, self.pack.currency)
            yield self.article(chapter, one.row, _PROVISIONS.get(chapter, {}).get(one.id, Text(one.id, one.id)), value)

    def recovery(self, rule: Recovery) -> Iterator[Article]:
        remit = (
            Text("按比例上缴", "each its share")
            if rule.remit == "share"
            else Text("先全额上缴", "all is remitted first")
        )
        yield self.article(
            "recovery",
            rule.row,
            Text("追偿所得先扣费用，再按分担比例返还", "Recoveries: costs first, then by the shares borne"),
            remit,
        )
        if rule.recall_year_days != 365:  # what a law says nothing of is 365
            says = Text("追回补偿款的利息", "Interest on compensation that is asked back")
            year = Text("一年按%(n)s天计", "a year has %(n)s {n:day|days}").with_values(n=rule.recall_year_days)
            own = Text("一年按公历天数计", "each calendar year has its own days")
            yield self.article("recovery", rule.row, says, year if rule.recall_year_days else own)
        proof = rule.certificate
        if proof:
            says = Text("追偿回收的年度审计证明", "Yearly certificate of an auditor on recoveries")
            days = Text("截至%(as_of)s，%(due)s前提交", "for the year to %(as_of)s, by %(due)s")
            is_known = proof.as_of is not None and proof.due is not None
            value = days.with_values(as_of=proof.as_of, due=proof.due) if is_known else NOT_AVAILABLE
            yield self.article("recovery", proof.row, says, value)

    def fee(self, table: FeeTable) -> Article:
        rates = [band.bp for tier in table.tiers for band in tier.bands]
        said = joined([_percent(bp) if bp is not None else Text("?", "?") for bp in dict.fromkeys(rates)], "、")
        days = f"{table.fee_from or ''} – {table.fee_until or ''}".strip(" –")
        title = Text(f"{table.title.zh} {days}".strip(), f"{table.title.en} {days}".strip())
        return self.article("fees", table.row, title, joined([said, *_of_which_loans(table)]))

    def surcharge(self, rule: Surcharge) -> Article:
        says = Text(f"频繁超过年度上限（{rule.cap}）加收", f"Surcharge for passing the yearly cap ({rule.cap}) often")
        plus = NOT_AVAILABLE if rule.plus_bp is None else _percent(rule.plus_bp)
        return self.article("fees", rule.row, says, plus)

    def replacement(self, rule: Replacement) -> Article:
        keep = rule.old_loans == "keep"
        says = Text(f"取代{rule.pack}，已备案贷款{'按原办法' if keep else '转按本办法'}",
                    f"Replaces {rule.pack}; old loans {'stay under it' if keep else 'move to this rule'}")  # fmt: skip
        return self.article("replaces", rule.row, says)


BUDGET_NAMES = {
    "cash_pool": Text("资金池", "cash pool"),
    "yearly": Text("年度预算", "yearly budget"),
    "yearly_in_arrears": Text("次年核定预算", "budget in arrears"),
}
_INTERESTS = {
    "rolls_in": Text("利息滚入", "interest rolls in"),
    "leaves": Text("利息上缴", "interest leaves the pool"),
}
_LOSS_PARTS = {
    "principal": Text("本金", "principal"),
    "interest": Text("利息", "interest"),
    "cost": Text("费用", "costs"),
    "advances": Text("垫款", "advances"),
}
_LOSS_MEASURES = {
    "paid_by_guarantor": Text("代偿后债务人尚欠的本金", "principal still owed after the guarantor paid"),
    "lower_of_npa_and_claim": Text("不良认定日与索赔日的较低者", "the lower of NPA date and claim"),
}


def _of_which_loans(table: FeeTable) -> Iterator[Text]:
    """Say which loans a fee is for, and how a last year counts that maturity cuts."""
    if table.over_months is not None:
        yield Text("期限超过%(n)s个月", "term above %(n)s {n:month|months}").with_values(n=table.over_months)
    if table.months_at_most is not None:
        yield Text("期限不超过%(n)s个月", "term of at most %(n)s {n:month|months}").with_values(n=table.months_at_most)
    if table.only is not None:
        yield table.only
    if table.part_year == "days":
        yield Text("到期截断的末年按天计", "a last year that maturity cuts is by days")


def _percent(bp: int | None, *, plus: bool = False) -> Text:
    if bp is None:
        return NOT_AVAILABLE
    said = f"{'+' if plus else ''}{percent_word(bp)}"
    return Text(said, said)
