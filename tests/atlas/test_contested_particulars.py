"""A firm contests one of its many things: marked wherever it is shown, corrected by its source, called back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.factories.firms import house_of, make_firm
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation

from yulin.atlas.adapters.shipped_sources import contract_and_content
from yulin.atlas.core.access import OF_ITSELF
from yulin.atlas.core.letters import letter_facts
from yulin.atlas.errors import CorrectionUnreadableError, NothingToContestError, ObjectionOpenError
from yulin.atlas.models import Firm, Objection, Particular, ParticularEnd, Recall, RecallNotice
from yulin.atlas.selectors.portrait import Portrait, portrait_of
from yulin.atlas.services import Delivery, ingest_file
from yulin.atlas.services.consenting import NewConsent, give_consent
from yulin.atlas.services.ingesting import keep_source
from yulin.atlas.services.objecting import Verdict, annotate_fact, contest_fact, decide_objection
from yulin.atlas.services.recalling import return_receipt
from yulin.kit import clock
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role

pytestmark = pytest.mark.django_db
TODAY = date(2022, 1, 19)
SHARE = "holding:张/一:P1"
WROTE = {"holder": "P1", "holder_name": "张/一", "share_ppm": "33.3333"}


class World:
    """A firm with two holders and a pledge, the authority that answers, a bank that was let in and one that was not."""

    def __init__(self) -> None:
        for source in ("holdings", "pledge-register"):
            keep_source(*contract_and_content(source))
        self.authority = make_organisation(OrganisationKind.AUTHORITY)
        self.officer = make_actor(Role.AUTHORITY_OFFICER, self.authority)
        self.firm = make_firm()
        self.house = house_of(self.firm)
        self.person = make_actor(Role.FIRM_USER, self.house)
        self.bank, self.idle = (make_organisation(OrganisationKind.BANK) for _ in range(2))
        for bank in (self.bank, self.idle):
            asked = NewConsent(bank.pk, frozenset({"basics"}), "loan", date(2022, 6, 1))
            give_consent(actor=self.person, asked=asked)
        self.list("holding", "张/一:P1", {"holder": "P1", "holder_name": "张/一", "share_ppm": 600_000})
        self.list("holding", "李:P2", {"holder": "P2", "holder_name": "李", "share_ppm": 400_000})

    def list(self, kind: str, key: str, value: dict[str, Any], **more: Any) -> Particular:
        more = {"source": "holdings", "priority": 10, "valid_from": date(2021, 1, 1), **more}
        return Particular.objects.create(
            firm=self.firm, kind=kind, key=key, value=value, known_at=datetime(2021, 6, 1, tzinfo=UTC), **more
        )

    def contest(self, fact: str = SHARE) -> Objection:
        return contest_fact(actor=self.person, fact=fact, reason="工商登记为三分之一")

    def decide(self, objection: Objection, **verdict: Any) -> None:
        decide_objection(actor=self.officer, objection_id=objection.pk, verdict=Verdict(True, "核对登记", **verdict))

    def read(self) -> dict[str, Any]:
        answer = make_client(Role.BANK_CLERK, self.bank).get(f"/api/v1/atlas/firms/{self.firm.identifier}/portrait")
        assert answer.status_code == 200
        return {one["id"]: one for one in answer.json()["panels"]}


@pytest.fixture
def world() -> World:
    make_demo_book(TODAY)
    return World()


def own_portrait(firm: Firm, known_at: datetime | None = None) -> Portrait:
    return portrait_of(firm, OF_ITSELF, on=TODAY, known_at=known_at or clock.now())


def shares(world: World, known_at: datetime | None = None) -> set[str]:
    """Return what the portrait says of each holder's share."""
    control = next(one for one in own_portrait(world.firm, known_at).panels if one.id == "control")
    return {cell.en for table in control.tables for row in table.rows for cell in row.cells if cell.en.endswith("%")}


def test_a_contested_holding_is_marked_at_once_on_page_paper_and_api(world: World) -> None:
    assert not [row for table in world.read()["control"]["tables"] for row in table["rows"] if row["is_contested"]]
    made = world.contest()
    assert (made.routed_to_id, made.due_on, made.statement_id) == (world.authority.pk, date(2022, 2, 7), None)
    rows = [row for table in world.read()["control"]["tables"] for row in table["rows"] if row["is_contested"]]
    assert {name for row in rows for name in row["rests_on"]} >= {SHARE}
    assert not [row for row in rows if row["rests_on"] == ["holding:李:P2"]]
    listed = make_client(Role.BANK_CLERK, world.bank).get(
        f"/api/v1/atlas/firms/{world.firm.identifier}/particulars/holding"
    )
    assert {one["name"]: one["is_contested"] for one in listed.json()["statements"]} == {
        SHARE: True, "holding:李:P2": False,
    }  # fmt: skip
    for client in (make_client(Role.BANK_CLERK, world.bank), make_client(Role.FIRM_USER, world.house)):
        for page in ("", "particulars/holding/"):
            assert "Contested</span>" in client.get(f"/en/firms/{world.firm.pk}/{page}").content.decode()
    paper = letter_facts(own_portrait(world.firm).letter(), reader="r", at=clock.now(), is_english=True)
    assert any(row["is_contested"] for panel in paper["panels"] for table in panel["tables"] for row in table["rows"])


def test_what_does_not_count_cannot_be_contested_and_nothing_twice(world: World) -> None:
    world.contest()
    with pytest.raises(ObjectionOpenError):
        world.contest()
    world.list("judicial", "over", {"type": "民事"}, valid_until=date(2021, 12, 1))
    for fact in ("judicial:over", "holding:nobody", "nothing:x"):
        with pytest.raises(NothingToContestError):
            world.contest(fact)


def test_an_upheld_objection_lists_the_thing_anew_and_the_past_can_be_replayed(world: World) -> None:
    before = clock.now() - timedelta(days=1)
    world.decide(world.contest(), fields=WROTE)
    right = Particular.objects.get(original__startswith="objection:")
    assert (right.key, right.value["share_ppm"], right.source, right.priority, right.valid_from) == (
        "张/一:P1", 333_333, "holdings", 10, date(2021, 1, 1),
    )  # fmt: skip
    assert "33.33%" in shares(world)
    assert "60.00%" not in shares(world)
    assert "60.00%" in shares(world, before)


def test_a_thing_that_does_not_exist_goes_with_every_earlier_word_of_its_source_and_of_no_other(world: World) -> None:
    world.list("holding", "张/一:P1", {"holder": "P1", "holder_name": "张/一", "share_ppm": 500_000})
    world.list("holding", "张/一:P1", {"holder": "P1", "share_ppm": 10_000}, source="other", priority=90)
    world.decide(world.contest())
    assert ParticularEnd.objects.count() == 2
    assert not Particular.objects.filter(original__startswith="objection:").exists()
    assert "1.00%" in shares(world)


def test_a_key_and_an_interval_follow_what_was_corrected(world: World) -> None:
    fields = {"asset_kind": "equipment", "asset_key": "E1", "creditor_name": "甲", "registered_on": "2021-03-01"}
    world.list("pledge", "equipment:E1:甲:2021-03-01", fields, source="pledge-register")
    world.decide(world.contest("pledge:equipment:E1:甲:2021-03-01"), fields={**fields, "registered_on": "2021-05-02"})
    right = Particular.objects.get(original__startswith="objection:")
    assert (right.key, right.valid_from) == ("equipment:E1:甲:2021-05-02", date(2021, 5, 2))


@pytest.mark.parametrize(("field", "written"), [("share_ppm", "third"), ("share_ppm", "33.33333")])
def test_a_field_that_cannot_be_read_decides_nothing(world: World, field: str, written: str) -> None:
    made = world.contest()
    with pytest.raises(CorrectionUnreadableError), transaction.atomic():
        world.decide(made, fields={**WROTE, field: written})
    assert not ParticularEnd.objects.exists()


def test_who_received_the_kind_is_told_to_drop_it_and_says_so(world: World) -> None:
    world.read()
    world.decide(world.contest(), fields=WROTE)
    [notice] = RecallNotice.objects.all()
    assert (notice.organisation_id, notice.content["fact"]) == (world.bank.pk, SHARE)
    return_receipt(actor=make_actor(Role.BANK_CLERK, world.bank), notice_id=notice.pk)
    assert "张/一" in make_client(Role.AUDITOR).get("/en/recalls/").content.decode()


def test_a_rejected_objection_leaves_the_thing_with_the_firms_words(world: World) -> None:
    made = world.contest()
    decide_objection(actor=world.officer, objection_id=made.pk, verdict=Verdict(False, "与登记一致"))
    annotate_fact(actor=world.person, objection_id=made.pk, text="正在办理变更登记")
    assert not Recall.objects.exists()
    page = make_client(Role.BANK_CLERK, world.bank).get(f"/en/firms/{world.firm.pk}/").content.decode()
    assert "正在办理变更登记" in page
    assert "Contested</span>" not in page


def test_a_firm_contests_and_the_authority_corrects_field_by_field_on_their_pages(world: World) -> None:
    own, officer = make_client(Role.FIRM_USER, world.house), make_client(Role.AUTHORITY_OFFICER, world.authority)
    listed = own.get(f"/en/firms/{world.firm.pk}/particulars/holding/").content.decode()
    address = "/en/data-objections/contest/holding:%E5%BC%A0/%E4%B8%80:P1/"
    assert f'href="{address}"' in listed
    assert "60%" in own.get(address).content.decode()
    assert own.post(address, {"reason": "三分之一"}).status_code == 302
    made = Objection.objects.get()
    page = officer.get(f"/en/data-objections/{made.pk}/").content.decode()
    assert 'name="share_ppm" value="60"' in page
    form = {"verdict": "upheld", "reasons": "核对", **WROTE, "share_ppm": "x"}
    wrong = officer.post(f"/en/data-objections/{made.pk}/decide/", form)
    assert wrong.status_code == 422
    assert "a percentage" in wrong.content.decode()
    right = officer.post(f"/en/data-objections/{made.pk}/decide/", {**form, "share_ppm": "33.3333"})
    assert right.status_code == 302
    assert "33.33%" in own.get(f"/en/firms/{world.firm.pk}/").content.decode()


def test_an_end_is_never_changed(world: World) -> None:
    world.decide(world.contest())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ParticularEnd.objects.update(ends_on=date(2030, 1, 1))


@pytest.mark.parametrize(("right", "shown"), [("广州市新路1号", "广州市新路1号"), ("", "–")])
def test_what_stands_in_a_sources_file_alone_is_corrected_with_the_weight_of_its_source(
    world: World, tmp_path: Path, settings: Any, right: str, shown: str
) -> None:
    settings.YULIN_HOME = tmp_path / "home"
    path = tmp_path / "register.csv"
    head = "企业名称,统一社会信用代码,注册日期,注册地址"
    path.write_text(f"{head}\n{world.firm.name},{world.firm.identifier},2010-01-01,旧路9号\n", encoding="utf-8")
    contract, content = contract_and_content("register-extract")
    ingest_file(actor=SYSTEM_ACTOR, contract=contract, content=content, delivery=Delivery(path, date(2021, 6, 1)))

    def address() -> str:
        lines = [line for section in own_portrait(world.firm).sections for line in section.lines]
        return next(line.value.zh for line in lines if line.fact == "address")

    assert address() == "旧路9号"
    made = world.contest("address")
    assert (made.statement_id, made.said["priority"]) == (None, 10)
    world.decide(made, value=right)
    assert address() == shown


def test_a_decided_objection_says_what_the_source_says_now(world: World) -> None:
    made = world.contest()
    world.decide(made, fields=WROTE)
    for client in (make_client(Role.FIRM_USER, world.house), make_client(Role.AUTHORITY_OFFICER, world.authority)):
        page = client.get(f"/en/data-objections/{made.pk}/").content.decode()
        assert "It says now" in page
        assert "33.3333%" in page
    gone = world.contest()
    world.decide(gone)
    page = make_client(Role.FIRM_USER, world.house).get(f"/en/data-objections/{gone.pk}/").content.decode()
    assert "struck out: there is no such thing" in page
