"""Rows without a code: raised beside the firms that they may be, judged by persons, shown to staff and nobody else."""

from __future__ import annotations

from datetime import date, datetime
from itertools import permutations
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.firms import house_of, let_in
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation

from yulin.atlas.adapters.shipped_sources import contract_and_content
from yulin.atlas.adapters.statement_files import drop_quarantine
from yulin.atlas.core.access import OF_ITSELF
from yulin.atlas.enums import EndReason
from yulin.atlas.errors import AlreadyOneFirmError, CandidateNotFoundError, JudgementReasonError
from yulin.atlas.models import Candidate, Firm, IdentityJudgement, Particular, RecallNotice, Statement, StatementEnd
from yulin.atlas.selectors import facts_of
from yulin.atlas.selectors.identity import candidates_beside, judged_candidates, open_candidates
from yulin.atlas.selectors.portrait import portrait_of
from yulin.atlas.services import Delivery, ingest_file
from yulin.atlas.services.identifying import judge_candidate, raise_candidates
from yulin.base.ids import make_uscc
from yulin.demo.book import demo_book
from yulin.demo.extracts import Planted, PlantedRecord, planted_records
from yulin.kit import clock
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import AuditEntry, Organisation

pytestmark = pytest.mark.django_db
HEAD = "统一社会信用代码,企业名称,注册日期,注册地址\n"
TWINS = [make_uscc("440112", serial) for serial in (1, 2)]
REGISTER = (
    HEAD
    + f"{TWINS[0]},广州云衡示例科技有限公司,2012-03-05,一路1号\n"
    + f"{TWINS[1]},广州云衡示例科技有限公司,,二路2号\n"
    + f"{make_uscc('440112', 3)},深圳启明示例软件有限公司,2015-01-01,三路3号\n"
)
NAMELESS = HEAD + ",广州云衡示例科技有限责任公司,2012-03-05,一路1号\n,广州远岚示例材料有限公司,2012-03-05,四路\n"


@pytest.fixture(autouse=True)
def _own_lake(tmp_path: Path, settings: object) -> None:
    settings.YULIN_HOME = tmp_path / "home"
    make_demo_book()


def take_in(folder: Path, name: str, text: str, source: str = "register-extract") -> None:
    (folder / name).write_text(text, encoding="utf-8")
    contract, content = contract_and_content(source)
    delivery = Delivery(folder / name, date(2021, 12, 31))
    ingest_file(actor=SYSTEM_ACTOR, contract=contract, content=content, delivery=delivery)


@pytest.fixture
def raised(tmp_path: Path) -> list[Candidate]:
    take_in(tmp_path, "register.csv", REGISTER)
    take_in(tmp_path, "nameless.csv", NAMELESS)
    return list(open_candidates())


def test_a_row_without_a_code_waits_beside_each_firm_of_its_name_and_twins_stay_two(raised: list[Candidate]) -> None:
    assert Firm.objects.filter(identifier__in=TWINS).count() == 2
    assert [one.firm.identifier for one in raised] == TWINS  # the one founded on the same day first
    assert {one.name for one in raised} == {"广州云衡示例科技有限责任公司"}
    assert any("2012-03-05" in english for _, english in raised[0].reasons)
    assert AuditEntry.objects.filter(action="atlas.raise_candidates").count() == 1


def test_only_the_new_file_is_looked_at_and_raising_again_changes_nothing(raised: list[Candidate]) -> None:
    receipt = raised[0].receipt
    assert raise_candidates(actor=SYSTEM_ACTOR, receipt=receipt) == 0
    assert Candidate.objects.count() == 2


def test_a_judgement_settles_the_row_is_kept_and_can_be_taken_back(raised: list[Candidate]) -> None:
    clerk = make_actor(Role.MANAGER_CLERK)
    judge_candidate(actor=clerk, candidate_id=raised[0].pk, is_same=True, reason="营业执照")
    assert list(open_candidates()) == []
    with pytest.raises(AlreadyOneFirmError):
        judge_candidate(actor=clerk, candidate_id=raised[1].pk, is_same=True, reason="电话")
    judge_candidate(actor=clerk, candidate_id=raised[0].pk, is_same=False, reason="执照系另一家")
    assert list(open_candidates()) == [raised[1]]
    assert [one.standing_is_same for one in judged_candidates()] == [False]
    assert list(candidates_beside(raised[0].firm_id)) == []
    judge_candidate(actor=clerk, candidate_id=raised[1].pk, is_same=True, reason="电话核实")
    assert [one.standing_reason for one in candidates_beside(raised[1].firm_id)] == ["电话核实"]
    assert IdentityJudgement.objects.count() == 3
    assert AuditEntry.objects.filter(action="atlas.judge_identity").count() == 3


def test_the_order_in_which_judgements_are_written_changes_nothing(raised: list[Candidate]) -> None:
    made = [
        {"is_same": is_same, "reason": str(place), "judged_at": f"2022-01-1{place}T09:00:00+08:00"}
        for place, is_same in ((1, True), (2, False), (2, True), (0, True))
    ]
    found = set()
    for order in permutations(made):
        with transaction.atomic():
            for one in order:
                IdentityJudgement.objects.create(candidate=raised[0], judged_by_name="王", **one)
            found.add(tuple(judged_candidates().values_list("standing_is_same", flat=True)))
            transaction.set_rollback(True)
    assert found == {(False,)}


def test_a_judgement_needs_a_candidate_and_a_reason_and_is_never_changed(raised: list[Candidate]) -> None:
    clerk = make_actor(Role.MANAGER_CLERK)
    with pytest.raises(CandidateNotFoundError):
        judge_candidate(actor=clerk, candidate_id=0, is_same=True, reason="x")
    with pytest.raises(JudgementReasonError):
        judge_candidate(actor=clerk, candidate_id=raised[0].pk, is_same=True, reason=" ")
    judge_candidate(actor=clerk, candidate_id=raised[0].pk, is_same=True, reason="营业执照")
    for rows in (IdentityJudgement.objects.all(), Candidate.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.delete()


def test_staff_judge_on_the_page_and_read_why_on_the_firms(raised: list[Candidate]) -> None:
    client = make_client(Role.MANAGER_CLERK)
    queue = client.get("/en/identity/").content.decode()
    assert queue.count("Same name, not confirmed") == 2
    assert "Same founding day: 2012-03-05" in queue
    first = raised[0]
    portrait = f"/en/firms/{first.firm_id}/"
    assert "Same name, not confirmed" in client.get(portrait).content.decode()
    answer = client.post(f"/en/identity/{first.pk}/judge/", {"same": "yes", "reason": "Licence seen"}, follow=True)
    assert "Nothing waits" in answer.content.decode()
    shown = client.get(portrait).content.decode()
    assert "One firm" in shown
    assert "Licence seen" in shown
    assert client.post(f"/en/identity/{first.pk}/judge/", {"same": "yes", "reason": ""}).status_code == 422
    assert "Licence seen" in client.get("/en/identity/?state=judged").content.decode()


def test_a_name_alone_is_shown_to_nobody_but_staff(raised: list[Candidate]) -> None:
    firm = raised[0].firm
    auditor = make_client(Role.AUDITOR).get(f"/en/firms/{firm.pk}/")
    assert auditor.status_code == 200
    assert "not confirmed" not in auditor.content.decode()
    assert make_client(Role.AUDITOR).get("/en/identity/").status_code == 403
    assert make_client(Role.BANK_CLERK).get("/en/identity/").status_code == 403


def test_a_court_record_that_only_names_a_firm_is_told_to_staff_as_unconfirmed_and_counts_for_nobody(
    tmp_path: Path,
) -> None:
    take_in(tmp_path, "register.csv", REGISTER)
    head = "统一社会信用代码,企业名称,案号,类型,法院,日期,结束日期\n"
    text = f"{head},广州云衡示例科技有限公司,（2021）粤示民初7号,买卖合同纠纷,示例法院,2021-05,-\n"
    take_in(tmp_path, "court.csv", text, "court-extract")
    assert not Particular.objects.exists()
    assert [one.firm.identifier for one in open_candidates()] == TWINS
    clerk, firm = make_client(Role.MANAGER_CLERK), Firm.objects.get(identifier=TWINS[0])
    for page in ("/en/identity/", f"/en/firms/{firm.pk}/"):
        shown = clerk.get(page).content.decode()
        assert "Same name, not confirmed" in shown
        assert all(told in shown for told in ("Case number", "（2021）粤示民初7号", "示例法院"))
        assert "Ended on" not in shown
    assert "民初7号" not in make_client(Role.AUDITOR).get(f"/en/firms/{firm.pk}/").content.decode()


def test_the_queue_asks_the_database_as_often_for_many_as_for_one(raised: list[Candidate]) -> None:
    client = make_client(Role.MANAGER_CLERK)
    client.get("/en/identity/")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get("/en/identity/")
        counts.append(len(asked))
        IdentityJudgement.objects.create(candidate=raised[1], is_same=False, reason="x", judged_by_name="王")
    assert counts[0] == counts[1]


MISTYPED = (
    ",广州云横示例科技有限公司,2012-03-05,一路1号\n"  # one character of the first twin's brand, day and address agree
    ",深圳启名示例软件有限公司,2015-01-01,九路9号\n"  # the day alone agrees
    ",深圳启名示例软件有限公司,2015-01-01,三路3号\n"  # day and address agree
    ",深圳启明示列软件有限公司,2015-01-01,三路3号\n"  # mistyped behind the brand
    ",深圳启名示列软件有限公司,2015-01-01,三路3号\n"  # two characters are too many
)


def test_a_mistyped_name_waits_beside_its_firm_where_two_facts_agree_and_never_joins(tmp_path: Path) -> None:
    take_in(tmp_path, "register.csv", REGISTER)
    take_in(tmp_path, "mistyped.csv", HEAD + MISTYPED)
    found = {(one.row, one.firm.name): one for one in open_candidates()}
    assert sorted(found) == [
        (2, "广州云衡示例科技有限公司"), (4, "深圳启明示例软件有限公司"), (5, "深圳启明示例软件有限公司"),
    ]  # fmt: skip
    first = found[2, "广州云衡示例科技有限公司"]
    assert first.firm.identifier == TWINS[0]  # not the twin of another day and address
    said = {english.split(":")[0] for _, english in first.reasons}
    assert said == {"Different names, one character apart, perhaps a slip", "Same founding day", "Same address"}
    assert Firm.objects.count() == 3
    assert not IdentityJudgement.objects.exists()


def test_an_address_that_agrees_puts_a_twin_first_and_one_that_does_not_hides_none(raised: list[Candidate]) -> None:
    assert [any("Same address" in english for _, english in one.reasons) for one in raised] == [True, False]
    assert [one.firm.identifier for one in raised] == TWINS


@pytest.mark.slow
def test_planted_slips_wait_beside_their_firms_and_planted_twins_stay_two(tmp_path: Path) -> None:
    """Through the whole intake: each row mistyped in its name finds its firm; nothing is joined, least of all twins."""
    planted = planted_records(demo_book(), 400)
    coded = [one for one in planted if one.planted in {Planted.FIRM, Planted.TWIN}]
    bare = [
        one for one in planted if one.planted in {Planted.BARE_DUPLICATE, Planted.BARE_TWIN} and "code" not in one.cells
    ]

    def lines(some: list[PlantedRecord]) -> str:
        facts = ("code", "name", "founded_on", "address")
        return HEAD + "".join(",".join(one.cells.get(fact, "") for fact in facts) + "\n" for one in some)

    take_in(tmp_path, "register.csv", lines([*coded, *bare]))
    code_of = {one.is_of: one.cells["code"] for one in coded if one.planted is Planted.FIRM}
    beside: dict[int, set[str]] = {}
    for row, code in open_candidates().values_list("row", "firm__identifier"):
        beside.setdefault(row, set()).add(code)
    slips = {row: code_of[one.is_of] for row, one in enumerate(bare, start=len(coded) + 2) if one.error == "wrong_sign"}
    assert len(slips) >= 15
    assert [row for row, code in slips.items() if code not in beside.get(row, ())] == []
    assert Firm.objects.count() == len({one.cells["code"] for one in coded})
    assert not IdentityJudgement.objects.exists()


STAFFED = "统一社会信用代码,企业名称,注册日期,注册地址,注册资金\n"


def _facts(firm: Firm, known_at: datetime | None = None) -> dict[str, tuple[object, str]]:
    """Return what a portrait says today, by fact: value, and on what it rests where that is no code."""
    found = portrait_of(firm, OF_ITSELF, on=clock.business_date(), known_at=known_at or clock.now())
    lines = [line for section in found.sections for line in section.lines]
    return {line.fact: (line.said.value, line.said.basis.en if line.said.basis else "") for line in lines}


def test_a_row_judged_one_firm_brings_its_statements_with_their_source_and_why(raised: list[Candidate]) -> None:
    firm, clerk = raised[0].firm, make_actor(Role.MANAGER_CLERK)
    assert _facts(firm)["address"] == ("一路1号", "")
    take_in_before = Statement.objects.count()
    judged = judge_candidate(actor=clerk, candidate_id=raised[0].pk, is_same=True, reason="营业执照")
    made = {one.fact: one for one in Statement.objects.filter(receipt=raised[0].receipt)}
    assert set(made) == {"registered_on", "address"}  # a name is how it was recognised, not what the firm is called
    assert judged.brought["statements"] == 2
    assert Statement.objects.count() == take_in_before + 2
    address = made["address"]
    assert (address.source, address.row, address.original, address.known_at) == (
        "register-extract", 2, "一路1号", judged.judged_at,
    )  # fmt: skip
    value, why = _facts(firm)["address"]
    assert value == "一路1号"
    assert "carries no code; judged this firm on" in why
    assert "营业执照" in why
    assert facts_of([firm.pk], on=date(2022, 1, 1), known_at=clock.now())[firm.pk]["address"].value == "一路1号"
    firm.refresh_from_db()
    assert firm.name == "广州云衡示例科技有限公司"


def test_a_judgement_said_twice_or_the_file_taken_in_again_doubles_nothing(
    raised: list[Candidate], tmp_path: Path
) -> None:
    clerk = make_actor(Role.MANAGER_CLERK)
    for reason in ("营业执照", "再次核对"):
        judge_candidate(actor=clerk, candidate_id=raised[0].pk, is_same=True, reason=reason)
    take_in(tmp_path, "again.csv", NAMELESS)
    assert Statement.objects.filter(receipt=raised[0].receipt).count() == 2
    assert Candidate.objects.count() == 2


def test_taken_back_it_has_gone_from_today_and_stands_as_it_was_known_before(raised: list[Candidate]) -> None:
    firm, clerk = raised[0].firm, make_actor(Role.MANAGER_CLERK)
    text = HEAD + ",广州云衡示例科技有限公司,2012-03-05,九路9号\n"
    take_in(Path(settings.YULIN_HOME).parent, "later.csv", text)
    [later] = [one for one in open_candidates() if one.receipt_id != raised[0].receipt_id and one.firm_id == firm.pk]
    judge_candidate(actor=clerk, candidate_id=later.pk, is_same=True, reason="电话核实")
    between = clock.now()
    assert _facts(firm)["address"][0] == "九路9号"
    judge_candidate(actor=clerk, candidate_id=later.pk, is_same=False, reason="系另一家")
    assert _facts(firm)["address"] == ("一路1号", "")
    assert _facts(firm, between)["address"][0] == "九路9号"
    ends = StatementEnd.objects.filter(statement__receipt=later.receipt)
    assert set(ends.values_list("why", flat=True)) == {EndReason.OTHER_FIRM}
    assert Statement.objects.filter(receipt=later.receipt).count() == 2  # none was changed or deleted
    judge_candidate(actor=clerk, candidate_id=later.pk, is_same=True, reason="又核实")
    assert _facts(firm)["address"][0] == "九路9号"


def test_partners_that_read_it_meanwhile_are_told_to_drop_it_and_those_of_before_are_not(
    raised: list[Candidate],
) -> None:
    firm, clerk = raised[0].firm, make_actor(Role.MANAGER_CLERK)
    house = house_of(firm)
    banks = [make_organisation(OrganisationKind.BANK) for _ in range(3)]
    for bank in banks:
        let_in(firm, bank, {"basics"}, house)

    def read(bank: Organisation) -> dict[str, object]:
        answer = make_client(Role.BANK_CLERK, bank).get(f"/api/v1/atlas/firms/{firm.identifier}/portrait").json()
        return {fact["fact"]: fact for section in answer["classes"] for fact in section["facts"]}["address"]

    assert read(banks[0])["basis"] is None
    judge_candidate(actor=clerk, candidate_id=raised[0].pk, is_same=True, reason="内部线索")
    for bank in banks[1:]:
        basis = read(bank)["basis"]
        assert "carries no code" in basis["en"]
        assert "内部线索" not in basis["zh"]  # who judged and why is for staff and the firm
    judge_candidate(actor=clerk, candidate_id=raised[0].pk, is_same=False, reason="系另一家")
    told = RecallNotice.objects.filter(recall__fact="address")
    assert sorted(told.values_list("organisation", flat=True)) == sorted(bank.pk for bank in banks[1:])
    assert {one.recall.why for one in told} == {EndReason.OTHER_FIRM}
    assert read(banks[1])["basis"] is None


def test_a_court_record_judged_a_firms_stands_on_its_portrait_and_goes_again(tmp_path: Path) -> None:
    take_in(tmp_path, "register.csv", REGISTER)
    head = "统一社会信用代码,企业名称,案号,类型,法院,日期,结束日期\n"
    text = f"{head},广州云衡示例科技有限公司,（2021）粤示民初7号,买卖合同纠纷,示例法院,2021-05,-\n"
    take_in(tmp_path, "court.csv", text, "court-extract")
    [mine] = [one for one in open_candidates() if one.firm.identifier == TWINS[0]]
    client = make_client(Role.MANAGER_CLERK)
    judged = client.post(f"/en/identity/{mine.pk}/judge/", {"same": "yes", "reason": "Seal seen"}, follow=True)
    assert "statement taken in: 1" in judged.content.decode()
    listed = client.get(f"/en/firms/{mine.firm_id}/particulars/judicial/").content.decode()
    assert "（2021）粤示民初7号" in listed
    assert "Seal seen" in listed
    page = f"/en/firms/{mine.firm_id}/particulars/judicial/"
    auditor, between = make_client(Role.AUDITOR), clock.now()
    assert "民初7号" in auditor.get(page).content.decode()
    client.post(f"/en/identity/{mine.pk}/judge/", {"same": "no", "reason": "Other seal"})
    assert "民初7号" not in auditor.get(page).content.decode()

    def listed_by(reader: Client, **asked: object) -> int:
        address = f"/api/v1/atlas/firms/{mine.firm.identifier}/particulars/judicial"
        return len(reader.get(address, asked).json()["statements"])

    assert (listed_by(auditor), listed_by(auditor, known_at=between.isoformat())) == (0, 1)
    bank = make_organisation(OrganisationKind.BANK)
    let_in(mine.firm, bank, {"conduct"})
    assert (
        listed_by(make_client(Role.BANK_CLERK, bank), known_at=between.isoformat()) == 0
    )  # what is wrong leaves no more
    assert "statement taken back: 1" in client.get("/en/identity/?state=judged").content.decode()
    assert Particular.objects.count() == 1


SAME_DAY = (
    ("first.csv", ",广州云衡示例科技有限公司,2012-03-05,甲路1号\n,广州云衡示例科技有限公司,2012-03-05,乙路2号\n"),
    ("second.csv", ",广州云衡示例科技有限公司,2012-03-05,丙路3号\n"),
)


@pytest.mark.slow
def test_in_whichever_order_rows_are_judged_the_same_values_count(raised: list[Candidate], tmp_path: Path) -> None:
    """Three rows of two files about one day, judged and taken back in every order, with a row under the code beside."""
    clerk, firm = make_actor(Role.MANAGER_CLERK), raised[0].firm
    for name, text in SAME_DAY:
        take_in(tmp_path, name, HEAD + text)
    rows = [one.pk for one in open_candidates().order_by("pk") if one.firm_id == firm.pk and one.pk != raised[0].pk]
    assert len(rows) == 3
    found = {}
    for order in permutations([*((pk, True) for pk in rows), (rows[2], False)]):
        if order.index((rows[2], True)) > order.index((rows[2], False)):
            continue  # taken back before it was said is another history
        with transaction.atomic():
            for pk, is_same in order:
                judge_candidate(actor=clerk, candidate_id=pk, is_same=is_same, reason="x")
            found[order] = _facts(firm)["address"][0]
            transaction.set_rollback(True)
    assert len(found) == 12
    assert set(found.values()) == {"甲路1号"}


def test_a_row_that_does_not_hold_brings_what_holds_and_says_what_does_not(tmp_path: Path) -> None:
    take_in(tmp_path, "register.csv", REGISTER)
    take_in(tmp_path, "bare.csv", STAFFED + ",广州云衡示例科技有限公司,2012-03-05,八路8号,很多\n")
    [mine] = [one for one in open_candidates() if one.firm.identifier == TWINS[0]]
    clerk = make_actor(Role.MANAGER_CLERK)
    judged = judge_candidate(actor=clerk, candidate_id=mine.pk, is_same=True, reason="营业执照")
    assert judged.brought["kept_out"] == [["注册资金", "unreadable", "很多"]]
    assert set(Statement.objects.values_list("fact", flat=True)) >= {"registered_on", "address"}


def test_a_row_that_retention_has_let_go_brings_nothing_and_says_so(raised: list[Candidate]) -> None:
    receipt = raised[0].receipt
    drop_quarantine((receipt.source.code, receipt.file_sha256, receipt.contract_hash))
    judged = judge_candidate(
        actor=make_actor(Role.MANAGER_CLERK), candidate_id=raised[0].pk, is_same=True, reason="营业执照"
    )
    assert judged.brought["is_gone"] is True
    assert not Statement.objects.filter(receipt=receipt).exists()


def test_a_value_corrected_by_objection_is_not_said_again_when_another_row_is_judged(
    raised: list[Candidate], tmp_path: Path
) -> None:
    firm, clerk = raised[0].firm, make_actor(Role.MANAGER_CLERK)
    judge_candidate(actor=clerk, candidate_id=raised[0].pk, is_same=True, reason="营业执照")
    wrong = Statement.objects.get(receipt=raised[0].receipt, fact="address")
    StatementEnd.objects.create(statement=wrong, ends_on=wrong.valid_from, why="corrected")
    take_in(tmp_path, "more.csv", HEAD + ",广州云衡示例科技有限公司,2012-03-05,六路6号\n")
    [more] = [one for one in open_candidates() if one.receipt_id != raised[0].receipt_id and one.firm_id == firm.pk]
    judge_candidate(actor=clerk, candidate_id=more.pk, is_same=True, reason="电话")
    assert Statement.objects.filter(receipt=raised[0].receipt, fact="address").count() == 1
