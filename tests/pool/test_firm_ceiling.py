"""The ceiling on what one firm owes under a scheme: over all banks and years, freed by repayment, never passed."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.assignments import make_approved, make_debts, make_transfer_law
from tests.factories.claims import RULES
from tests.factories.guarantees import TODAY, guaranteed
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation
from tests.factories.pool import (
    FIRM_CODES,
    LOAN_HEADS,
    WAN,
    enrol,
    loan,
    loan_table,
    make_bank,
    make_enrolment,
    make_law,
    send,
    sheet_of,
)
from tests.pool.test_concurrency import at_once

from yulin.exchange.models import UploadVerdict
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.pool.adapters.packs import laws_of
from yulin.pool.core.limits import firm_key
from yulin.pool.core.questions import Question
from yulin.pool.core.return_rows import Taken
from yulin.pool.enums import MoveRule
from yulin.pool.errors import RowRefusedError
from yulin.pool.models import Enrolment, LimitUse
from yulin.pool.selectors.answers import pre_loan_answer
from yulin.pool.selectors.enrolments import firm_balances
from yulin.pool.selectors.rooms import room_lines
from yulin.pool.services.assignments.closing import close_assignments
from yulin.pool.services.assignments.deciding import BuyBack, approve_request, ask_back
from yulin.pool.services.enrol_loan import enrol_loan
from yulin.pool.services.enrol_table import Enrolled, Order, enrol_table
from yulin.pool.services.lifecycle import close_enrolment, lapse_conditional_enrolments, revoke_enrolment
from yulin.pool.services.move_enrolments import decide_move, propose_move
from yulin.pool.services.returns import record_returns
from yulin.pool.services.review import ask_bank, confirm_conditionally, refuse_enrolment
from yulin.rules.adapters.shipped import shipped_texts
from yulin.rules.services import draft_pack, publish_pack

pytestmark = pytest.mark.django_db
SCHEME, CEILING = "cn-tech-60", 3_000 * WAN
FACTS = {"has_valid_hnte": True, "is_specialised_new": False}
LAST_YEAR = {"disbursed_on": date(2025, 6, 2), "due_on": date(2026, 6, 2)}


@pytest.fixture
def law():
    make_demo_book(TODAY)
    return make_law(SCHEME, values=RULES)


@pytest.fixture
def clerk(law):
    return make_bank()[1]


def row(amount_fen: int, **fields: Any) -> dict[str, Any]:
    return loan(**guaranteed(None, loan_amount_fen=amount_fen, line_fen=CEILING, **(FACTS | fields)))


def stand(clerk, law, amount_fen: int, **fields: Any) -> Enrolment:
    one = row(amount_fen, **fields)
    return Enrolment.objects.get(pk=enrol(clerk, law, one).ids[one["row"]])


def codes(result: Enrolled) -> list[str]:
    """Return what was found, but that the bank may name its guarantor later."""
    return [code for code in result.findings.get_column("code") if code != "POOL.PARTY.NO_GUARANTOR"]


def is_taken(clerk, law, amount_fen: int, **fields: Any) -> bool:
    """File one loan, and tell whether it was enrolled; a refusal is for the ceiling alone."""
    result = enrol(clerk, law, row(amount_fen, **fields))
    assert codes(result) in ([], ["POOL.LIMIT.FIRM"]), codes(result)
    return result.enrolled == 1


def returned(one: Enrolment, outstanding_fen: int, *, status: str = "current", month: date = date(2026, 3, 1)) -> None:
    """Let the bank return one loan's balance of a month."""
    line = Taken(one.pk, outstanding_fen, 0, "normal", None, status, None)
    with transaction.atomic():
        record_returns(actor=SYSTEM_ACTOR, bank_id=one.bank_id, month=month, taken=[line])


def kept() -> dict[tuple[str, str], int]:
    return {(use.scheme_id, use.key): use.used_fen for use in LimitUse.objects.filter(kind="firm") if use.used_fen}


def recounted() -> dict[tuple[str, str], int]:
    """Count from the loans alone what each firm owes under each scheme."""
    owed: Counter[tuple[str, str]] = Counter()
    for one in Enrolment.objects.exclude(state__in=["closed", "revoked"]):
        owed[one.scheme_id, str(one.firm_id)] += min(one.outstanding_fen, one.enrolled_amount_fen)
    return {key: fen for key, fen in owed.items() if fen}


# The ceiling itself


@pytest.mark.parametrize(("more_fen", "fits"), [(-1, True), (0, True), (1, False)])
@pytest.mark.parametrize("fields", [{}, LAST_YEAR])
def test_the_ceiling_holds_to_the_fen_over_banks_and_years(law, clerk, fields, more_fen, fits):
    stand(clerk, law, 2_400 * WAN, **fields)
    assert is_taken(make_bank()[1], law, 600 * WAN + more_fen) is fits
    assert kept() == recounted()
    assert LimitUse.objects.get(kind="firm").period == ""


def test_a_refused_row_takes_nothing_and_a_smaller_one_after_it_fits(law, clerk):
    rows = [row(2_500 * WAN), row(500 * WAN + 1), row(500 * WAN), row(1, firm_code=FIRM_CODES[1])]
    result = enrol(clerk, law, *rows)
    assert sorted(result.ids) == [rows[0]["row"], rows[2]["row"], rows[3]["row"]]
    finding = next(one for one in result.findings.iter_rows(named=True) if one["code"] in codes(result))
    assert (finding["code"], finding["found"], finding["needed"]) == (
        "POOL.LIMIT.FIRM", "30,000,000.01", "30,000,000.00",
    )  # fmt: skip
    assert kept() == recounted()


def test_only_what_is_enrolled_counts(law, clerk):
    one = stand(clerk, law, 2_000 * WAN, eligible_amount_fen=1_500 * WAN)
    assert recounted() == {(SCHEME, str(one.firm_id)): 1_500 * WAN}
    returned(one, 1_800 * WAN)
    assert kept() == recounted() == {(SCHEME, str(one.firm_id)): 1_500 * WAN}
    returned(one, 1_000 * WAN, month=date(2026, 3, 1))
    assert kept() == recounted() == {(SCHEME, str(one.firm_id)): 1_000 * WAN}


def test_one_loan_by_the_form_or_the_api_says_what_to_do(law, clerk):
    stand(clerk, law, 2_800 * WAN)
    asked = {**row(200 * WAN + 1, loan_number="ONE"), "row": 1}
    for name in ("row", "size_class", *FACTS):
        asked.pop(name)
    facts = {**FACTS, "size_class": "small"}
    with pytest.raises(RowRefusedError) as refused:
        enrol_loan(actor=clerk, bank_id=clerk.organisation_id, scheme_id=SCHEME, loan=asked, facts=facts)
    assert refused.value.facts["codes"] == ["POOL.LIMIT.FIRM"]
    assert "腾出额度" in refused.value.hint.zh
    assert "repaid" in refused.value.hint.en
    asked["loan_amount_fen"] = 200 * WAN
    found = enrol_loan(actor=clerk, bank_id=clerk.organisation_id, scheme_id=SCHEME, loan=asked, facts=facts)
    assert found["enrolment_id"]


# What frees room, in the same transaction


ENDS = {
    "closed": lambda one: close_enrolment(
        actor=make_actor(Role.MANAGER_CLERK), enrolment_id=one.pk, on=date(2026, 4, 1), note="还款凭证"
    ),
    "revoked": lambda one: revoke_enrolment(
        actor=make_actor(Role.MANAGER_CHECKER), enrolment_id=one.pk, clause="第六条", note="用途不符"
    ),
    "paid": lambda one: returned(one, 0, status="paid"),
    "transferred": lambda one: returned(one, 0, status="transferred"),
    "purchased": lambda one: returned(one, 0, status="purchased"),
}


@pytest.mark.parametrize("end", list(ENDS))
def test_a_loan_that_ends_gives_its_room_back(law, clerk, end):
    one = stand(clerk, law, CEILING)
    assert not is_taken(clerk, law, 1)
    ENDS[end](one)
    assert kept() == recounted() == {}
    assert is_taken(clerk, law, CEILING)


@pytest.mark.parametrize("way", ["refused", "lapsed"])
def test_a_filing_that_never_stands_gives_its_room_back_and_one_given_back_keeps_it(law, clerk, way):
    one = stand(clerk, law, CEILING, has_valid_hnte=None)
    manager = make_actor(Role.MANAGER_CLERK)
    Enrolment.objects.filter(pk=one.pk).update(state="submitted")
    if way == "refused":
        refuse_enrolment(actor=manager, enrolment_id=one.pk, clause="第六条", note="未能证实")
    else:
        confirm_conditionally(actor=manager, enrolment_id=one.pk, condition="名单编号", until=date(2026, 4, 30))
        assert kept() == recounted() != {}
        assert lapse_conditional_enrolments(today=date(2026, 5, 1)) == 1
    assert kept() == recounted() == {}
    again = stand(clerk, law, CEILING)
    Enrolment.objects.filter(pk=again.pk).update(state="submitted")
    ask_bank(actor=manager, enrolment_id=again.pk, note="补充")
    assert kept() == recounted() == {(SCHEME, str(one.firm_id)): CEILING}


def test_a_repayment_in_the_monthly_return_frees_what_was_repaid(law, clerk):
    one = stand(clerk, law, CEILING)
    returned(one, 2_700 * WAN)
    assert kept() == recounted() == {(SCHEME, str(one.firm_id)): 2_700 * WAN}
    assert not is_taken(make_bank()[1], law, 300 * WAN + 1)
    assert is_taken(make_bank()[1], law, 300 * WAN)


def test_a_balance_that_rises_stands_and_leaves_no_room(law, clerk):
    one = stand(clerk, law, CEILING)
    returned(one, 2_000 * WAN, month=date(2026, 2, 1))
    assert is_taken(clerk, law, 1_000 * WAN)
    returned(one, 2_500 * WAN)  # the bank corrects itself: nobody's return is refused for the ceiling
    assert kept() == recounted() == {(SCHEME, str(one.firm_id)): 3_500 * WAN}
    assert not is_taken(clerk, law, 1)
    returned(one, 2_000 * WAN + 1)
    assert not is_taken(clerk, law, 1)
    returned(one, 2_000 * WAN - 1)
    assert not is_taken(clerk, law, 2)
    assert is_taken(clerk, law, 1)


def test_the_database_keeps_the_ceiling_too(law, clerk):
    stand(clerk, law, CEILING)
    with pytest.raises(IntegrityError), transaction.atomic():
        LimitUse.objects.filter(kind="firm").update(used_fen=CEILING + 1)


def test_debts_that_leave_the_balance_sheet_free_room_and_take_it_when_bought_back():
    make_demo_book(date(2022, 1, 19))
    clerk, checker = make_bank()[1], make_actor(Role.MANAGER_CHECKER, make_organisation(OrganisationKind.MANAGER))
    claims = make_debts(clerk, make_transfer_law())
    for claim in claims:  # a total is kept of their firms, as under a scheme with a ceiling
        key = firm_key(claim.enrolment.scheme_id, claim.enrolment.firm_id)
        use = {"scheme_id": key.scheme_id, "kind": key.kind.value, "key": key.key, "period": key.period}
        LimitUse.objects.create(**use, used_fen=recounted()[key.scheme_id, key.key])
    before = kept()
    assert before == recounted()
    package = make_approved(clerk, checker, claims)
    make_demo_book(date(2022, 1, 22))
    close_assignments(today=date(2022, 1, 22))
    assert kept() == recounted() == {}
    make_demo_book(date(2022, 2, 7))
    back = BuyBack(price_ratio_ppm=320_000, settles_on=date(2022, 2, 10), note="债权存在瑕疵")
    ask_back(actor=clerk, package_id=package.pk, version=None, terms=back)
    approve_request(actor=checker, package_id=package.pk, version=None)
    make_demo_book(date(2022, 2, 11))
    close_assignments(today=date(2022, 2, 11))
    assert kept() == recounted() == before


# Loans from before the ceiling


def make_versions():
    """Publish the plan twice: at first it bounds each loan, from March 2026 the balance of a firm."""
    maker, checker = make_actor(Role.AUTHORITY_OFFICER), make_actor(Role.AUTHORITY_CHECKER)
    texts = shipped_texts(SCHEME)
    law = texts["pack.yaml"]
    limits, layers = law.index("limits:"), law.index("layers:")
    before = law[:limits] + 'limits:\n  loan: {at_most: "wan(3_000)", clause: –}\n\n' + law[layers:]
    after = law.replace("{from: 2024-07-01}", "{from: 2026-03-01}")
    assert after != law
    cases = texts["cases.yaml"].splitlines(keepends=True)
    plain = "".join(line for line in cases if "filed" not in line)
    later = plain.replace("2025-06-01", "2026-06-01")
    for pack, tried in ((before, plain), (after, later)):
        drafted = {**texts, "pack.yaml": pack, "cases.yaml": tried}
        publish_pack(actor=checker, draft_id=draft_pack(actor=maker, texts=drafted, manager_values=RULES).pk)
        yield laws_of(SCHEME)


def test_loans_from_before_the_ceiling_count_nothing_is_undone_and_none_passes():
    make_demo_book(TODAY)
    versions, clerk = make_versions(), make_bank()[1]
    old = next(versions)
    rows = [row(2_000 * WAN), row(1_500 * WAN)]
    result = enrol(clerk, old[-1], *rows)
    assert result.enrolled == 2
    assert kept() == {}
    laws = next(versions)
    first = Enrolment.objects.get(pk=result.ids[rows[0]["row"]])
    new = {"disbursed_on": date(2026, 4, 1), "due_on": date(2027, 4, 1)}
    assert firm_balances(SCHEME, [first.firm_id]) == {first.firm_id: 3_500 * WAN}

    def filed(fen: int, **fields: Any) -> list[str]:
        return codes(enrol_all(clerk, laws, row(fen, **(new | fields))))

    assert filed(1) == ["POOL.LIMIT.FIRM"]
    assert kept() == recounted() == {(SCHEME, str(first.firm_id)): 3_500 * WAN}
    assert set(Enrolment.objects.values_list("state", flat=True)) <= {"active", "submitted"}
    assert filed(1, disbursed_on=date(2026, 1, 5)) == ["POOL.LIMIT.FIRM"]  # filed late under the version before
    returned(first, 1_500 * WAN + 1)
    assert filed(1) == ["POOL.LIMIT.FIRM"]
    returned(first, 1_400 * WAN)
    assert filed(100 * WAN + 1) == ["POOL.LIMIT.FIRM"]
    assert filed(100 * WAN) == []
    assert kept() == recounted() == {(SCHEME, str(first.firm_id)): 3_000 * WAN}


def enrol_all(clerk, laws, *rows):
    return enrol_table(actor=clerk, order=Order(clerk.organisation_id, laws), loans=loan_table(*rows))


# Moves between schemes


def make_replaced():
    """Publish Guangzhou 2018, and 2021 after it with a ceiling on what one firm owes."""
    old = make_law("gz-credit-2018")
    maker, checker = make_actor(Role.AUTHORITY_OFFICER), make_actor(Role.AUTHORITY_CHECKER)
    texts = shipped_texts("gz-credit-2021")
    law = texts["pack.yaml"]
    ceiling = law.replace("limits:\n", 'limits:\n  firm: {at_most: "wan(700)", clause: –}\n', 1)
    assert ceiling != law
    publish_pack(
        actor=checker, draft_id=draft_pack(actor=maker, texts={**texts, "pack.yaml": ceiling, "cases.yaml": "[]\n"}).pk
    )
    return old, laws_of("gz-credit-2021")[-1]


def test_a_move_takes_what_is_owed_and_keeps_back_what_passes_the_ceiling():
    make_demo_book(date(2022, 1, 19))
    old, new = make_replaced()
    lent = {"disbursed_on": date(2020, 8, 3), "due_on": date(2021, 8, 3)}
    ones = [make_enrolment(make_bank()[1], old, **lent) for _ in range(3)]
    Enrolment.objects.update(
        state="conditional", conditional_until=date(2022, 12, 31), ratio_bp={"city": 4000, "bank": 6000}
    )
    Enrolment.objects.filter(pk=ones[0].pk).update(outstanding_fen=220 * WAN)  # 220 + 480 fit, 480 more do not
    move = propose_move(
        actor=make_actor(Role.MANAGER_CLERK), from_pack=old.published_id, to_pack=new.published_id,
        rule=MoveRule.MOVE, note="局务会议定",
    )  # fmt: skip
    reasons = [one["reason"] for one in move.report["loans"]]
    assert reasons == ["", "", "POOL.LIMIT.FIRM"]
    decide_move(actor=make_actor(Role.AUTHORITY_CHECKER), move_id=move.pk, is_approved=True)
    firm = str(ones[0].firm_id)
    assert kept() == {(new.pack.id, firm): 700 * WAN}
    assert recounted() == {(new.pack.id, firm): 700 * WAN, (old.pack.id, firm): 480 * WAN}


# What a bank is told


def test_a_file_is_checked_against_what_the_firm_owes(law, clerk):
    other = make_bank()[1]
    stand(clerk, law, 2_600 * WAN)
    rows = [row(400 * WAN + 1), row(400 * WAN), row(1_000 * WAN, firm_code=FIRM_CODES[3])]
    upload = send(other, sheet_of(rows, {**LOAN_HEADS, "业务模式": "mode"}), scheme_id=SCHEME)
    found = UploadVerdict.objects.filter(upload=upload, code="POOL.LIMIT.FIRM").values_list("row", "message_zh")
    assert [row for row, _ in found] == [2]
    assert "30,000,000.01" in found[0][1]


@pytest.mark.parametrize(("fen", "covered"), [(200 * WAN, "met"), (200 * WAN + 1, "not_met")])
def test_the_answer_before_lending_names_what_is_owed_asked_allowed_and_next(law, clerk, fen, covered):
    stand(clerk, law, 2_800 * WAN)
    question = Question(
        scheme_id=SCHEME, on=date(2026, 4, 21), firm_code=FIRM_CODES[0],
        facts={**FACTS, "size_class": "small", "mode": "guarantee", "loan_amount": fen},
    )  # fmt: skip
    given = pre_loan_answer(clerk, question)
    room = next(room for room in given.answer["rooms"] if room["kind"] == "firm")
    assert (room["at_most"], room["used"], room["asked"]) == (CEILING, 2_800 * WAN, fen)
    assert (room["before"], room["after"]) == (200 * WAN, 200 * WAN - fen)
    line = next(line for line in given.answer["lines"] if line["id"] == "limits.firm")
    assert given.answer["covered"] == covered
    assert line["found"]["zh"].startswith("在保余额2,800.00万元，本笔200.00")
    assert ("还款结清" in line["found"]["zh"]) is (covered == "not_met")
    assert given.answer["refusals"] == ([] if covered == "met" else ["POOL.LIMIT.FIRM"])


def test_the_room_beside_a_loan_is_that_of_now(law, clerk):
    one = stand(clerk, law, 2_800 * WAN, **LAST_YEAR)
    returned(one, 1_000 * WAN)
    line = room_lines(law, firm_id=one.firm_id, bank_id=one.bank_id, year=2026)[0]
    assert (line.period, line.limit_fen, line.used_fen, line.left_fen) == ("", CEILING, 1_000 * WAN, 2_000 * WAN)
    page = make_client(Role.BANK_CLERK, one.bank).get(f"/zh-hans/enrolments/{one.pk}/").content.decode()
    assert "单户在保余额（各银行合计）" in page


# Any sequence


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=st.data())
def test_what_is_kept_of_each_firm_is_the_recount_of_its_loans(law, drawn):
    with transaction.atomic():
        clerks = [make_bank()[1] for _ in range(2)]
        for _ in range(drawn.draw(st.integers(3, 12))):
            _one_step(law, drawn, clerks)
            assert kept() == recounted()
            assert max(kept().values(), default=0) <= CEILING
        transaction.set_rollback(True)


def _one_step(law, drawn, clerks) -> None:
    standing = list(Enrolment.objects.exclude(state__in=["closed", "revoked"]).order_by("pk"))
    act = drawn.draw(st.sampled_from(["enrol", "repaid", "closed", "revoked", "paid"] if standing else ["enrol"]))
    if act == "enrol":
        fen, firm = drawn.draw(st.integers(1, 2_000)) * WAN, drawn.draw(st.sampled_from(FIRM_CODES[:2]))
        is_taken(drawn.draw(st.sampled_from(clerks)), law, fen, firm_code=firm)
        return
    one = drawn.draw(st.sampled_from(standing))
    if act == "repaid":
        returned(one, drawn.draw(st.integers(0, one.outstanding_fen)))
    elif one.state == "active" or act == "revoked":
        ENDS[act](one)


# Side by side


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_banks_at_once_never_pass_the_ceiling(law):
    clerks, fen = [make_bank()[1] for _ in range(20)], 170 * WAN + 1
    years = [{}, LAST_YEAR]
    rows = [row(fen, **years[place % 2]) for place in range(20)]
    results = at_once(*(lambda c=c, r=r: enrol(c, law, r) for c, r in zip(clerks, rows, strict=True)))
    assert sum(result.enrolled for result in results) == CEILING // fen == 17
    assert [codes(result) for result in results if not result.enrolled] == [["POOL.LIMIT.FIRM"]] * 3
    assert kept() == recounted()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_repayments_and_revocations_beside_new_loans_keep_the_balance_exact(law):
    clerks = [make_bank()[1] for _ in range(6)]
    ones = [stand(clerk, law, 500 * WAN) for clerk in clerks]
    works = [lambda one=one: returned(one, 100 * WAN) for one in ones[:3]]
    works += [lambda one=one: ENDS["revoked"](one) for one in ones[3:5]]
    works += [lambda: returned(ones[5], 0, status="paid")]
    works += [lambda clerk=clerk: enrol(clerk, law, row(900 * WAN)) for clerk in clerks]
    at_once(*works)
    assert kept() == recounted()
    use = LimitUse.objects.get(kind="firm")
    assert use.used_fen <= CEILING
    assert use.used_fen == 300 * WAN + 900 * WAN * Enrolment.objects.filter(loan_amount_fen=900 * WAN).count()
