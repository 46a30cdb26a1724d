import random
from datetime import date

import pytest
from tests.core.rules.firms import facts_of, random_known

from yulin.base.outcome import Outcome
from yulin.rules.adapters.shipped import shipped_pack, shipped_pack_ids, shipped_vocabulary
from yulin.rules.core.assess import _answer, assess
from yulin.rules.core.cases import run_cases
from yulin.rules.core.facts import environment
from yulin.rules.core.load import load_pack
from yulin.rules.core.program import program_of
from yulin.rules.core.relevance import cells_of, influential_slots, missing_slots
from yulin.rules.errors import FactValueError, NotApplicableError, PackNotInForceError, UnknownFactError

TITLES = ("title-techsme-2017", "title-hnte-2016", "size-2011", "debt-transfer-2012")
DAY = date(2024, 5, 6)


def pack_of(body):
    head = "id: t\nkind: title\ntitle: [试, t]\ndocument: d\neffective: {from: 2020-01-01, until: 2030-01-01}\n"
    return load_pack({"pack.yaml": head + body}, shipped_vocabulary())


@pytest.mark.parametrize("pack_id", shipped_pack_ids())
def test_cases_beside_the_pack_hold(pack_id):
    assert [str(result.defect()) for result in run_cases(shipped_pack(pack_id)) if not result.holds] == []


def test_finding_says_value_needed_and_gap():
    facts = {"staff_count": 501, "rd_expense": "wan(200)", "revenue": "wan(5_000)"}
    found = {f.id: f for f in assess(shipped_pack("title-techsme-2017"), facts, DAY).findings}
    question = found["conditions.scale"].questions[0]
    assert (question.outcome, question.value, question.needed) == (Outcome.NOT_MET, "501", "<= 500")
    assert question.gap == {"staff_count": -1}
    rd = found["scores.rd"]
    assert (rd.points_low, rd.points_high, rd.of, rd.value) == (30, 50, 50, "4.00 %")
    assert rd.next_band.needs == "5.00 %"
    assert rd.next_band.gap == {"rd_expense_fen": 50_000_000}


def test_json_form_leaves_out_what_does_not_apply():
    answer = assess(shipped_pack("title-techsme-2017"), {"staff_count": 501}, DAY).as_json()
    assert answer["outcome"] == "not_met"
    assert answer["missing"] == []
    assert answer["findings"][0] == {
        "id": "conditions.resident",
        "clause": "第六条（一）",
        "outcome": "unknown",
        "verified": "yes",
        "source": "科技型中小企业评价办法（国科发政〔2017〕115号）",
        "text": {
            "zh": "在中国境内（不包括港、澳、台地区）注册的居民企业",
            "en": "Resident enterprise, registered in China outside Hong Kong, Macao and Taiwan",
        },
        "questions": [
            {"facts": ["is_resident_enterprise"], "outcome": "unknown", "value": None, "needed": "yes", "gap": {}}
        ],
        "from": ["is_resident_enterprise"],
    }


def test_unverified_row_never_decides():
    pack = pack_of('conditions: {a: {that: "is_first_loan"}, b: {that: "is_pure_credit", verified: no}}')
    facts = {"is_first_loan": True, "is_pure_credit": False}
    open_answer = assess(pack, facts, DAY)
    assert (open_answer.outcome, open_answer.missing, open_answer.unverified) == (
        Outcome.UNKNOWN,
        (),
        ("conditions.b",),
    )
    assert assess(pack, {"is_first_loan": False}, DAY).outcome is Outcome.NOT_MET
    assert assess(pack, facts, DAY, trusts_unverified=True).outcome is Outcome.NOT_MET


def test_row_is_as_unverified_as_the_parameter_it_uses():
    pack = pack_of(
        'parameters: {most: {value: "wan(5)", verified: no}}\nconditions: {a: {that: "line <= parameters.most"}}'
    )
    assert assess(pack, {"line_fen": 1}, DAY).outcome is Outcome.UNKNOWN


def test_zero_divisor_gives_the_named_answer():
    for named, outcome in (("met", Outcome.MET), ("not_met", Outcome.NOT_MET)):
        pack = pack_of(f'conditions: {{a: {{that: "rd_expense[0] / revenue[0] > pct(3)", undefined: {named}}}}}')
        assert assess(pack, {"rd_expense_fen": 5, "revenue_fen": 0}, DAY).outcome is outcome
        assert assess(pack, {"rd_expense_fen": 5}, DAY).outcome is Outcome.UNKNOWN


def test_branch_is_read_under_its_condition():
    pack = pack_of('conditions: {a: {that: "line >= wan(5) if line <= wan(3) else line >= wan(1)"}}')
    assert assess(pack, {}, DAY).outcome is Outcome.UNKNOWN
    pack = pack_of('conditions: {a: {that: "line <= wan(9) if line <= wan(3) else line >= wan(2)"}}')
    assert assess(pack, {}, DAY).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("text", "facts", "outcome"),
    [
        ("max(line, loan_amount) > wan(5)", {"line_fen": 6_000_000}, Outcome.MET),
        ("min(line, loan_amount) > wan(5)", {"line_fen": 4_000_000}, Outcome.NOT_MET),
        ("line + loan_amount > wan(5)", {"line_fen": 6_000_000}, Outcome.MET),
        ("count(is_first_loan, is_pure_credit) >= 1", {"is_first_loan": True}, Outcome.MET),
        ("count(is_first_loan, is_pure_credit) == 2", {"is_first_loan": False}, Outcome.NOT_MET),
        ("known(line)", {}, Outcome.NOT_MET),
        ("known(line)", {"line_fen": 0}, Outcome.MET),
        ("security in (credit, ip_pledge)", {"security": "ip_pledge"}, Outcome.MET),
        ("is_registered_in(440100)", {"district_code": "440112"}, Outcome.MET),
        ("is_registered_in(440100)", {"district_code": "440300"}, Outcome.NOT_MET),
        ("district == nansha", {"district": "nansha"}, Outcome.MET),
        ("disbursed_on + years(1) >= due_on", {"disbursed_on": "2024-02-29", "due_on": "2025-02-28"}, Outcome.MET),
        ("disbursed_on + years(1) >= due_on", {"disbursed_on": "2024-02-29", "due_on": "2025-03-01"}, Outcome.NOT_MET),
        ("is_first_loan or not is_first_loan or is_pure_credit", {"is_pure_credit": True}, Outcome.MET),
        ("rate <= pct(4.35) * 1.3", {"annual_rate_ppm": 56_550}, Outcome.MET),
        ("rate <= pct(4.35) * 1.3", {"annual_rate_ppm": 56_551}, Outcome.NOT_MET),
    ],
)
def test_outcome_of_one_condition(text, facts, outcome):
    assert assess(pack_of(f'conditions: {{a: {{that: "{text}"}}}}'), facts, DAY).outcome is outcome


@pytest.mark.parametrize(
    ("facts", "error", "says"),
    [
        ({"staf_count": 1}, UnknownFactError, "staff_count"),
        ({"staff_count": -1}, FactValueError, "0 至"),
        ({"staff_count": 1.5}, FactValueError, "整数"),
        ({"staff_count": True}, FactValueError, "整数"),
        ({"staff_count": "many"}, FactValueError, "整数"),
        ({"is_first_loan": 1}, FactValueError, "true"),
        ({"industry": "mining"}, FactValueError, "industry"),
        ({"registered_on": "yesterday"}, FactValueError, "日期"),
        ({"revenue_fen_by_year": {"23": 1}}, FactValueError, "年份"),
        ({"revenue_fen": 1, "revenue_fen_2023": 2}, FactValueError, "一致"),
        ({"revenue_fen": 10**15 + 1}, FactValueError, "0 至"),
    ],
)
def test_fact_that_cannot_be_is_refused(facts, error, says):
    with pytest.raises(error) as refused:
        assess(shipped_pack("title-techsme-2017"), facts, DAY)
    assert says in str(refused.value)


def test_pack_outside_its_interval_or_purpose_is_refused():
    pack = pack_of('applies_to: [review]\nconditions: {a: {that: "is_first_loan"}}')
    for day in (date(2019, 12, 31), date(2030, 1, 1)):
        with pytest.raises(PackNotInForceError):
            assess(pack, {}, day)
    with pytest.raises(NotApplicableError):
        assess(pack, {}, DAY, applies_to="new_application")
    assert assess(pack, {}, DAY, applies_to="review").outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("facts", "would"),
    [
        ({"ip_class1_count": 0}, {"ip_class2_count": ">= 2"}),
        ({"ip_class2_count": 0}, {"ip_class1_count": ">= 1"}),
    ],
)
def test_would_decide_names_the_values_that_settle_it(facts, would):
    given = {
        "staff_count": 100, "tech_staff_count": 30, "revenue": "wan(5_000)", "total_assets": "wan(4_000)",
        "rd_expense": "wan(200)", "total_cost": "wan(10_000)", "is_resident_enterprise": True,
        "has_prohibited_product": False, "has_major_accident": False, "has_serious_dishonesty": False,
        "is_on_abnormal_list": False, "has_valid_hnte": False, "has_national_award_top3_5y": False,
        "has_recognised_rd_body": False, "led_standard_5y": False,
    }  # fmt: skip
    found = assess(shipped_pack("title-techsme-2017"), {**given, **facts}, DAY)
    assert found.would_decide == would
    assert found.missing == tuple(would)


def completions(pack, known, on, rng, count):
    """Random complete firms around `known`, unknown facts drawn from the cells that matter."""
    program = program_of(pack)
    for _ in range(count):
        firm = dict(known)
        for slot in program.slots:
            if slot not in firm and pack.fact(slot).type.kind != "text":
                env = environment(pack.vocabulary, firm, on, program.slots)
                program.run(env)
                cell = rng.choice(cells_of(program, slot, env))
                firm[slot] = cell.first[0] if isinstance(cell.first, tuple) else rng.choice([cell.first, cell.last])
        yield firm


def verdict_of(pack, known, on):
    program = program_of(pack)
    env = environment(pack.vocabulary, known, on, program.slots)
    return _answer(program.run(env))


@pytest.mark.parametrize("pack_id", TITLES)
@pytest.mark.parametrize("seed", range(12))
def test_answer_holds_for_every_completion(pack_id, seed):
    """What is settled stays settled whatever the unknown facts are, and what is open can come out both ways."""
    pack, rng = shipped_pack(pack_id), random.Random(seed)
    known = random_known(pack, rng, rng.choice([0.1, 0.3]))
    outcome = verdict_of(pack, known, DAY)
    found = {verdict_of(pack, firm, DAY) for firm in completions(pack, known, DAY, rng, 25)}
    if outcome[0] is not Outcome.UNKNOWN:
        assert found == {outcome}


@pytest.mark.parametrize("pack_id", TITLES)
@pytest.mark.parametrize("seed", range(12))
def test_fact_that_changes_the_answer_is_named_missing(pack_id, seed):
    """Change one unknown fact of a complete firm: where the answer changes, the fact was listed."""
    pack, rng = shipped_pack(pack_id), random.Random(seed)
    program = program_of(pack)
    known = random_known(pack, rng, rng.choice([0.1, 0.3]))
    env = environment(pack.vocabulary, known, DAY, program.slots)
    verdict = program.run(env)
    missing = set(missing_slots(program, env, verdict))
    assert missing <= influential_slots(program, env)
    for firm in completions(pack, known, DAY, rng, 6):
        before = verdict_of(pack, firm, DAY)
        for slot in set(firm) - set(known):
            changed = next(completions(pack, {k: v for k, v in firm.items() if k != slot}, DAY, rng, 1))
            if verdict_of(pack, changed, DAY) != before:
                assert slot in missing


def test_facts_under_either_name_answer_the_same():
    pack, rng = shipped_pack("title-hnte-2016"), random.Random(7)
    known = random_known(pack, rng, 0)
    named = facts_of(pack, known, DAY)
    by_year = {key: value for key, value in named.items() if "_fen" not in key}
    for fact in ("revenue", "rd_expense"):
        by_year[f"{fact}_fen_by_year"] = {str(2023 + k): known[f"{fact}[{k}]"] for k in (0, -1, -2)}
    assert assess(pack, named, DAY).as_json() == assess(pack, by_year, DAY).as_json()
