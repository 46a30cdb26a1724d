"""A name that was wrong: once corrected the firm is called by the right one everywhere, and found by either."""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.firms import house_of
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation

from yulin.atlas.adapters.shipped_sources import contract_and_content
from yulin.atlas.adapters.statement_files import Gone, drop_rows
from yulin.atlas.core.access import OF_ITSELF
from yulin.atlas.enums import FoundBy
from yulin.atlas.errors import CorrectionUnreadableError
from yulin.atlas.models import Candidate, Firm, FirmFormerName, FirmSpelling, Receipt
from yulin.atlas.selectors import firms_named
from yulin.atlas.selectors.firms import former_names
from yulin.atlas.selectors.portrait import portrait_of
from yulin.atlas.selectors.search import find_firms
from yulin.atlas.services import Delivery, NewFirm, ingest_file, register_firms
from yulin.atlas.services.consenting import NewConsent, give_consent
from yulin.atlas.services.objecting import Verdict, contest_fact, decide_objection
from yulin.atlas.services.spelling import spell_firms
from yulin.base.ids import make_uscc
from yulin.kit import clock
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import AuditEntry, Organisation

pytestmark = pytest.mark.django_db
WRONG, RIGHT = "广州云横示例科技有限公司", "广州云衡示例科技有限公司"
HEAD = "统一社会信用代码,企业名称,注册日期,注册地址\n"
CHANGES = "统一社会信用代码,变更前名称,变更后名称,核准日期\n"
CODE, OTHER = make_uscc("440112", 1), make_uscc("440112", 2)
OLD, NEW = "广州启明示例软件有限公司", "广州启衡示例智能有限公司"


class World:
    """A firm of the register under a mistyped name, its people, who answers for the register."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        make_organisation(OrganisationKind.AUTHORITY)
        self.take_in("register.csv", f"{CODE},{WRONG},2012-03-05,一路1号\n")
        spell_firms(actor=SYSTEM_ACTOR)
        self.firm = Firm.objects.get(identifier=CODE)
        self.house = house_of(self.firm)
        Organisation.objects.filter(pk=self.house.pk).update(name_zh=WRONG, name_en=WRONG)
        self.person = make_actor(Role.FIRM_USER, self.house)
        self.auditor = make_actor(Role.AUDITOR)

    def take_in(self, name: str, rows: str, as_of: date = date(2021, 12, 31), source: str = "register-extract") -> None:
        head = HEAD if source == "register-extract" else CHANGES
        (self.folder / name).write_text(head + rows, encoding="utf-8")
        contract, content = contract_and_content(source)
        delivery = Delivery(self.folder / name, as_of)
        ingest_file(actor=SYSTEM_ACTOR, contract=contract, content=content, delivery=delivery)

    def correct(self, verdict: Verdict) -> None:
        made = contest_fact(actor=self.person, fact="name", reason="营业执照所载为“云衡”")
        officer = make_actor(Role.AUTHORITY_OFFICER, made.routed_to)
        decide_objection(actor=officer, objection_id=made.pk, verdict=verdict)
        self.firm.refresh_from_db()

    def found(self, typed: str) -> list[tuple[str, FoundBy]]:
        return [(one.name, one.found_by) for one in find_firms(self.auditor, typed)]

    def portrait(self, client: Client, **asked: str) -> str:
        page = client.get(f"/zh-hans/firms/{self.firm.pk}/", asked).content.decode()
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<main") :]))


@pytest.fixture
def world(tmp_path: Path, settings: object) -> World:
    settings.YULIN_HOME = tmp_path / "home"
    make_demo_book(date(2022, 1, 19))
    return World(tmp_path)


RENAMED = Verdict(True, "营业执照", RIGHT)


def test_a_corrected_name_heads_the_portrait_the_lists_and_the_firms_own_pages(world: World) -> None:
    before = clock.now()
    world.correct(RENAMED)
    assert world.firm.name == RIGHT
    assert Organisation.objects.get(pk=world.house.pk).name.zh == RIGHT
    auditor = make_client(Role.AUDITOR)
    page = world.portrait(auditor)
    assert page.count(f"名称 {RIGHT}") == 1
    assert f"更正前的名称 {WRONG}" in page
    assert WRONG not in page[: page.index("登记信息")]  # neither the path nor the heading
    assert RIGHT in make_client(Role.FIRM_USER, world.house).get("/zh-hans/consents/").content.decode()
    said = auditor.get(f"/api/v1/atlas/firms/{CODE}/portrait").json()
    assert said["firm_name"] == RIGHT
    then = auditor.get(f"/api/v1/atlas/firms/{CODE}/portrait", {"known_at": before.isoformat()}).json()
    assert then["firm_name"] == WRONG
    later = (before + timedelta(days=1)).isoformat()
    assert auditor.get(f"/api/v1/atlas/firms/{CODE}/portrait", {"known_at": later}).json()["firm_name"] == RIGHT


def test_either_name_finds_the_firm_at_once(world: World) -> None:
    assert world.found("云横") == [(WRONG, FoundBy.BRAND)]
    world.correct(RENAMED)
    assert FirmSpelling.objects.get().name == RIGHT
    assert world.found("云衡") == [(RIGHT, FoundBy.BRAND)]
    for typed in ("云横", "广州云横", "横示例", "云横 广州"):
        assert world.found(typed) == [(RIGHT, FoundBy.FORMER_NAME)], typed
    assert world.found("yunheng") == [(RIGHT, FoundBy.PINYIN)]  # written alike in letters: found by the name of today
    assert [one.pk for name in (WRONG, RIGHT) for one in firms_named(name)] == [world.firm.pk] * 2
    assert spell_firms(actor=SYSTEM_ACTOR) == 0


def test_a_row_without_a_code_under_the_name_that_went_waits_beside_the_firm(world: World) -> None:
    world.correct(RENAMED)
    world.take_in("nameless.csv", f",{WRONG},2012-03-05,一路1号\n")
    [one] = Candidate.objects.all()
    assert one.firm_id == world.firm.pk
    assert any(zh.startswith("名称相同") for zh, _ in one.reasons)


def test_what_went_is_kept_as_it_was_and_said_in_the_trail(world: World) -> None:
    world.correct(RENAMED)
    [gone] = FirmFormerName.objects.all()
    assert (gone.name, gone.cause.partition(":")[0]) == (WRONG, "objection")
    [entry] = AuditEntry.objects.filter(action="atlas.rename_firm")
    assert (entry.facts["was"], entry.facts["is"]) == (WRONG, RIGHT)
    assert AuditEntry.objects.filter(action="people.rename_organisation").count() == 1
    for change in (lambda rows: rows.update(name="x"), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change(FirmFormerName.objects.all())


def test_a_name_that_is_not_corrected_stays(world: World) -> None:
    world.correct(Verdict(False, "执照相符"))
    assert (world.firm.name, FirmFormerName.objects.count()) == (WRONG, 0)
    world.correct(Verdict(True, "无法核实"))  # no right name: it has to be called something
    assert (world.firm.name, FirmFormerName.objects.count()) == (WRONG, 0)


def test_a_name_that_is_too_long_is_refused_and_nothing_of_it_stays(world: World) -> None:
    with pytest.raises(CorrectionUnreadableError), transaction.atomic():
        world.correct(Verdict(True, "x", "长" * 301))
    assert Firm.objects.get(pk=world.firm.pk).name == WRONG
    assert not FirmFormerName.objects.exists()


def history(code: str = OTHER) -> list[tuple[str, str, date | None]]:
    rows = FirmFormerName.objects.filter(firm__identifier=code).order_by("held_until", "pk")
    return list(rows.values_list("name", "source", "held_until"))


@pytest.mark.parametrize("months", [(10, 11), (11, 10)])
def test_a_new_name_in_a_later_file_renames_the_firm_in_whichever_order_the_files_come(
    world: World, months: tuple[int, int]
) -> None:
    for month in months:
        name = OLD if month == 10 else NEW
        world.take_in(f"{month}.csv", f"{OTHER},{name},2015-01-01,{month}路\n", date(2021, month, 28))
    firm = Firm.objects.get(identifier=OTHER)
    assert firm.name == NEW
    assert history() == [(OLD, "register-extract", date(2021, 11, 28))]
    spell_firms(actor=SYSTEM_ACTOR)
    assert [one.pk for one in firms_named(OLD)] == [firm.pk]
    page = make_client(Role.AUDITOR).get(f"/zh-hans/firms/{firm.pk}/").content.decode()
    assert f"曾用名 {OLD} 至 2021-11-28 · 市场主体登记摘要" in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_another_spelling_of_the_same_name_renames_nothing(world: World) -> None:
    world.take_in("a.csv", f"{OTHER},广州启明（示例）软件有限公司,2015-01-01,三路\n", date(2021, 10, 28))
    world.take_in("b.csv", f"{OTHER},广州启明(示例)软件有限公司,2015-01-01,三路\n", date(2021, 11, 28))
    assert (Firm.objects.get(identifier=OTHER).name, history()) == ("广州启明（示例）软件有限公司", [])


def test_a_name_that_only_a_form_gave_goes_as_one_that_was_wrong(world: World) -> None:
    register_firms(actor=SYSTEM_ACTOR, firms=[NewFirm(OTHER, OLD)])
    world.take_in("a.csv", f"{OTHER},{NEW},2015-01-01,三路\n")
    assert (Firm.objects.get(identifier=OTHER).name, history()) == (NEW, [(OLD, "", None)])


def test_registered_changes_are_the_firms_history_with_their_days_and_open_to_who_may_see_the_basics(
    world: World,
) -> None:
    world.take_in("a.csv", f"{OTHER},{NEW},2015-01-01,三路\n")
    before = clock.now()
    rows = f"{OTHER},{OLD},{NEW},2019-06-01\n{OTHER},广州旧名示例软件有限公司,{OLD},2016-03\n"
    world.take_in("changes.csv", rows, source="name-changes")
    world.take_in("again.csv", f"{rows}{CODE},{WRONG},{WRONG},2020-01-01\n", source="name-changes")
    expected = [("广州旧名示例软件有限公司", "name-changes", date(2016, 3, 1)), (OLD, "name-changes", date(2019, 6, 1))]
    assert history() == expected
    assert history(CODE) == []  # a change to the name that it still has is none
    firm = Firm.objects.get(identifier=OTHER)
    assert firm.name == NEW
    bank = make_organisation(OrganisationKind.BANK)
    asked = NewConsent(bank.pk, frozenset({"basics"}), "贷款", date(2022, 6, 1))
    give_consent(actor=make_actor(Role.FIRM_USER, house_of(firm)), asked=asked)
    page = make_client(Role.BANK_CLERK, bank).get(f"/zh-hans/firms/{firm.pk}/").content.decode()
    assert OLD in page
    then = portrait_of(firm, OF_ITSELF, on=clock.business_date(), known_at=before)
    assert (then.name, list(then.former_names)) == (NEW, [])


def in_force(code: str) -> list[tuple[str, str, date | None]]:
    rows = former_names(Firm.objects.get(identifier=code))
    return sorted((one.name, one.source, one.held_until) for one in rows)


CALLED = ("广州甲辰示例有限公司", "广州乙巳示例有限公司", "广州丙午示例有限公司")
_SERIAL = itertools.count(100)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(CALLED), min_size=3, max_size=4), chance=st.randoms(use_true_random=False))
def test_files_of_a_register_say_one_history_of_names_in_whichever_order_they_come(
    world: World, names: list[str], chance: Random
) -> None:
    code = make_uscc("440112", next(_SERIAL))
    files = [(date(2021, 1 + at, 28), name) for at, name in enumerate(names)]
    came = chance.sample(files, len(files))
    for day, name in came:
        world.take_in(f"{code}-{day}.csv", f"{code},{name},2015-01-01,{day}路\n", day)
    ended = {name: until for (_, name), (until, after) in itertools.pairwise(files) if name != after}
    expected = sorted((name, "register-extract", until) for name, until in ended.items() if name != names[-1])
    assert (Firm.objects.get(identifier=code).name, in_force(code)) == (names[-1], expected)


def test_a_late_file_shortens_how_long_a_name_was_borne(world: World) -> None:
    for month, name in ((1, CALLED[0]), (3, CALLED[1]), (2, CALLED[1])):
        world.take_in(f"{month}.csv", f"{OTHER},{name},2015-01-01,{month}路\n", date(2021, month, 28))
    assert in_force(OTHER) == [(CALLED[0], "register-extract", date(2021, 2, 28))]
    firm = Firm.objects.get(identifier=OTHER)
    told = portrait_of(firm, OF_ITSELF, on=clock.business_date(), known_at=clock.now()).former_names
    assert [(one.name, one.held_until) for one in told] == [(CALLED[0], date(2021, 2, 28))]


def test_registered_changes_say_one_history_in_whichever_order_their_files_come(world: World) -> None:
    rows = [f"{{}},{CALLED[0]},{CALLED[1]},2018-05-01\n", f"{{}},{CALLED[1]},{CALLED[2]},2019-05-01\n"]
    seen = []
    for order in itertools.permutations((*rows, "register")):
        code = make_uscc("440112", next(_SERIAL))
        for at, row in enumerate(order):
            if row == "register":
                world.take_in(f"{code}.csv", f"{code},{CALLED[2]},2015-01-01,三路\n")
            else:
                world.take_in(f"{code}-{at}.csv", row.format(code), source="name-changes")
        seen.append((Firm.objects.get(identifier=code).name, in_force(code)))
    expected = [(CALLED[0], "name-changes", date(2018, 5, 1)), (CALLED[1], "name-changes", date(2019, 5, 1))]
    for name, told in seen:
        assert name == CALLED[2]
        assert [one for one in told if one[1] == "name-changes"] == sorted(expected)


def test_a_former_name_whose_file_has_gone_stays_known(world: World) -> None:
    for month, name in ((1, CALLED[0]), (2, CALLED[1])):
        world.take_in(f"{month}.csv", f"{OTHER},{name},2015-01-01,{month}路\n", date(2021, month, 28))
    first = Receipt.objects.get(file_name="1.csv")
    drop_rows(("register-extract", first.file_sha256, first.contract_hash), [Gone(subject=OTHER)])
    world.take_in("3.csv", f"{OTHER},{CALLED[2]},2015-01-01,3路\n", date(2021, 3, 28))
    expected = [(CALLED[0], "register-extract", date(2021, 2, 28)), (CALLED[1], "register-extract", date(2021, 3, 28))]
    assert in_force(OTHER) == sorted(expected)
