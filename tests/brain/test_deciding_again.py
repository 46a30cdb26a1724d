"""After an upheld objection check-up, kept and signed answers are decided again; what changed is kept, nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.brain.test_check_up_pages import make_firm
from tests.factories.firms import house_of, let_in
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation
from tests.factories.pool import FIRM_CODES, WAN, make_bank, make_law

from yulin.atlas.models import Firm, SignedAnswer, Statement
from yulin.atlas.services.answering import answer_question
from yulin.atlas.services.consenting import NewConsent, give_consent
from yulin.atlas.services.objecting import Verdict, contest_fact, decide_objection
from yulin.brain import tasks
from yulin.kit.row_security import organisation_scope, scope
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import AuditEntry, Notice
from yulin.pool.core.questions import Question, loan_facts
from yulin.pool.models import PreLoanAnswer, Redecision
from yulin.pool.services.answers import keep_answer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TODAY = date(2022, 1, 19)


class World:
    """A firm that holds a certificate by mistake, a bank with a kept answer, another bank with one that gave it."""

    def __init__(self) -> None:
        make_law()
        make_organisation(OrganisationKind.AUTHORITY)
        self.bank, self.other = make_bank("木棉示例银行")[0], make_bank("榕树示例银行")[0]
        self.firm = make_firm(FIRM_CODES[1], has_valid_hnte=True)
        self.house = house_of(self.firm)
        self.person = make_actor(Role.FIRM_USER, self.house)
        let_in(self.firm, self.bank, {"titles"}, self.house)

    def asks(self, bank, **given: object) -> PreLoanAnswer:
        on = date(2022, 1, 20)
        loan = loan_facts(amount_fen=480 * WAN, on=on, months=12, security="ip_pledge", mode="bank")
        question = Question("gz-credit-2021", on, {**loan, **given}, FIRM_CODES[1])
        return keep_answer(actor=make_actor(Role.BANK_CLERK, bank), question=question)

    def correct(self, fact: str, verdict: Verdict) -> None:
        made = contest_fact(actor=self.person, fact=fact, reason="证书已被撤销")
        officer = make_actor(Role.AUTHORITY_OFFICER, made.routed_to)
        decide_objection(actor=officer, objection_id=made.pk, verdict=verdict)
        run_waiting()


def run_waiting() -> int:
    """Do what waits, as the worker does; done twice it does nothing more."""
    jobs = list(ProcrastinateJob.objects.filter(task_name="brain.decide_again").order_by("id"))
    for job in jobs:
        tasks.decide_again(**job.args)
    return len(jobs)


@pytest.fixture
def world() -> World:
    make_demo_book(TODAY)
    return World()


def test_an_answer_that_rested_on_the_corrected_fact_is_decided_again_and_stays_as_given(world: World) -> None:
    rested, own_words = world.asks(world.bank), world.asks(world.other, has_valid_hnte=True)
    given = rested.answer
    world.correct("has_valid_hnte", Verdict(True, "证书已撤销", "否"))
    [again] = Redecision.objects.filter(kind="pre_loan_answer")
    assert (again.answer_id, again.organisation_id, again.fact) == (rested.pk, world.bank.pk, "has_valid_hnte")
    assert again.why == "corrected"
    assert again.changes[0]["what"]["en"] == "Answer"
    assert again.changes[0]["before"]["zh"] != again.changes[0]["after"]["zh"]
    rested.refresh_from_db()
    assert rested.answer == given
    assert not Redecision.objects.filter(answer=own_words).exists()  # the bank's own word is not the register's
    assert Notice.objects.filter(organisation=world.bank, kind="pool.redecision").count() == 1
    page = make_client(Role.BANK_CLERK, world.bank).get(f"/en/answers/{rested.token}/").content.decode()
    assert "Decided again after a correction" in page
    assert again.changes[0]["after"]["en"] in page


def test_the_check_up_says_what_changed_and_the_firm_is_told(world: World) -> None:
    world.correct("has_valid_hnte", Verdict(True, "证书已撤销", "否"))
    [again] = Redecision.objects.filter(kind="check_up")
    assert (again.firm_id, again.organisation_id) == (world.firm.pk, None)
    assert again.changes
    assert {tuple(sorted(one)) for one in again.changes} == {("after", "before", "what")}
    assert Notice.objects.filter(organisation=world.house, kind="pool.redecision").count() == 1
    page = make_client(Role.FIRM_USER, world.house).get(f"/zh-hans/check-up/{world.firm.pk}/").content.decode()
    assert "更正后重新认定" in page
    assert again.changes[0]["what"]["zh"] in page


def test_what_a_correction_leaves_as_it_was_is_kept_without_a_notice(world: World) -> None:
    Statement.objects.create(
        firm=world.firm, fact="has_serious_dishonesty", value=False, source="s", valid_from=date(2021, 1, 1)
    )
    world.correct("has_serious_dishonesty", Verdict(True, "名称更正", "否"))
    assert [one.changes for one in Redecision.objects.all()] == [[]]
    assert not Notice.objects.filter(kind="pool.redecision").exists()
    page = make_client(Role.FIRM_USER, world.house).get(f"/en/check-up/{world.firm.pk}/").content.decode()
    assert "Nothing is said otherwise." in page


def test_a_signed_answer_is_answered_again_without_a_value(world: World) -> None:
    asked = NewConsent(world.bank.pk, frozenset({"answers"}), "loan", date(2022, 6, 1))
    give_consent(actor=world.person, asked=asked)
    clerk = make_actor(Role.BANK_CLERK, world.bank)
    signed = answer_question(actor=clerk, firm=world.firm, question="technical-staff-10")
    assert signed.content["answer"] == "yes"
    world.correct("tech_staff_count", Verdict(True, "无法核实"))
    [again] = Redecision.objects.filter(kind="signed_answer")
    assert (again.signed_answer_id, again.organisation_id) == (signed.pk, world.bank.pk)
    assert [one["after"]["en"] for one in again.changes] == ["unknown"]
    assert SignedAnswer.objects.get().content == signed.content


def test_it_is_decided_once_for_each_correction(world: World) -> None:
    world.asks(world.bank)
    world.correct("has_valid_hnte", Verdict(True, "证书已撤销", "否"))
    rows = Redecision.objects.count()
    assert run_waiting() == 1
    assert Redecision.objects.count() == rows == AuditEntry.objects.filter(action="pool.decide_again").count()


def test_a_rejected_objection_decides_nothing_again(world: World) -> None:
    world.correct("has_valid_hnte", Verdict(False, "证书有效"))
    assert (run_waiting(), Redecision.objects.count()) == (0, 0)


def test_a_redecision_is_seen_by_who_holds_it_and_never_changed(world: World) -> None:
    world.asks(world.bank)
    world.correct("has_valid_hnte", Verdict(True, "证书已撤销", "否"))
    seen = {}
    for name, organisation in (("bank", world.bank), ("other", world.other), ("firm", world.house)):
        with scope(organisation_scope(organisation.pk)):
            seen[name] = set(Redecision.objects.values_list("kind", flat=True))
    assert seen == {"bank": {"pre_loan_answer"}, "other": set(), "firm": {"check_up", "pre_loan_answer"}}
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Redecision.objects.update(changes=[])
    assert Firm.objects.filter(pk=world.firm.pk).exists()
