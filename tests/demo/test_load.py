"""The demo book in a real database: the board computes the newspaper's figures, and the manager has work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import transaction

from yulin.atlas.models import Firm
from yulin.atlas.selectors.exports import exports_visible_to, waiting_exports
from yulin.atlas.selectors.firms import former_names
from yulin.atlas.selectors.identity import judged_candidates, open_candidates
from yulin.atlas.selectors.objections import objections_to
from yulin.atlas.selectors.portrait import SourcesNamed
from yulin.atlas.selectors.records import records_visible_to
from yulin.atlas.selectors.source_quality import source_shown
from yulin.base.text import Text
from yulin.brain.core.overlap import Outcome
from yulin.brain.models import ApprovedProject, ProjectFile
from yulin.brain.selectors.applications import application_page, applications_visible_to
from yulin.brain.selectors.check_up import own_firm
from yulin.brain.selectors.overlap import overlaps_of, proposal_of
from yulin.brain.selectors.radar import radar_of
from yulin.brain.selectors.stacking import firm_stack
from yulin.demo.book import demo_book
from yulin.demo.claims import SCHEMES
from yulin.demo.deliveries import old_name
from yulin.demo.ip_fund import SCHEME as FUND
from yulin.demo.load import Loaded, load_demo_book
from yulin.demo.park_list import planted_rows
from yulin.demo.rules import CERTIFICATE, CLAIMS, demo_actor
from yulin.demo.targets import BUSINESS_DATE
from yulin.exchange.enums import UploadState
from yulin.exchange.models import Upload
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import balance
from yulin.people.adapters.calendar import work_calendar
from yulin.people.enums import Role
from yulin.pool.core.postings import Place, clearing_account
from yulin.pool.models import (
    BoardSnapshot,
    Claim,
    DebtPackage,
    Enrolment,
    EnrolmentEvent,
    FeeCharge,
    LimitUse,
    Recovery,
    Voucher,
)
from yulin.pool.selectors.claim_parts import meetings_of, must_meet, waiting_instalments
from yulin.pool.selectors.enrolments import review_queue
from yulin.pool.selectors.reconciliation import differences
from yulin.pool.selectors.recoveries import debt_account, overdue_remittances
from yulin.pool.selectors.year_end import year_end_plan
from yulin.rules.selectors import pack_in_force

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

WAN, YI = 1_000_000, 10_000_000_000


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Loaded]:
    """The book of scale 1, loaded once for the module and rolled back at its end."""
    with django_db_blocker.unblock(), transaction.atomic(), scope(EVERYTHING):
        yield load_demo_book()
        transaction.set_rollback(True)
    clock.forget_pin()


def test_the_board_computes_the_newspapers_figures(loaded: Loaded) -> None:
    figures = BoardSnapshot.objects.get(as_of=date(2021, 12, 31)).figures
    assert (loaded.firms, figures["firms"]) == (6_550, 6_550)
    assert (figures["lines_fen"], figures["lent_fen"]) == (698 * YI, 504 * YI)
    assert (figures["iab_nem_firms"], figures["hnte_firms"]) == (3_748, 5_190)
    assert (figures["pure_credit_firms"], figures["units"]) == (4_835, 37)
    reached = {one["amount_fen"] // YI: one["reached_on"][:4] for one in figures["milestones"]}
    assert reached == {100: "2018", 300: "2020", 500: "2021"}


def test_the_manager_has_loans_of_several_banks_to_review(loaded: Loaded) -> None:
    queue = list(review_queue(demo_actor(Role.MANAGER_CLERK)))
    assert len(queue) == 15
    assert Counter(Counter(one.bank_id for one in queue).values()) == {3: 2, 4: 1, 5: 1}
    missing = Counter(tuple(one.missing) for one in queue)
    assert missing == {
        ("has_valid_hnte", "has_valid_techsme"): 11,
        ("district_code", "operating_district_code"): 4,
    }
    assert sum(one.loan_amount_fen == 2_990 * WAN for one in queue) == 5
    days = [one.submitted_on for one in queue]
    assert days == sorted(days)
    assert len(set(days)) == 4
    told = EnrolmentEvent.objects.filter(enrolment__in=[one.pk for one in queue]).values_list("enrolment_id", "at")
    assert {pk: clock.date_in_zone(at) for pk, at in told} == {one.pk: one.submitted_on for one in queue}


def test_a_checked_file_waits_for_its_bank(loaded: Loaded) -> None:
    states = Counter(Upload.objects.values_list("state", flat=True))
    assert states == {UploadState.CHECKED.value: 1, UploadState.ENROLLED.value: 4}


def test_every_loan_of_the_book_stands_under_a_decided_ratio(loaded: Loaded) -> None:
    counted = Enrolment.objects.filter(number__isnull=False)
    assert all(sum(ratio.values()) == 10_000 for ratio in counted.values_list("ratio_bp", flat=True).distinct())
    assert not counted.filter(ratio_clause="").exists()
    of_2018 = counted.filter(scheme_id="gz-credit-2018", district_code="440106")
    assert list(of_2018.order_by().values_list("ratio_bp", flat=True).distinct()) == [{"city": 5_000, "bank": 5_000}]


def test_the_value_of_the_manager_is_kept_and_never_called_verified(loaded: Loaded) -> None:
    version, pack = pack_in_force("gz-credit-2018", date(2020, 3, 2))
    assert version.manager_values == {"modes.bank.ratio.city": {"at": "50%"}, **CLAIMS, **CERTIFICATE}
    (row,) = pack.scheme.modes["bank"].ratios["city"].rows
    assert row.row.verified == "partly"
    assert "公开的只有上限50%" in row.row.note.zh


def test_third_parties_share_by_contract_within_the_pack(loaded: Loaded) -> None:
    ratios = Enrolment.objects.filter(mode="five_plus_x").values_list("scheme_id", "ratio_bp").order_by().distinct()
    assert sorted(ratios, key=str) == [
        ("gz-credit-2021", {"bank": 1_000, "city": 5_000, "guarantor": 4_000}),
        ("gz-credit-2021", {"bank": 1_000, "city": 5_000, "insurer": 1_500, "guarantor": 2_500}),
        ("gz-credit-2021", {"bank": 2_000, "city": 5_000, "insurer": 3_000}),
    ]
    named = Enrolment.objects.filter(mode="five_plus_x").values_list("guarantor__code", "insurer__code", "contract_bp")
    assert sorted(named.order_by().distinct(), key=str) == [
        ("GUARANTOR", "INSURER", {"guarantor": 2_500, "insurer": 1_500}),
        ("GUARANTOR", None, {"guarantor": 4_000}), (None, "INSURER", {"insurer": 3_000}),
    ]  # fmt: skip
    assert not Enrolment.objects.exclude(mode="five_plus_x").exclude(contract_bp={}).exists()


def test_every_total_that_is_kept_is_the_recount_of_the_loans(loaded: Loaded) -> None:
    owed: Counter[tuple[str, str, str, str]] = Counter()
    standing = Enrolment.objects.exclude(state="revoked").filter(firm__identifier_scheme="USCC")
    columns = ("scheme_id", "firm_id", "bank_id", "disbursed_on__year", "enrolled_amount_fen")
    for scheme, firm, bank, year, fen in standing.values_list(*columns).iterator():
        for kind, key in (("firm_year", str(firm)), ("bank", str(bank)), ("scheme", "")):
            owed[scheme, kind, key, str(year)] += fen
    kept = LimitUse.objects.filter(used_fen__gt=0).values_list("scheme_id", "kind", "key", "period", "used_fen")
    assert {(*key, fen) for key, fen in owed.items()} == set(kept)  # no scheme of the book has a ceiling of one firm


def test_a_renewal_follows_a_loan_that_was_paid(loaded: Loaded) -> None:
    renewals = list(Enrolment.objects.filter(predecessor__isnull=False).select_related("predecessor"))
    assert len(renewals) > 300
    for one in renewals:
        earlier = one.predecessor
        assert (earlier.firm_id, earlier.bank_id, earlier.state) == (one.firm_id, one.bank_id, "closed")
        assert 0 <= (one.disbursed_on - earlier.closed_on).days <= 60


def test_claims_stand_in_every_state_and_each_has_its_vouchers(loaded: Loaded) -> None:
    states = Counter(Claim.objects.values_list("state", flat=True))
    assert states == {
        "paid": 9, "approved": 2, "noticed": 2, "decided": 1, "denied": 1, "checked": 3, "reviewed": 1, "returned": 1,
        "submitted": 1, "draft": 2,
    }  # fmt: skip
    shared = Claim.objects.filter(enrolment__mode="five_plus_x").order_by("bank__code")
    assert [(one.bank.code, one.state, one.guarantor_id is None, one.insurer_id is None) for one in shared] == [
        ("B01", "noticed", False, True), ("B02", "checked", True, False),
    ]  # fmt: skip
    sheet = {line["party"]: line["amount_fen"] for line in shared[0].sheet["lines"]}
    assert sheet["guarantor"] * 10 == shared[0].loss_base_fen * 4
    for claim in Claim.objects.with_money():
        assert sum(claim.vouchers.values_list("amount_fen", flat=True)) == claim.public_fen > 0
    late = Claim.objects.open().filter(due_on__lt=date(2022, 1, 19))
    assert not late.exists()


def test_the_invented_fund_shows_fees_a_meeting_to_be_held_and_a_part_that_waits(loaded: Loaded) -> None:
    charged = FeeCharge.objects.filter(scheme_id=FUND).order_by("enrolment_id", "number")
    assert [(one.number, one.base_fen // WAN, one.amount_fen) for one in charged] == [
        (1, 360, 1_800_000), (2, 600, 3_000_000), (1, 240, 720_000), (1, 180, 540_000),
    ]  # fmt: skip
    waiting, in_parts = Claim.objects.filter(scheme_id=FUND).order_by("state").reverse()
    assert (waiting.state, must_meet(waiting), meetings_of(waiting)) == ("checked", True, [])
    (held,) = meetings_of(in_parts)
    assert (in_parts.state, held.held_on, len(held.members)) == ("approved", date(2022, 1, 7), 3)
    (second,) = waiting_instalments(in_parts)
    assert (second.instalment, second.due_on, len(second.choices)) == (2, None, 2)
    states = dict(in_parts.vouchers.values_list("instalment", "state"))
    assert (states, second.amount_fen * 4) == ({1: "paid", 2: "held"}, in_parts.public_fen)


def test_the_ledger_says_what_the_pool_says(loaded: Loaded) -> None:
    assert differences() == []
    paid = sum(Voucher.objects.filter(state="paid").values_list("amount_fen", flat=True))
    through = [balance(clearing_account(scheme_id)).posted_fen for scheme_id in (*SCHEMES, FUND)]
    assert sum(through) == -paid < 0
    assert balance(Place("gz-credit-2021", "city").account(AccountKind.BUDGET, 2022)).held_fen > 0


def test_paid_debts_show_money_that_came_back(loaded: Loaded) -> None:
    manager = demo_actor(Role.MANAGER_CLERK)
    assert Recovery.objects.exclude(source="sale").count() == 5
    first, second = Claim.objects.filter(state="paid", decided_on__year=2022).order_by("id")
    account = debt_account(manager, first.pk)
    standing = [one for one in account.recoveries if one.undone_on is None]
    assert (len(account.recoveries), len(standing)) == (4, 3)
    assert account.returned_fen == sum(one.net_fen for one in standing) > 0
    assert standing[1].carried_fen == 640_000  # costs above that receipt wait for the next
    assert 0 < account.remitted_fen < account.due_fen
    late = overdue_remittances(manager, today=date(2022, 1, 19))
    assert [(one.claim.pk, one.since) for one in late] == [(second.pk, date(2022, 1, 14))]


def test_packages_of_debts_stand_in_every_state(loaded: Loaded) -> None:
    states = Counter(DebtPackage.objects.values_list("state", flat=True))
    assert states == {
        "active": 2, "declined": 1, "bought_back": 1, "cancelled": 1, "approved": 1, "submitted": 1, "draft": 1,
    }  # fmt: skip
    sold = DebtPackage.objects.get(state="active", kind="to_amc")
    prices = Recovery.objects.filter(source="sale", reference=sold.number).values_list("gross_fen", flat=True)
    assert sum(prices) == sold.price_fen > 0
    plan = year_end_plan(demo_actor(Role.AUDITOR), today=date(2022, 1, 19), calendar=work_calendar())
    assert (len(plan.ready), plan.in_packages) == (1, 8)


def test_planted_duplicates_wait_beside_their_firm_and_planted_twins_are_never_merged(loaded: Loaded) -> None:
    planted = planted_rows(demo_book())
    beside = {(one.name, one.firm_id - 1): one for one in [*open_candidates(), *judged_candidates()]}
    duplicates = [row for row in planted if row.is_firm is not None]
    twins = [row for row in planted if row.is_firm is None and row.named_after is not None]
    assert [row.name for row in duplicates if (row.name, row.is_firm) not in beside] == []
    assert [row.name for row in twins if (row.name, row.named_after) not in beside] == []
    merged = {key for key, one in beside.items() if one.standing_is_same}
    assert merged == {(duplicates[0].name, duplicates[0].is_firm)}
    strangers = {row.name for row in planted if row.named_after is None}
    assert strangers.isdisjoint(name for name, _ in beside)
    assert all(one.reasons for one in beside.values())
    assert not Firm.objects.filter(name__in=strangers).exists()


def test_of_the_policies_that_the_demo_firm_can_have_the_best_combination_leaves_one_out_by_its_clause(
    loaded: Loaded,
) -> None:
    actor = demo_actor(Role.FIRM_USER)
    page = firm_stack(own_firm(actor), on=BUSINESS_DATE)
    said = {row.benefit.id: row.received_fen for row in page.taken}
    assert said == {"demo-city": 30 * WAN, "demo-matching": 6 * WAN}, "30 % of 300,000 is above the top-up's cap"
    assert page.best.total_fen == 36 * WAN
    assert page.runner_up is not None
    assert [one.id for one in page.runner_up.comes] == ["demo-district"]
    assert page.runner_up.less_fen == 26 * WAN
    (left,) = [row for row in page.left_out if row.benefit.id == "demo-district"]
    assert [rule.clause.article for _, rule in left.reasons] == ["第五条"]
    assert {row.benefit.policy_id for row in (*page.taken, left)} <= {
        line.version.policy_id for line in radar_of(page.firm, on=BUSINESS_DATE)
    }, "each leads to its policy"


def test_the_books_own_facts_are_said_to_come_from_it_in_both_languages(loaded: Loaded) -> None:
    assert SourcesNamed.of_now().source_name("演示账本") == Text("演示账本", "Demo book")


def test_a_submitted_application_overlaps_with_one_approved_project(loaded: Loaded) -> None:
    projects = ApprovedProject.objects.filter(is_current=True)
    assert (projects.count(), projects.filter(amount_fen=None).count()) == (39, 5)
    assert list(ProjectFile.objects.values_list("report__refused", flat=True)) == [0, 0]
    officer = demo_actor(Role.AUTHORITY_OFFICER)
    (application,) = applications_visible_to(officer)
    found = overlaps_of(proposal_of(application_page(officer, application.pk, clock.business_date())))
    assert {one.project.number: one.finding.outcome for one in found.found} == {
        "SLP-2020-001": Outcome.OVERLAPS, "SLP-2020-002": Outcome.SAME_NAME, "SLP-2020-003": Outcome.SAME_NAME,
    }  # fmt: skip


def test_what_firms_and_houses_do_about_facts_can_be_seen(loaded: Loaded) -> None:
    officer, checker = demo_actor(Role.AUTHORITY_OFFICER), demo_actor(Role.AUTHORITY_CHECKER)
    states = [getattr(one, "decision", None) for one in exports_visible_to(officer)]
    assert [one.is_approved if one else None for one in states] == [None, False, True]
    assert len(waiting_exports(checker)) == 1
    [record] = records_visible_to(officer)
    assert (record.is_ruled, record.statement.fact) == (False, "has_serious_dishonesty")
    [contested] = objections_to(officer)
    assert contested.fact == "equipment:SB0238-0"


def test_the_registers_files_say_a_former_name_and_a_field_that_holds_less(loaded: Loaded) -> None:
    firm = Firm.objects.get(former_names__source="register-extract")
    [bore] = former_names(firm)
    assert (bore.name, bore.held_until) == (old_name(firm.name), date(2021, 11, 30))
    shown = source_shown("register-extract")
    assert shown is not None
    capital = next(one for one in shown.fields if one.column == "注册资金")
    assert capital.trend == (10_000, 9_666, None)
    changes = Firm.objects.filter(former_names__source="name-changes")
    assert len({one.pk for one in changes}) == 2
