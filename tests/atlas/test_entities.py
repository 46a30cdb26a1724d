"""Entities in the book: numbers survive joining and parting, every tie says why, persons judge on the page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.factories.firms import make_firm
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation

from yulin.atlas import tasks
from yulin.atlas.core.entities import Judgement
from yulin.atlas.core.identity import FirmRecord
from yulin.atlas.errors import EntityNotFoundError, JudgementReasonError, RecordPairNotFoundError
from yulin.atlas.models import EntityChange, EntityJudgement, EntityPlace, EntityRecord, EntityRun
from yulin.atlas.selectors.entities import entities_of_codes, entity_shown, found_entities, latest_places, open_pairs
from yulin.atlas.services.resolving import judge_records, resolve_records
from yulin.base.ids import make_uscc
from yulin.cli.atlas_entities import keep_entities, read_judgements, read_records
from yulin.kit.row_security import organisation_scope, scope
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import AuditEntry

pytestmark = pytest.mark.django_db
NAME, ONE, TWO = "广州华科科技有限公司", make_uscc("440112", 1), make_uscc("440112", 2)
FIRST = [
    FirmRecord("market-1", NAME, ONE, founded_on=date(2015, 3, 2), address="科学城1号"),
    FirmRecord("tax-1", "华科科技（广州）有限公司", ONE),
    FirmRecord("market-2", "佛山粤海材料有限公司", TWO),
    FirmRecord("park-1", NAME, founded_on=date(2015, 3, 2)),
]


@pytest.fixture(autouse=True)
def _book() -> None:
    make_demo_book(date(2022, 1, 19))


def resolved(*records: FirmRecord, judgements: tuple[Judgement, ...] = ()) -> EntityRun:
    return resolve_records(actor=SYSTEM_ACTOR, records=records, judgements=judgements)


def numbers() -> dict[str, int]:
    return {key: place[0] for key, place in latest_places().items()}


def judged(left: str, right: str, *, is_same: bool, day: int = 1) -> Judgement:
    return Judgement(left, right, is_same, datetime(2022, 1, day, tzinfo=UTC), "王五", "看过营业执照")


def test_records_get_numbers_and_the_same_again_changes_nothing() -> None:
    run = resolved(*FIRST)
    assert (run.records, run.entities, run.possible) == (4, 3, 2)
    given = numbers()
    assert given["market-1"] == given["tax-1"]
    assert len({given["market-1"], given["market-2"], given["park-1"]}) == 3
    again = resolved(*reversed(FIRST))
    assert numbers() == given
    assert not EntityRecord.objects.filter(run=again).exists()
    assert not EntityPlace.objects.filter(run=again).exists()
    assert not EntityChange.objects.exists()
    assert AuditEntry.objects.filter(action="atlas.resolve_records").count() == 2


def test_a_number_that_is_merged_leads_on_and_one_that_parts_says_from_which() -> None:
    resolved(*FIRST)
    before = numbers()
    # What the tax office now says: the second firm's code was one of the first's earlier codes.
    resolved(FirmRecord("tax-1", "华科科技（广州）有限公司", ONE, (TWO,)))
    merged = EntityChange.objects.get()
    assert (merged.kind, {merged.number, merged.other}) == ("merged", {before["market-1"], before["market-2"]})
    old = entity_shown(merged.number)
    assert (old.leads_to, [one.key for one in old.records]) == (merged.other, ["market-1", "market-2", "tax-1"])
    resolved(judgements=(judged("market-1", "market-2", is_same=False), judged("market-2", "tax-1", is_same=False)))
    parted = EntityChange.objects.get(kind="parted")
    assert (parted.other, parted.number > max(before.values())) == (merged.other, True)
    assert numbers()["market-2"] == parted.number or numbers()["market-1"] == parted.number
    shown = entity_shown(numbers()["market-2"])
    [record] = shown.records
    assert [one.number for one in record.earlier][:1] == [merged.other]


def test_each_tie_says_why_on_the_page() -> None:
    firm = make_firm(1)
    resolved(*(FirmRecord(one.key, one.name, firm.identifier if one.code == ONE else one.code) for one in FIRST[:2]))
    number = numbers()["tax-1"]
    clerk = make_client(Role.MANAGER_CLERK)
    page = clerk.get(f"/zh-hans/entities/{number}/").content.decode()
    assert f"统一社会信用代码相同：{firm.identifier}" in page
    assert f"/zh-hans/firms/{firm.pk}/" in page
    assert f"Same USCC: {firm.identifier}" in clerk.get(f"/en/entities/{number}/").content.decode()
    assert entities_of_codes([firm.identifier]) == [number]
    assert f"/zh-hans/entities/{number}/" in clerk.get(f"/zh-hans/firms/{firm.pk}/").content.decode()
    assert clerk.get("/zh-hans/entities/999/").status_code == 404
    with pytest.raises(EntityNotFoundError):
        entity_shown(999)


def test_a_person_judges_a_pair_and_the_numbers_follow() -> None:
    resolved(*FIRST)
    clerk = make_client(Role.MANAGER_CLERK)
    page = clerk.get("/en/entities/").content.decode()
    assert "Same name" in page
    [pair] = [one for one in open_pairs() if "market-1" in {one.left, one.right}]
    judgement = {"left": pair.left, "right": pair.right, "same": "yes", "reason": "电话核实"}
    answer = clerk.post("/en/entities/judge/", judgement, follow=True)
    assert "Judged one firm; numbers follow" in answer.content.decode()
    assert pair not in open_pairs()
    assert ProcrastinateJob.objects.filter(task_name="atlas.resolve_records").count() == 1
    tasks.resolve_records()
    assert numbers()["park-1"] == numbers()["market-1"]
    shown = entity_shown(numbers()["park-1"])
    why = [reason.en for one in shown.records for reason in one.reasons]
    assert any(one.startswith("Judged one firm by") and one.endswith("电话核实") for one in why)
    assert open_pairs().count() == 0  # what waited beside the other record of the firm is settled with it
    changes = clerk.get("/zh-hans/entities/?state=changes").content.decode()
    assert "并入" in changes


def test_a_judgement_needs_two_known_records_and_a_reason() -> None:
    resolved(*FIRST)
    officer = make_actor(Role.MANAGER_CLERK)
    for left, right in (("market-1", "nobody"), ("market-1", "market-1")):
        with pytest.raises(RecordPairNotFoundError):
            judge_records(actor=officer, pair=(left, right), is_same=True, reason="x")
    with pytest.raises(JudgementReasonError):
        judge_records(actor=officer, pair=("market-1", "park-1"), is_same=True, reason=" ")
    assert not EntityJudgement.objects.exists()


def test_an_entity_is_found_by_number_key_code_and_name() -> None:
    resolved(*FIRST)
    number = numbers()["market-2"]
    for asked in ("market-2", TWO.lower(), "粤海", str(number)):
        assert number in [found for found, _ in found_entities(asked)]
    assert found_entities("nobody") == found_entities("") == []
    page = make_client(Role.MANAGER_CLERK).get("/zh-hans/entities/", {"q": "粤海"}).content.decode()
    assert f"/zh-hans/entities/{number}/" in page


def test_files_are_kept_by_the_command_and_again_change_nothing(tmp_path: Path) -> None:
    records = tmp_path / "records.csv"
    records.write_text(f"key,name,code\na,{NAME},{ONE}\nb,华科,{ONE}\nc,{NAME},\n", encoding="utf-8")
    judgements = tmp_path / "judgements.csv"
    judgements.write_text(
        "left,right,same,judged_at,judged_by,reason\na,c,yes,2022-01-20T09:00:00+08:00,王,查档\n", encoding="utf-8"
    )
    told = keep_entities(records, read_records(records), read_judgements(judgements))
    assert {name: told[name] for name in ("records", "entities", "possible")} == {
        "records": 3, "entities": 1, "possible": 0,
    }  # fmt: skip
    again = keep_entities(records, read_records(records), read_judgements(judgements))
    assert (again["records"], again["merged"], EntityJudgement.objects.count()) == (3, 0, 1)
    assert EntityRun.objects.latest("pk").file_name == "records.csv"


def test_nobody_changes_what_is_kept_and_a_bank_sees_none_of_it() -> None:
    resolved(*FIRST)
    bank = make_organisation(OrganisationKind.BANK)
    with scope(organisation_scope(bank.pk)):
        assert [EntityRun.objects.count(), EntityRecord.objects.count(), EntityPlace.objects.count()] == [0, 0, 0]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        EntityPlace.objects.update(number=1)
    assert make_client(Role.BANK_CLERK, bank).get("/zh-hans/entities/").status_code == 403
