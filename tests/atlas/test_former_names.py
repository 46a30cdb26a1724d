"""A name that was wrong: once corrected the firm is called by the right one everywhere, and found by either."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.test import Client
from tests.factories.firms import house_of
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation

from yulin.atlas.adapters.shipped_sources import contract_and_content
from yulin.atlas.enums import FoundBy
from yulin.atlas.errors import CorrectionUnreadableError
from yulin.atlas.models import Candidate, Firm, FirmFormerName, FirmSpelling
from yulin.atlas.selectors import firms_named
from yulin.atlas.selectors.search import find_firms
from yulin.atlas.services import Delivery, ingest_file
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
CODE = make_uscc("440112", 1)


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

    def take_in(self, name: str, rows: str) -> None:
        (self.folder / name).write_text(HEAD + rows, encoding="utf-8")
        contract, content = contract_and_content("register-extract")
        delivery = Delivery(self.folder / name, date(2021, 12, 31))
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
