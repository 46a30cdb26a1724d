"""What goes because its time is over: only under rules of two persons, never what is held or a decision rests on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from ruamel.yaml import YAML
from tests.factories.firms import house_of, make_firm
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation

from yulin.atlas.adapters.retention_rules import retention_rules
from yulin.atlas.adapters.statement_files import lake_root, statements_about
from yulin.atlas.enums import EndReason, HoldKind
from yulin.atlas.errors import FirmNotFoundError
from yulin.atlas.errors.retention import (
    HoldNotFoundError,
    RetentionChangedError,
    RetentionDecidedError,
    RetentionReasonError,
    RetentionRuleError,
    RetentionRuleUnknownError,
    RetentionSameHandsError,
)
from yulin.atlas.models import (
    Candidate,
    Firm,
    Objection,
    ObjectionDecision,
    Particular,
    Reading,
    Receipt,
    RetentionOrder,
    RetentionRun,
    SignedAnswer,
    Statement,
    StatementEnd,
)
from yulin.atlas.services.objecting import contest_fact
from yulin.atlas.services.recalling import Gone, recall_fact
from yulin.atlas.services.retaining import (
    decide_retention,
    due_on,
    end_retention,
    lift_hold,
    place_hold,
    propose_retention,
    run_retention,
)
from yulin.base.ids import make_uscc
from yulin.cli.atlas_retention import run_now, what_goes
from yulin.cli.atlas_sources import ingest_path
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry, Notice

pytestmark = pytest.mark.django_db
TODAY = date(2022, 1, 19)
LONG_AGO = datetime(2016, 1, 1, tzinfo=UTC)
CONDUCT = "is_on_abnormal_list"  # of the class conduct


class World:
    """An authority with two people, and a firm."""

    def __init__(self) -> None:
        make_demo_book(TODAY)
        self.authority = make_organisation(OrganisationKind.AUTHORITY)
        self.officer = make_actor(Role.AUTHORITY_OFFICER, self.authority)
        self.checker = make_actor(Role.AUTHORITY_CHECKER, self.authority)
        self.firm = make_firm()

    def approve(self, rule: str = "conduct-ended") -> RetentionOrder:
        order = propose_retention(actor=self.officer, rule_id=rule, reason="已核对条文与试算")
        decide_retention(actor=self.checker, order_id=order.pk, is_approved=True)
        return order

    def ended(self, on: date = date(2017, 1, 1), fact: str = CONDUCT, firm: Firm | None = None) -> Statement:
        return Statement.objects.create(
            firm=firm or self.firm, fact=fact, value=True, source="信用信息公示", valid_from=date(2015, 1, 1),
            valid_until=on, known_at=LONG_AGO,
        )  # fmt: skip

    def run(self) -> RetentionRun | None:
        made = run_retention(actor=SYSTEM_ACTOR, on=TODAY)
        return made[0] if made else None


@pytest.fixture
def world(tmp_path: Path, settings: object) -> World:
    settings.YULIN_HOME = tmp_path
    return World()


def change_rules(tmp_path: Path, **changes: object) -> None:
    """Write the instance's own rules: those that ship, with `conduct-ended` changed."""
    rules = {rule.id: dict(rule.content) for rule in retention_rules()}
    rules["conduct-ended"] |= changes
    with (tmp_path / "retention.yaml").open("w", encoding="utf-8") as out:
        YAML().dump({"rules": rules}, out)


def test_nothing_goes_before_two_persons_put_the_rule_in_force(world: World) -> None:
    said = world.ended()
    assert world.run() is None
    with pytest.raises(RetentionReasonError):
        propose_retention(actor=world.checker, rule_id="conduct-ended", reason=" ")
    with pytest.raises(RetentionRuleUnknownError):
        propose_retention(actor=world.checker, rule_id="none-such", reason="r")
    with pytest.raises(NotAllowedError):
        propose_retention(actor=make_actor(Role.AUDITOR), rule_id="conduct-ended", reason="r")
    order = propose_retention(actor=world.checker, rule_id="conduct-ended", reason="已核对")
    assert Notice.objects.filter(organisation=world.authority, kind="atlas.retention", done_on=None).count() == 1
    assert world.run() is None
    with pytest.raises(RetentionSameHandsError):
        decide_retention(actor=world.checker, order_id=order.pk, is_approved=True)
    with pytest.raises(NotAllowedError):
        decide_retention(actor=world.officer, order_id=order.pk, is_approved=True)
    with pytest.raises(RetentionDecidedError):
        propose_retention(actor=world.officer, rule_id="conduct-ended", reason="r")
    decide_retention(actor=make_actor(Role.AUTHORITY_CHECKER, world.authority), order_id=order.pk, is_approved=True)
    run = world.run()
    assert run is not None
    assert (run.due_count, run.gone_count, run.kept_for) == (1, 1, {})
    assert not Statement.objects.filter(pk=said.pk).exists()
    audit = AuditEntry.objects.get(action="atlas.run_retention")
    assert (audit.facts["rule"], audit.facts["gone"], audit.facts["then"]) == ("conduct-ended", 1, "delete")
    assert world.run() is None  # run twice, done once


@pytest.mark.parametrize(("ended_on", "goes"), [(18, True), (19, True), (20, False)])
def test_five_full_years_are_over_on_their_last_day(world: World, ended_on: int, *, goes: bool) -> None:
    said = world.ended(date(2017, 1, ended_on))
    world.approve()
    world.run()
    assert Statement.objects.filter(pk=said.pk).exists() != goes


def test_a_changed_rule_stops_until_two_persons_approve_it_anew(world: World, tmp_path: Path) -> None:
    world.approve()
    world.ended(date(2019, 6, 1))
    assert world.run() is None
    change_rules(tmp_path, years=2)
    assert world.run() is None
    waiting = propose_retention(actor=world.officer, rule_id="conduct-ended", reason="改为2年")
    change_rules(tmp_path, years=1)
    with pytest.raises(RetentionChangedError):
        decide_retention(actor=world.checker, order_id=waiting.pk, is_approved=True)
    with pytest.raises(RetentionReasonError):
        decide_retention(actor=world.checker, order_id=waiting.pk, is_approved=False)
    decide_retention(actor=world.checker, order_id=waiting.pk, is_approved=False, reasons="已再改动")
    assert world.run() is None
    world.approve()
    run = world.run()
    assert run is not None
    assert run.gone_count == 1
    (tmp_path / "retention.yaml").write_text("rules: [", encoding="utf-8")
    with pytest.raises(RetentionRuleError):
        world.run()


def test_a_rule_taken_out_of_force_deletes_nothing_more(world: World) -> None:
    order = world.approve()
    world.ended()
    end_retention(actor=world.officer, order_id=order.pk)
    end_retention(actor=world.officer, order_id=order.pk)
    assert world.run() is None
    world.approve()
    assert world.run() is not None


def _objection(world: World, said: Statement) -> Objection:
    return Objection.objects.create(
        firm=world.firm, fact=said.fact, said={}, reason="r", routed_to=world.authority, made_on=TODAY, due_on=TODAY
    )


def _reading(world: World, said: Statement, on: date = date(2016, 6, 1), **more: object) -> Reading:
    bank = make_organisation(OrganisationKind.BANK)
    return Reading.objects.create(
        firm=world.firm, organisation=bank, reader_name="示例", channel="page", basis=[], purpose="loan",
        classes=["conduct"], facts=[said.fact], facts_on=on, known_by=LONG_AGO + timedelta(days=99),
        **more,
    )  # fmt: skip


def _recall(world: World, said: Statement) -> None:
    _reading(world, said, on=date(2014, 1, 1))  # it received the fact, but not this statement
    assert recall_fact(
        actor=world.officer, firm=world.firm, fact=said.fact, gone=Gone(EndReason.EXPIRED, said.value, "end:1")
    )


def _decided(world: World, said: Statement) -> None:
    made = _objection(world, said)
    other = Objection.objects.create(
        firm=world.firm, fact="other", statement=said, said={}, reason="r", routed_to=world.authority, made_on=TODAY,
        due_on=TODAY,
    )  # fmt: skip
    for one in (made, other):
        ObjectionDecision.objects.create(objection=one, is_upheld=False, reasons="r", decided_on=TODAY)


def _answered(world: World, said: Statement) -> None:
    SignedAnswer.objects.create(
        firm=world.firm, question="q", content={}, signature="s", openings=[{"nonce": "n", "fact": said.fact}]
    )


HOLDS: dict[HoldKind, Callable[[World, Statement], object]] = {
    HoldKind.OBJECTION: _objection,
    HoldKind.RECALL: _recall,
    HoldKind.PLACED: lambda world, _: place_hold(
        actor=world.officer, firm_code=world.firm.identifier, reason="诉讼需要"
    ),
    HoldKind.DECIDED: _decided,
    HoldKind.READ: _reading,
    HoldKind.ANSWERED: _answered,
}


@pytest.mark.parametrize("kind", HOLDS)
def test_what_is_in_use_or_a_decision_rests_on_stays_with_its_reason(world: World, kind: HoldKind) -> None:
    said = world.ended()
    free = world.ended(firm=make_firm(2))
    HOLDS[kind](world, said)
    world.approve()
    before, _ = due_on(retention_rules()[0], TODAY)
    assert (before.due, before.goes, dict(before.kept_for)) == (2, 1, {kind: 1})
    assert [one[:3] for one in before.kept] == [(kind, world.firm.pk, CONDUCT)]
    run = world.run()
    assert run is not None
    assert (run.due_count, run.gone_count, run.kept_for) == (2, 1, {kind.value: 1})
    assert list(Statement.objects.filter(fact=CONDUCT)) == [said]
    assert not Statement.objects.filter(pk=free.pk).exists()


def test_a_hold_is_placed_and_lifted_with_a_reason(world: World) -> None:
    world.ended()
    world.approve()
    with pytest.raises(FirmNotFoundError):
        place_hold(actor=world.officer, firm_code="none-such", reason="r")
    with pytest.raises(RetentionReasonError):
        place_hold(actor=world.officer, firm_code=world.firm.identifier, reason="")
    hold = place_hold(actor=world.officer, firm_code=f" {world.firm.identifier} ", reason="诉讼需要")
    assert (world.run() or RetentionRun()).gone_count == 0
    lift_hold(actor=world.checker, hold_id=hold.pk)
    with pytest.raises(HoldNotFoundError):
        lift_hold(actor=world.checker, hold_id=hold.pk)
    assert (world.run() or RetentionRun()).gone_count == 1


def test_an_end_that_was_added_counts_and_goes_with_its_statement(world: World) -> None:
    said = Statement.objects.create(
        firm=world.firm, fact=CONDUCT, value=True, source="s", valid_from=date(2015, 1, 1), known_at=LONG_AGO
    )
    world.approve()
    assert world.run() is None  # what has not ended stays
    StatementEnd.objects.create(statement=said, ends_on=date(2017, 1, 1), why=str(EndReason.EXPIRED))
    assert (world.run() or RetentionRun()).gone_count == 1
    assert not StatementEnd.objects.exists()


COURT = "统一社会信用代码,类型,案号,法院,日期,涉案金额,结束日期\n"
CODES = [make_uscc("440112", serial) for serial in range(700, 710)]


def test_the_original_in_the_files_goes_too_and_the_rest_of_the_file_stays(world: World, tmp_path: Path) -> None:
    rows = [
        f"{CODES[0]},执行,1号,示例法院,2015-01-01,1,2016-01-01\n",
        f"{CODES[0]},执行,2号,示例法院,2015-01-01,1,2021-01-01\n",
        f"{CODES[1]},执行,3号,示例法院,2015-01-01,1,2016-01-01\n",
    ]
    path = tmp_path / "court.csv"
    path.write_text(COURT + "".join(rows), encoding="utf-8")
    ingest_path("court-extract", path)
    place_hold(actor=world.officer, firm_code=CODES[1], reason="调查")
    world.approve("court-ended")
    run = world.run()
    assert run is not None
    assert (run.due_count, run.gone_count, run.kept_for) == (2, 1, {"placed": 1})
    assert sorted(Particular.objects.values_list("key", flat=True)) == ["2号:执行", "3号:执行"]
    left = pl.concat([statements_about(code) for code in CODES[:2]])
    assert sorted(left.filter(predicate="number")["value"]) == ["2号", "3号"]
    assert set(left["row"]) == {3, 4}


def test_what_stands_in_files_alone_goes_too(world: World, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    head = "企业名称,统一社会信用代码,注册日期,经营范围\n"
    path.write_text(f"{head}示例甲有限公司,{CODES[2]},2010-01-01,软件\n示例乙有限公司,{CODES[3]},2010-01-01,硬件\n")
    ingest_path("register-extract", path, date(2015, 1, 1))
    place_hold(actor=world.officer, firm_code=CODES[3], reason="调查")
    change_rules(tmp_path, classes=["basics"], since="valid_from")
    world.approve()
    world.run()
    assert statements_about(CODES[2]).filter(pl.col("predicate") != "registered_on").is_empty()
    assert "硬件" in statements_about(CODES[3])["value"].to_list()


def test_the_quarantine_of_a_file_goes_after_a_year_unless_an_identity_waits(world: World, tmp_path: Path) -> None:
    for number in (1, 2):
        path = tmp_path / f"{number}.csv"
        path.write_text(COURT + f"x,执行,{number}号,示例法院,2015-01-01,1,\n", encoding="utf-8")
        ingest_path("court-extract", path)
    first, second = Receipt.objects.order_by("pk")
    Receipt.objects.update(known_at=datetime(2021, 1, 18, 17, tzinfo=UTC))  # the 19th in Guangzhou
    Candidate.objects.create(
        receipt=second, row=2, name="示例", record={}, firm=world.firm, points=1, reasons=[["甲", "A"]]
    )
    world.approve("quarantine")
    run = world.run()
    assert run is not None
    assert (run.due_count, run.gone_count, run.kept_for) == (2, 1, {"judging": 1})
    [left] = (lake_root() / "quarantine").rglob("*.parquet")
    assert second.file_sha256[:16] in str(left)
    assert first.file_sha256[:16] not in str(left)


def test_names_of_readers_are_masked_and_the_reading_stays(world: World) -> None:
    last_day = datetime(2019, 1, 19, 3, tzinfo=UTC)
    read = _reading(world, world.ended(), read_at=last_day, user_id=world.officer.user_id)
    young = _reading(world, world.ended(), read_at=last_day + timedelta(days=1))
    world.approve("readers")
    world.run()
    found = Reading.objects.get(pk=read.pk)
    assert (found.reader_name, found.user_id, found.organisation_id, found.facts) == (
        "***", None, read.organisation_id, [CONDUCT]
    )  # fmt: skip
    assert Reading.objects.get(pk=young.pk).reader_name == "示例"
    assert world.run() is None


def say_run(held: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yulin.retention', %s, true)", [held])


def test_the_database_lets_nothing_go_outside_an_approved_run(world: World) -> None:
    said = world.ended()
    order = propose_retention(actor=world.officer, rule_id="conduct-ended", reason="r")
    run = RetentionRun.objects.create(order=order, ran_on=TODAY)
    for held in ("", str(run.pk), "x"):
        say_run(held)
        with pytest.raises(IntegrityError), transaction.atomic():
            Statement.objects.filter(pk=said.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.filter(pk=said.pk).update(value=False)
    decide_retention(actor=world.checker, order_id=order.pk, is_approved=True)
    say_run(str(run.pk))
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.filter(pk=said.pk).update(value=False)  # a run deletes statements, it changes none
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRun.objects.filter(pk=run.pk).update(due_count=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionOrder.objects.filter(pk=order.pk).update(reason="other")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(-3, 3), st.booleans(), st.booleans()), max_size=6))
def test_exactly_what_is_due_and_held_by_nothing_goes(world: World, things: list[tuple[int, bool, bool]]) -> None:
    """Property: whatever else is there, a thing goes if, and only if, its years are over and nothing holds it."""
    with transaction.atomic():
        world.approve()
        stays = []
        for number, (days, is_held, is_read) in enumerate(things):
            firm = make_firm(100 + number)
            said = world.ended(date(2017, 1, 19) + timedelta(days=days), firm=firm)
            if is_held:
                place_hold(actor=world.officer, firm_code=firm.identifier, reason="r")
            if is_read:
                world.firm = firm
                _reading(world, said)
            if days > 0 or is_held or is_read:
                stays.append(said.pk)
        run = world.run()
        assert sorted(Statement.objects.filter(fact=CONDUCT).values_list("pk", flat=True)) == stays
        assert (run.gone_count if run else 0) == len(things) - len(stays)
        assert world.run() is None or run is not None
        transaction.set_rollback(True)


def test_the_command_says_what_goes_and_touches_nothing_until_it_is_told_to(world: World) -> None:
    world.ended()
    world.ended(firm=make_firm(2))
    contest_fact(actor=make_actor(Role.FIRM_USER, house_of(world.firm)), fact="staff_count", reason="r")
    _objection(world, Statement.objects.filter(firm=world.firm, fact=CONDUCT).get())
    said = {one["rule"]: one for one in what_goes()}
    one = said["conduct-ended"]
    assert (one["state"], one["due"], one["goes"], one["kept_for"]) == ("not_in_force", 2, 1, {"objection": 1})
    assert one["basis"] == "《征信业管理条例》（国务院令第631号） 第十六条"
    assert [(thing["firm"], thing["why"]) for thing in one["kept"]] == [
        (world.firm.identifier, "an objection is open")
    ]  # fmt: skip
    assert {each["due"] for name, each in said.items() if name != "conduct-ended"} == {0}
    assert [(thing["what"], thing["goes_on"]) for thing in one["going"]] == [(CONDUCT, date(2022, 1, 1))]
    assert {one["rule"]: one["due"] for one in what_goes(date(2021, 12, 31))}["conduct-ended"] == 0
    assert run_now() == []
    world.approve()
    assert {one["rule"]: one["state"] for one in what_goes()}["conduct-ended"] == "in_force"
    assert Statement.objects.filter(fact=CONDUCT).count() == 2
    [run] = run_now()
    assert (run["rule"], run["due"], run["gone"], run["kept_for"]) == ("conduct-ended", 2, 1, {"objection": 1})


def test_two_persons_work_on_the_page_and_the_auditor_reads_it(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    _objection(world, world.ended())
    world.ended(date(2017, 5, 1), firm=make_firm(2))
    officer = make_client(Role.AUTHORITY_OFFICER, world.authority)
    checker = make_client(Role.AUTHORITY_CHECKER, world.authority)
    page = officer.get("/zh-hans/retention/").content.decode()
    assert "《征信业管理条例》（国务院令第631号） 第十六条" in page
    assert "1项：0项处理，1项保留" in page
    assert "异议办理中" in page
    assert "审批</summary>" not in page
    assert '接下来处理的 <span class="yl-3">1</span>' in page
    assert "2022-05-01" in page or "2022年5月1日" in page
    answer = officer.post("/en/retention/rules/conduct-ended/propose/", {"reason": "checked"}, follow=True)
    assert "Proposed; another person decides" in answer.content.decode()
    order = RetentionOrder.objects.get()
    assert "Decide on 1 rule of retention" in checker.get("/en/home/").content.decode()
    checker.post(f"/en/retention/orders/{order.pk}/decide/", {"verdict": "approved"})
    assert "In force" in checker.get("/en/retention/").content.decode()
    held = {"firm_code": world.firm.identifier, "reason": "lawsuit"}
    assert "lawsuit" in officer.post("/en/retention/holds/", held, follow=True).content.decode()
    world.run()
    auditor = make_client(Role.AUDITOR)
    auditor.get("/en/retention/")
    with django_assert_max_num_queries(110):
        seen = auditor.get("/en/retention/").content.decode()
    assert "the authority holds it" in seen
    assert "<form" not in seen.partition("<main")[2]
    officer.post(f"/en/retention/orders/{order.pk}/end/")
    assert "Not in force" in officer.get("/en/retention/").content.decode()
