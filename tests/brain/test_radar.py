"""The radar: criteria proposed from words, confirmed by another, all firms decided, lists that a role may see."""

from __future__ import annotations

import re
from datetime import date, timedelta

import polars as pl
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from icalendar import Calendar
from tests.brain.test_check_up_pages import make_firm, people_of, text
from tests.factories.awards import every_policy
from tests.factories.people import TODAY, make_actor, make_client, make_demo_book, make_organisation

from yulin.atlas.models import Firm
from yulin.atlas.selectors import firms, last_statement_id
from yulin.atlas.services import NewFirm, register_firms
from yulin.base.text import Text
from yulin.brain import services
from yulin.brain.adapters.area_tables import kept_table
from yulin.brain.core.check_up import Standing
from yulin.brain.core.criteria_reading import Criterion
from yulin.brain.core.policies import Ending, Terms
from yulin.brain.core.radar import CODES
from yulin.brain.enums import CriteriaState
from yulin.brain.errors import CriteriaRuleError, CriteriaStateError, PolicyReasonError, SamePersonError
from yulin.brain.models import Policy, PolicyCriteria, RadarRun
from yulin.brain.selectors.area import is_old as area_is_old
from yulin.brain.selectors.radar import Benefit, benefit_of, radar_area, radar_is_old, radar_of
from yulin.brain.selectors.stacking import firm_stack
from yulin.kit.clock import business_date
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry, Notice

pytestmark = pytest.mark.django_db

ASKS = (
    "（一）在黄埔区注册登记；\n（二）职工总数不超过500人；\n"
    "（三）上年度研发费用占营业收入比例不低于3%；\n（四）未被列入经营异常名录。"
)


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


def matched(firm: Firm, *, on: date) -> list[Benefit]:
    """Return the policies that a firm is entitled to, as the choice among them reads them."""
    return [benefit_of(one) for one in radar_of(firm, on=on) if one.standing is Standing.MET]


def publish(officer, checker, *, title: str = "示例补贴办法", asks: str = ASKS, **more: object) -> Policy:
    given = {"terms": Terms(Ending.PERMANENT), "area": "广东/广州/黄埔区", "amount_fen": 50_000_000} | more
    given |= {"apart_from": every_policy()}  # they say the same on purpose
    parts = (("amount", "给予最高50万元补贴。"), ("conditions", asks))
    version = services.propose_version(
        actor=officer, policy_id=None, base=0, edit=services.PolicyEdit(title=title, parts=parts, **given)
    )
    return services.decide_version(actor=checker, version_id=version.pk, is_published=True).policy


def confirm(policy: Policy, checker) -> PolicyCriteria:
    services.draft_criteria(actor=SYSTEM_ACTOR)
    waiting = policy.criteria.get(state=CriteriaState.PROPOSED.value)
    return services.decide_criteria(actor=checker, criteria_id=waiting.pk, is_confirmed=True)


def test_a_draft_decides_nothing_until_a_person_confirms_it(officer, checker):
    policy, firm = publish(officer, checker), make_firm("91440100YLAAAAAA1X")
    assert services.draft_criteria(actor=SYSTEM_ACTOR) == 1
    assert services.draft_criteria(actor=SYSTEM_ACTOR) == 0
    draft = policy.criteria.get()
    assert draft.state == CriteriaState.PROPOSED.value
    assert draft.maker == Text("规则读取", "read by rules")
    assert [one.that for one in draft.criteria] == [
        "is_registered_in(440112)", "staff_count <= 500", "rd_expense[0] / revenue[0] >= pct(3)",
        "not is_on_abnormal_list",
    ]  # fmt: skip
    assert all(draft.version.text[one.start : one.end] == one.quote for one in draft.criteria)
    assert radar_of(firm, on=TODAY) == []
    services.decide_criteria(actor=checker, criteria_id=draft.pk, is_confirmed=True)
    assert [one.version.title for one in radar_of(firm, on=TODAY)] == ["示例补贴办法"]


def test_who_writes_criteria_does_not_confirm_them_and_nothing_changes_afterwards(officer, checker):
    policy = publish(officer, checker)
    services.draft_criteria(actor=SYSTEM_ACTOR)
    own = [Criterion("职工总数不超过500人", 0, 0, 1, "staff_count <= 500", 100)]
    given = {"actor": checker, "version_id": policy.current_id, "base": 1}
    kept = services.propose_criteria(**given, rows=own)
    with pytest.raises(SamePersonError):
        services.decide_criteria(actor=checker, criteria_id=kept.pk, is_confirmed=True)
    with pytest.raises(CriteriaStateError):
        services.propose_criteria(**given, rows=own)
    with pytest.raises(NotAllowedError):
        services.decide_criteria(actor=officer, criteria_id=kept.pk, is_confirmed=True)
    with pytest.raises(CriteriaRuleError):
        services.propose_criteria(**given | {"base": 2}, rows=[Criterion("x", 0, 0, 1, "staff_count <= wan(5)", 1)])
    with pytest.raises(CriteriaRuleError):
        services.propose_criteria(**given | {"base": 2}, rows=[])
    second = make_actor(Role.AUTHORITY_CHECKER, make_organisation(OrganisationKind.AUTHORITY))
    with pytest.raises(PolicyReasonError):
        services.decide_criteria(actor=second, criteria_id=kept.pk, is_confirmed=False)
    services.decide_criteria(actor=second, criteria_id=kept.pk, is_confirmed=True)
    with pytest.raises(CriteriaStateError):
        services.decide_criteria(actor=second, criteria_id=kept.pk, is_confirmed=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyCriteria.objects.filter(pk=kept.pk).update(pack="")


def test_four_outcomes_each_with_its_reason(officer, checker):
    confirm(publish(officer, checker), checker)
    facts = {"revenue_fen": 1_000_000_00, "rd_expense_fen": 40_000_00, "is_on_abnormal_list": False}
    facts |= {f"{name}_{TODAY.year - 1}": value for name, value in facts.items() if name.endswith("fen")}

    def line(code: str, **more: object):
        return radar_of(make_firm(code, **facts | more), on=TODAY)[0]

    assert line("91440100YLAAAAAA1X").standing == "met"
    near = line("91440100YLBBBBBB2X", staff_count=505)
    assert near.standing == "near"
    assert near.why.zh == "职工总数降到500（少5人）"
    unknown = line("91440100YLCCCCCC3X", is_on_abnormal_list=None)
    assert unknown.standing == "unknown"
    assert "经营异常名录" in unknown.why.zh
    other = line("91440100YLDDDDDD4X", district="440106", staff_count=505)
    assert other.standing == "not_met"
    assert "在黄埔区注册登记" in other.why.zh
    elsewhere = line("91440100YLEEEEEE5X", district="440106")
    assert elsewhere.standing == "not_met", "nobody moves to be near"
    benefits = matched(firms([_pk("91440100YLAAAAAA1X")])[_pk("91440100YLAAAAAA1X")], on=TODAY)
    assert [(one.level, one.amount_fen) for one in benefits] == [("district", 50_000_000)]
    stack = firm_stack(firms([_pk("91440100YLAAAAAA1X")])[_pk("91440100YLAAAAAA1X")], on=TODAY)
    assert stack.best.total_fen == 50_000_000
    assert [one.id for one in stack.best.taken if one.id.startswith("policy:")] == [
        f"policy:{Policy.objects.get().key}"
    ]


def _pk(code: str) -> int:
    return Firm.objects.get(identifier=code).pk


def test_what_a_person_has_to_look_at_is_never_matched(officer, checker):
    policy = publish(officer, checker, asks=f"{ASKS}\n（五）信誉良好、管理规范。")
    confirm(policy, checker)
    firm = make_firm("91440100YLAAAAAA1X", is_on_abnormal_list=False)
    line = radar_of(firm, on=TODAY)[0]
    assert line.standing != "met"


def test_the_run_over_all_says_what_each_firm_alone_says_and_goes_on_where_it_stopped(officer, checker):
    for title, asks in (("甲", ASKS), ("乙", "（一）成立满2年；\n（二）取得高新技术企业资格。"), ("丙", "信誉良好。")):
        confirm(publish(officer, checker, title=title, asks=asks), checker)
    codes = [f"91440100YL{letter * 6}{n}X" for n, letter in enumerate("ABCDE")]
    made = [make_firm(code, staff_count=498 + n, has_valid_hnte=bool(n % 2)) for n, code in enumerate(codes)]
    run = services.compute_radar(actor=SYSTEM_ACTOR, on=TODAY)
    assert services.compute_radar(actor=SYSTEM_ACTOR, on=TODAY).pk == run.pk
    table = pl.concat([kept_table(name).collect() for name in run.tables])
    for firm in made:
        row = table.row(by_predicate=pl.col("firm_id") == firm.pk, named=True)
        alone = {f"policy-{one.version.policy_id}": CODES[one.standing] for one in radar_of(firm, on=TODAY)}
        assert {name: row[name] for name in alone} == alone
    RadarRun.objects.filter(pk=run.pk).update(computed_at=None, last_firm=made[2].pk)
    gone_on = services.compute_radar(actor=SYSTEM_ACTOR, on=TODAY)
    assert (gone_on.pk, gone_on.firms_done, len(gone_on.tables)) == (run.pk, run.firms_done + 2, len(run.tables) + 1)


@pytest.mark.parametrize(
    ("change", "is_old"),
    [
        ({"district_code": "440103"}, True),
        ({"district_code": None}, True),
        ({"registered_on": date(2020, 1, 1)}, True),
        ({"name": "示例改名公司"}, False),
        ({}, False),
    ],
)
def test_each_change_of_the_register_that_a_rule_reads_makes_the_run_old(officer, checker, change, is_old):
    confirm(publish(officer, checker), checker)
    firm = make_firm("91440100YLAAAAAA1X")
    Firm.objects.filter(pk=firm.pk).update(district_code="440112", registered_on=date(2019, 1, 1))
    run = services.compute_radar(actor=SYSTEM_ACTOR, on=TODAY)
    area, effect = services.compute_area(actor=SYSTEM_ACTOR, on=TODAY), last_statement_id()
    assert not radar_is_old(run, on=TODAY)
    if change:
        Firm.objects.filter(pk=firm.pk).update(**change)
    assert (radar_is_old(run, on=TODAY), area_is_old(area, on=TODAY)) == (is_old, is_old)
    assert (last_statement_id() > effect) is is_old


def test_a_firm_that_is_registered_or_gets_its_district_makes_the_run_old_and_stands_in_the_next(officer, checker):
    policy = publish(officer, checker, asks="（一）在黄埔区注册登记。")
    confirm(policy, checker)
    code, name = f"policy-{policy.pk}", "91440100YLBBBBBB1X"
    first = services.compute_radar(actor=SYSTEM_ACTOR, on=TODAY)
    pks = register_firms(actor=SYSTEM_ACTOR, firms=[NewFirm(name, "示例新设公司")])
    assert radar_is_old(first, on=TODAY)
    second = services.compute_radar(actor=SYSTEM_ACTOR, on=TODAY)
    assert (second.firms_done, sum(second.firms.values())) == (first.firms_done + 1,) * 2
    register_firms(actor=SYSTEM_ACTOR, firms=[NewFirm(name, "示例新设公司")])
    assert not radar_is_old(second, on=TODAY), "nothing was said anew"
    register_firms(actor=SYSTEM_ACTOR, firms=[NewFirm(name, "示例新设公司", district_code="440112")])
    assert radar_is_old(second, on=TODAY)
    third = services.compute_radar(actor=SYSTEM_ACTOR, on=TODAY)
    found = pl.concat([kept_table(one).collect() for one in third.tables])
    assert found.row(by_predicate=pl.col("firm_id") == pks[name], named=True)[code] == CODES["met"]


def test_a_policy_that_ended_is_not_on_the_radar(officer, checker):
    terms = Terms(Ending.DATED, ends_on=business_date())
    confirm(publish(officer, checker, terms=terms), checker)
    firm = make_firm("91440100YLAAAAAA1X")
    assert len(radar_of(firm, on=business_date())) == 1
    assert radar_of(firm, on=date(2099, 1, 1)) == []


def test_a_district_counts_its_own_firms_and_a_bank_none(officer, checker):
    confirm(publish(officer, checker, asks="（一）职工总数不超过500人。", area=""), checker)
    here, there = make_firm("91440100YLAAAAAA1X"), make_firm("91440100YLBBBBBB2X", district="440106")
    run = services.compute_radar(actor=SYSTEM_ACTOR, on=TODAY)
    whole = radar_area(officer, run)[0]
    assert (whole.met, whole.waiting) == (2, 2)
    district = make_actor(Role.DISTRICT_OFFICER, make_organisation(OrganisationKind.DISTRICT))
    assert radar_area(district, run)[0].met == 1
    with pytest.raises(NotAllowedError):
        radar_area(make_actor(Role.BANK_CLERK), run)
    bureau_client = make_client(Role.AUTHORITY_OFFICER, make_organisation(OrganisationKind.AUTHORITY))
    page = text(bureau_client.get("/zh-hans/radar/"))
    assert here.name in page
    assert there.name in page
    client = make_client(Role.DISTRICT_OFFICER, make_organisation(OrganisationKind.DISTRICT))
    seen = text(client.get("/zh-hans/radar/"))
    assert here.name in seen
    assert there.name not in seen
    lines = b"".join(client.get("/zh-hans/radar/?format=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines] == ["统一社会信用代码", here.identifier]
    assert AuditEntry.objects.get(action="brain.export_radar").facts["firms"] == 1
    assert make_client(Role.BANK_CLERK).get("/zh-hans/radar/").status_code == 403


def test_a_firm_sees_its_own_radar_and_no_other(officer, checker):
    confirm(publish(officer, checker), checker)
    own, other = make_firm("91440100YLAAAAAA1X"), make_firm("91440100YLBBBBBB2X")
    client = people_of(own)
    page = client.get("/en/radar/", follow=True)
    assert page.redirect_chain[-1][0] == f"/en/radar/{own.pk}/"
    assert "示例补贴办法" in text(page)
    assert client.get(f"/en/radar/{other.pk}/").status_code == 404


def test_criteria_are_mended_on_their_page_and_confirmed_by_another(officer, checker, bureau):
    policy = publish(officer, checker, asks=f"{ASKS}\n（五）信誉良好。")
    services.draft_criteria(actor=SYSTEM_ACTOR)
    address = f"/zh-hans/policies/{policy.pk}/criteria/"
    client = make_client(Role.AUTHORITY_OFFICER, bureau)
    page = text(client.get(address))
    assert "信誉良好" in page
    assert "人工核对" in page
    sent = {"base": 1, "note": "示例", "quote_0": "职工不超过500人", "that_0": "staff_count <= 500", "how_0": "rule"}
    sent |= {f"how_{n}": "struck" for n in range(1, 8)}
    refused = client.post(address, sent | {"that_0": "staff_count <="})
    assert refused.status_code == 422
    assert "BRAIN.CRITERIA.RULE" in text(refused)
    assert client.post(address, sent).status_code == 302
    kept = policy.criteria.get(number=2)
    assert [(one.that, one.sure) for one in kept.criteria] == [("staff_count <= 500", 100)]
    second = make_client(Role.AUTHORITY_CHECKER, bureau)
    decide = f"/zh-hans/policies/criteria/{kept.pk}/decide/"
    assert second.post(decide, {"verdict": "return"}).status_code == 422
    assert second.post(decide, {"verdict": "publish"}).status_code == 302
    kept.refresh_from_db()
    assert kept.state == CriteriaState.CONFIRMED.value
    assert "已确认" in text(client.get(address))


def test_a_calendar_address_shows_deadlines_until_it_is_taken_back(officer, checker):
    ends_on = business_date() + timedelta(days=5)
    terms = Terms(Ending.DATED, ends_on=ends_on)
    policy = publish(officer, checker, asks="（一）职工总数不超过500人。", terms=terms)
    confirm(policy, checker)
    firm = make_firm("91440100YLAAAAAA1X")
    client, stranger = people_of(firm), Client()
    made = client.post("/zh-hans/radar/feed/", {"act": "make"})
    address = re.search(r"/zh-hans/radar/feed/[^<]+\.ics", text(made)).group()
    calendar = Calendar.from_ical(stranger.get(address).content)
    events = calendar.walk("VEVENT")
    assert [(str(one["summary"]), one["dtstart"].dt) for one in events] == [("截止：示例补贴办法", ends_on)]
    assert len(calendar.walk("VALARM")) == 2
    assert stranger.get(address.replace(".ics", "x.ics")).status_code == 404
    again = client.post("/zh-hans/radar/feed/", {"act": "make"})
    newer = re.search(r"/zh-hans/radar/feed/[^<]+\.ics", text(again)).group()
    assert stranger.get(address).status_code == 404
    assert stranger.get(newer).status_code == 200
    client.post("/zh-hans/radar/feed/", {"act": "revoke"})
    assert stranger.get(newer).status_code == 404
    assert make_client(Role.BANK_CLERK).post("/zh-hans/radar/feed/").status_code == 403


def test_an_entitled_firm_is_reminded_once(officer, checker):
    terms = Terms(Ending.DATED, ends_on=business_date() + timedelta(days=5))
    confirm(publish(officer, checker, asks="（一）职工总数不超过500人。", terms=terms), checker)
    firm = make_firm("91440100YLAAAAAA1X")
    people_of(firm)
    services.compute_radar(actor=SYSTEM_ACTOR, on=business_date())
    assert services.remind_of_deadlines(actor=SYSTEM_ACTOR, on=business_date()) == 1
    assert services.remind_of_deadlines(actor=SYSTEM_ACTOR, on=business_date()) == 0
    assert Notice.objects.filter(kind="brain.deadline").count() == 1


def test_homes_count_what_a_firm_can_have_and_who_has_not_applied(officer, checker):
    confirm(publish(officer, checker, asks="（一）职工总数不超过500人。"), checker)
    firm = make_firm("91440100YLAAAAAA1X")
    services.compute_radar(actor=SYSTEM_ACTOR, on=TODAY)
    assert "我能享受的政策" in text(people_of(firm).get("/zh-hans/home/", follow=True))
    home = text(make_client(Role.AUTHORITY_OFFICER).get("/zh-hans/home/", follow=True))
    assert "应享未申报" in home
    assert "示例补贴办法" in home


def with_variant(officer, checker, *, terms=Terms(Ending.PERMANENT)):  # noqa: B008 - a constant
    """Publish a policy of everywhere and its variant of one district, both paying."""
    asks = "（一）职工总数不超过500人。"
    general = publish(officer, checker, title="示例省办法", asks=asks, area="广东", amount_fen=20_000_000)
    own = publish(officer, checker, title="示例区办法", asks=asks, general_key=general.key, terms=terms)
    return general, own


def test_a_local_variant_in_force_speaks_alone_for_the_firms_of_its_place(officer, checker):
    general, own = with_variant(officer, checker)
    for policy in (general, own):
        confirm(policy, checker)
    here, there = make_firm("91440100YLAAAAAA1X"), make_firm("91440100YLBBBBBB2X", district="440106")
    assert [one.policy_id for one in matched(here, on=TODAY)] == [own.pk]
    assert [one.policy_id for one in matched(there, on=TODAY)] == [general.pk]
    silent = next(one for one in radar_of(here, on=TODAY) if one.version.policy_id == general.pk)
    assert (silent.standing, silent.why.zh) == ("not_met", "当地有《示例区办法》在施行，以它为准")
    run = services.compute_radar(actor=SYSTEM_ACTOR, on=TODAY)
    counts = {one.criteria.policy_id: (one.met, one.not_met) for one in radar_area(officer, run)}
    assert counts == {general.pk: (1, 1), own.pk: (1, 1)}
    bureau_client = make_client(Role.AUTHORITY_OFFICER, make_organisation(OrganisationKind.AUTHORITY))
    entitled = text(bureau_client.get(f"/zh-hans/radar/?policy={general.pk}&standing=met"))
    assert (there.name in entitled, here.name in entitled) == (True, False)


def test_an_expired_local_variant_never_hides_the_general_policy(officer, checker):
    general, own = with_variant(officer, checker, terms=Terms(Ending.DATED, ends_on=TODAY))
    for policy in (general, own):
        confirm(policy, checker)
    firm = make_firm("91440100YLAAAAAA1X")
    assert [one.policy_id for one in matched(firm, on=TODAY)] == [own.pk]
    after = TODAY + timedelta(days=1)
    assert [one.policy_id for one in matched(firm, on=after)] == [general.pk]
    run = services.compute_radar(actor=SYSTEM_ACTOR, on=TODAY)
    assert services.compute_radar(actor=SYSTEM_ACTOR, on=after).pk != run.pk


def test_where_a_local_variants_criteria_are_not_confirmed_nothing_is_known(officer, checker):
    general, own = with_variant(officer, checker)
    confirm(general, checker)
    firm = make_firm("91440100YLAAAAAA1X")
    assert matched(firm, on=TODAY) == []
    (line,) = radar_of(firm, on=TODAY)
    assert (line.standing, line.why.en) == (
        "unknown", "“示例区办法” is in force there and goes before it; what it asks is not confirmed yet",
    )  # fmt: skip
    run = services.compute_radar(actor=SYSTEM_ACTOR, on=TODAY)
    bureau_client = make_client(Role.AUTHORITY_OFFICER, make_organisation(OrganisationKind.AUTHORITY))
    listed = text(bureau_client.get(f"/zh-hans/radar/?policy={general.pk}&standing=unknown"))
    assert "以它为准；其条件尚未确认" in listed
    confirm(own, checker)
    assert services.compute_radar(actor=SYSTEM_ACTOR, on=TODAY).pk != run.pk, "confirming it decides anew"
