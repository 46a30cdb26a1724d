"""The checklist of a claim as data: each paper of the scheme with what a machine compares in it, and the claim's form.

The seven lines of the form are the usual defects that a guarantee fund published (AU-05): declaration, day of default
against lending, reason of default, fraud, legal action before the default, the suit's number, possession of securities.
Each case of non-diligence of the scheme is answered with its evidence.

Invariant: a claim is submitted only when no line is bad; what is not answered is bad, never taken as good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from yulin.base.money import yuan_text
from yulin.base.text import Text
from yulin.pool.core.interest import StatedInterest
from yulin.pool.core.words import clause_word
from yulin.rules.core.scheme import DOCUMENT_CASES, DOCUMENT_CHECKS, Provision

FORM_SOURCE = Text("申请表", "claim form")
_PROOF = "diligence."  # with the case: the kind of its proof, as the line of the checklist is called
_SECURED = frozenset({"mortgage", "pledge"})


class Elsewhere(StrEnum):
    """Where else the same file stands."""

    NOWHERE = ""
    SAME_FIRM = "same_firm"
    OTHER_FIRM = "other_firm"


@dataclass(frozen=True)
class ClaimFacts:
    """What a claim's papers must agree with."""

    firm_name: str
    firm_code: str
    loan_number: str
    claimed_fen: int
    disbursed_on: date
    defaulted_on: date
    today: date
    security: str = ""
    paid_out_fen: int | None = None  # by the guarantor that claims
    paid_out_on: date | None = None
    interest: StatedInterest | None = None  # None: none is stated, or the loan's rate is not known


@dataclass(frozen=True)
class Statement:
    """What the bank states on the form of the claim; None is not answered."""

    is_declared: bool = False
    default_reason: str = ""
    is_fraud: bool | None = None
    legal_action_on: date | None = None
    legal_action_note: str = ""
    suit_number: str = ""
    possession_on: date | None = None
    other_public_fen: int | None = None  # compensated from other public money for the same loss; 0: nothing
    other_public_from: str = ""


@dataclass(frozen=True)
class Paper:
    """One document: which item of the list it is, its hash, and what the bank read from it."""

    kind: str
    sha256: str
    amount_fen: int | None = None
    name: str = ""
    code: str = ""
    loan: str = ""
    dated_on: date | None = None
    elsewhere: Elsewhere = Elsewhere.NOWHERE


@dataclass(frozen=True)
class DiligenceAnswer:
    """The bank's answer to one case of non-diligence, with its evidence in words."""

    is_case: bool
    evidence: str


@dataclass(frozen=True)
class CheckLine:
    """One line of the checklist: what is asked, the verdict, what was found, the clause."""

    id: str
    title: Text
    verdict: str  # ok | warn | bad
    found: Text
    clause: Text

    @property
    def defect(self) -> Text:
        """The line as a defect: what is asked and what was found."""
        return Text(f"{self.title.zh}：{self.found.zh}", f"{self.title.en}: {self.found.en}")


@dataclass(frozen=True)
class ClaimPapers:
    """Everything that a checklist is computed from."""

    facts: ClaimFacts
    statement: Statement
    papers: Sequence[Paper] = ()
    answers: Mapping[str, DiligenceAnswer] = field(default_factory=dict)


def checklist(
    documents: Sequence[Provision], diligence: Sequence[Provision], claim: ClaimPapers
) -> tuple[CheckLine, ...]:
    """Return every line of a claim's checklist in the order of the scheme: form, papers, diligence."""
    lines = [*_form_lines(claim.facts, claim.statement)]
    lines += [_paper_line(one, claim) for one in documents if not one.row.is_unverified]
    lines += [_diligence_line(one, claim) for one in diligence if not one.row.is_unverified]
    return tuple(lines)


def proof_kind(case: str) -> str:
    """Return the kind of a paper that proves the answer to a case of non-diligence.

    >>> proof_kind("purpose")
    'diligence.purpose'
    """
    return f"{_PROOF}{case}"


def proofs_of(diligence: Sequence[Provision]) -> tuple[Provision, ...]:
    """Return the papers by which each case of non-diligence can be proved, beside the words that every answer needs."""
    return tuple(replace(one, id=proof_kind(one.id), checks=()) for one in diligence if not one.row.is_unverified)


def defects_of(lines: Sequence[CheckLine]) -> list[Text]:
    """Return what has to be mended before a claim is submitted."""
    return [line.defect for line in lines if line.verdict == "bad"]


def _form_lines(facts: ClaimFacts, said: Statement) -> Iterator[CheckLine]:
    def line(key: str, title: Text, found: Text, *, is_good: bool) -> CheckLine:
        return CheckLine(f"form.{key}", title, "ok" if is_good else "bad", found, FORM_SOURCE)

    yield line(
        "declaration", Text("申请人声明", "Declaration"),
        Text("已签署", "signed") if said.is_declared else Text("未签署", "not signed"), is_good=said.is_declared,
    )  # fmt: skip
    yield line(
        "default_day", Text("违约日与放款日", "Day of default against lending"),
        Text("违约%(default)s，放款%(lent)s", "default %(default)s, lent %(lent)s").with_values(
            default=facts.defaulted_on, lent=facts.disbursed_on
        ),
        is_good=facts.defaulted_on > facts.disbursed_on,
    )  # fmt: skip
    yield line(
        "reason", Text("违约原因", "Reason of default"),
        Text("已说明", "given") if said.default_reason.strip() else Text("未说明", "not given"),
        is_good=bool(said.default_reason.strip()),
    )  # fmt: skip
    fraud = {None: Text("未说明有无", "not answered"), True: Text("有", "there was"), False: Text("无", "none")}
    yield line(
        "fraud", Text("恶意逃废债、欺诈", "Wilful default or fraud"), fraud[said.is_fraud],
        is_good=said.is_fraud is not None,
    )  # fmt: skip
    yield _other_public_line(said)
    if facts.interest is not None:
        yield _interest_line(facts.interest)
    if said.legal_action_on is not None:
        yield _legal_action_line(facts, said)
        has_number = bool(said.suit_number.strip())
        yield line(
            "suit_number", Text("案号", "Number of the suit"),
            Text(said.suit_number, said.suit_number) if has_number else Text("已起诉而无案号", "sued, yet no number"),
            is_good=has_number,
        )  # fmt: skip
    if facts.security in _SECURED:
        day = said.possession_on
        yield line(
            "possession", Text("押品处置情况", "Possession of the security"),
            Text(f"{day}", f"{day}") if day else Text("未填控制押品的日期", "no day of possession"), is_good=bool(day),
        )  # fmt: skip


def _other_public_line(said: Statement) -> CheckLine:
    """Look at what other public money bears of the same loss: stated, and if there is any, by whom (1.33)."""
    amount, payer = said.other_public_fen, said.other_public_from.strip()
    if amount is None:
        found = Text("未说明有无", "not answered")
    elif not amount:
        found = Text("无", "none")
    else:
        yuan = yuan_text(amount)
        found = Text(f"{yuan}元，来自{payer or '（未说明）'}", f"CNY {yuan} from {payer or '(not stated)'}")
    is_good = amount is not None and (not amount or bool(payer))
    return CheckLine(
        "form.other_public", Text("其他财政补偿", "Other public money"), "ok" if is_good else "bad", found, FORM_SOURCE
    )


def _interest_line(interest: StatedInterest) -> CheckLine:
    """Hold the interest that a bank states against its loan's own rate; penalty interest may explain more."""
    found = Text(
        "申报%(said)s元，本金%(principal)s元按%(rate)s%%计%(days)s天为%(by_rate)s元",
        "stated CNY %(said)s; the principal of CNY %(principal)s at %(rate)s %% for %(days)s {n:day|days} "
        "gives CNY %(by_rate)s",
    ).with_values(
        said=yuan_text(interest.stated_fen), principal=yuan_text(interest.principal_fen), days=interest.days,
        rate=f"{interest.annual_rate_ppm / 10_000:g}", by_rate=yuan_text(interest.by_rate_fen), n=interest.days,
    )  # fmt: skip
    if interest.above_fen:
        more = yuan_text(interest.above_fen)
        found = Text(
            f"{found.zh}，多{more}元，请核对罚息或计息天数",
            f"{found.en}: CNY {more} more, look at penalty interest and the days",
        )
    title = Text("利息与合同利率", "Interest against the loan's rate")
    return CheckLine("form.interest", title, "warn" if interest.above_fen else "ok", found, FORM_SOURCE)


def _legal_action_line(facts: ClaimFacts, said: Statement) -> CheckLine:
    is_before = said.legal_action_on is not None and said.legal_action_on < facts.defaulted_on
    is_good = not is_before or bool(said.legal_action_note.strip())
    found = Text(f"起诉{said.legal_action_on}", f"begun {said.legal_action_on}")
    if is_before:
        found = Text(
            f"{found.zh}早于违约{facts.defaulted_on}，{'已说明' if is_good else '未说明'}",
            f"{found.en}, before the default {facts.defaulted_on}, {'explained' if is_good else 'not explained'}",
        )
    return CheckLine(
        "form.legal_action", Text("法律程序", "Legal action"), "ok" if is_good else "bad", found, FORM_SOURCE
    )


def _paper_line(rule: Provision, claim: ClaimPapers) -> CheckLine:
    title = rule.row.text or Text(rule.id, rule.id)
    clause = clause_word(rule.row)
    papers = [paper for paper in claim.papers if paper.kind == rule.id]
    if not papers:
        return CheckLine(f"documents.{rule.id}", title, "bad", _missing(rule), clause)
    paper = papers[-1]
    wrong = [found for check in rule.checks if (found := _disagreement(check, paper, claim.facts)) is not None]
    if paper.elsewhere is Elsewhere.OTHER_FIRM:
        wrong.append(Text("同一文件已用于另一企业的申请", "the same file was used for another firm's claim"))
    if wrong:
        found = Text("；".join(one.zh for one in wrong), "; ".join(one.en for one in wrong))
        return CheckLine(f"documents.{rule.id}", title, "bad", found, clause)
    if paper.elsewhere is Elsewhere.SAME_FIRM:
        found = Text("同一文件已用于该企业另一笔申请", "the same file serves another claim of this firm")
        return CheckLine(f"documents.{rule.id}", title, "warn", found, clause)
    agreed = [DOCUMENT_CHECKS[check] for check in rule.checks] or [Text("已收到", "received")]
    found = Text("，".join(one.zh for one in agreed), ", ".join(one.en for one in agreed))
    return CheckLine(f"documents.{rule.id}", title, "ok", found, clause)


def _missing(rule: Provision) -> Text:
    case = DOCUMENT_CASES.get(rule.only)
    return Text(f"缺件（{case.zh}须附）", f"missing (asked for {case.en})") if case else Text("缺件", "missing")


def _disagreement(check: str, paper: Paper, facts: ClaimFacts) -> Text | None:
    """Return what a paper says that the loan does not, or None where they agree."""
    if check == "amount":
        return _differs(Text("金额", "amount"), _yuan(paper.amount_fen), _yuan(facts.claimed_fen))
    if check == "paid_out":
        return _differs(Text("金额", "amount"), _yuan(paper.amount_fen), _yuan(facts.paid_out_fen))
    if check == "paid_on":
        return _differs(Text("日期", "day"), str(paper.dated_on or ""), str(facts.paid_out_on))
    if check == "name":
        return _differs(Text("企业名称", "name"), paper.name.strip(), facts.firm_name)
    if check == "code":
        return _differs(Text("信用代码", "code"), paper.code.strip().upper(), facts.firm_code)
    if check == "loan":
        return _differs(Text("借据号", "loan number"), paper.loan.strip(), facts.loan_number)
    if paper.dated_on is None:
        return Text("没有填写日期", "its day is not given")
    if check == "before_lending":
        return _made_after(paper.dated_on, facts.disbursed_on)
    first = facts.defaulted_on if check == "after_default" else facts.disbursed_on
    if first <= paper.dated_on <= facts.today:
        return None
    return Text(
        f"日期{paper.dated_on}，应在{first}至{facts.today}之间",
        f"dated {paper.dated_on}, needed: {first} to {facts.today}",
    )


def _made_after(found: date, last: date) -> Text | None:
    if found <= last:
        return None
    return Text(f"日期{found}，应不晚于放款日{last}", f"dated {found}, needed: by the day of lending, {last}")


def _differs(what: Text, found: str, needed: str) -> Text | None:
    if found == needed:
        return None
    if not found:
        return Text(f"没有填写{what.zh}", f"its {what.en} is not given")
    return Text(f"{what.zh}为{found}，应为{needed}", f"its {what.en} is {found}, needed: {needed}")


def _yuan(fen: int | None) -> str:
    return "" if fen is None else yuan_text(fen)


def _diligence_line(rule: Provision, claim: ClaimPapers) -> CheckLine:
    title, answer = rule.row.text or Text(rule.id, rule.id), claim.answers.get(rule.id)
    proof = next((one for one in reversed(claim.papers) if one.kind == proof_kind(rule.id)), None)
    if answer is None:
        verdict, found = "bad", Text("未回答", "not answered")
    elif answer.is_case:
        verdict, found = "bad", Text("属于该情形", "it is the case")
    elif not answer.evidence.strip():
        verdict, found = "bad", Text("不属于，但没有证据", "not the case, yet without evidence")
    elif proof is not None and proof.elsewhere is Elsewhere.OTHER_FIRM:
        verdict, found = "bad", Text("证据文件已用于另一企业的申请", "its proof was used for another firm's claim")
    else:
        verdict, found = "ok", Text(f"不属于：{answer.evidence}", f"not the case: {answer.evidence}")
    if proof is not None and verdict == "ok":
        mark = proof.sha256[:12]
        found = Text(f"{found.zh}（证据文件{mark}）", f"{found.en} (proof {mark})")
    return CheckLine(f"diligence.{rule.id}", title, verdict, found, clause_word(rule.row))
