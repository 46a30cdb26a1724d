"""Quality of a source over its files: its page, its alerts, a notice to who answers for it, a late file told once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.factories.people import make_client, make_demo_book, make_organisation

from yulin.atlas.adapters.shipped_sources import contract_and_content
from yulin.atlas.errors import SourceFileError
from yulin.atlas.services import Delivery, ingest_file
from yulin.atlas.services.watching import watch_sources
from yulin.base.ids import make_uscc
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import AuditEntry, Notice

pytestmark = pytest.mark.django_db
HEAD, FULL = "统一社会信用代码,企业名称,注册日期,注册地址", ",企业类型,注册资金,经营范围,所在省份,地区"
MONTHS = (date(2021, 11, 30), date(2021, 12, 31), date(2022, 1, 31))


class World:
    """A register that sends a file a month to an authority that answers for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        make_demo_book(date(2022, 1, 10))
        self.authority = make_organisation(OrganisationKind.AUTHORITY)
        self.client = make_client(Role.AUTHORITY_OFFICER, self.authority)

    def send(self, as_of: date, wrong: int = 0, columns: str = FULL, end: str = "") -> None:
        """Take in twenty rows, `wrong` of them with a day that is none; without `columns` those of them go too."""
        said = ",有限,1万元,软件,广东,广州" if columns else ""
        rows = "".join(
            f"{make_uscc('440112', at)},示例{at}有限公司,{'明年' if at < wrong else '2012-03-05'},{as_of}路{said}\n"
            for at in range(20)
        )
        path = self.folder / f"{as_of}.csv"
        path.write_text(f"{HEAD}{columns}\n{rows}{end}", encoding="utf-8")
        contract, content = contract_and_content("register-extract")
        ingest_file(
            actor=SYSTEM_ACTOR, contract=contract, content=content, delivery=Delivery(path, as_of, batch_rows=5)
        )

    def open_notices(self) -> list[tuple[str, str]]:
        watch_sources(actor=SYSTEM_ACTOR)
        rows = Notice.objects.filter(organisation=self.authority, kind="atlas.source", done_on__isnull=True)
        return list(rows.order_by("pk").values_list("title_zh", "body_zh"))


@pytest.fixture
def world(tmp_path: Path, settings: object) -> World:
    settings.YULIN_HOME = tmp_path / "home"  # type: ignore[attr-defined] # the fixture of pytest-django
    return World(tmp_path)


def test_a_field_that_holds_less_is_told_to_who_answers_and_a_sound_file_settles_it(world: World) -> None:
    world.send(MONTHS[0])
    assert world.open_notices() == []
    world.send(MONTHS[1], wrong=4)
    [(title, body)] = world.open_notices()
    assert title == "处理数据质量告警：市场主体登记摘要"
    assert body == "“成立日期”合格率由100%降至80%"
    [entry] = AuditEntry.objects.filter(action="atlas.tell_of_source")
    assert entry.facts["source"] == "register-extract"
    make_demo_book(MONTHS[2])
    world.send(MONTHS[2])
    assert world.open_notices() == []


def test_the_page_says_rules_rates_trend_and_alerts(world: World) -> None:
    world.send(MONTHS[0])
    world.send(MONTHS[1], wrong=4)
    page = world.client.get("/zh-hans/sources/register-extract/").content.decode()
    for said in (
        "“成立日期”合格率由100%降至80%", "80%", 'aria-label="100%, 80%"', "不晚于入库日", "每月", "2022-02-15",
    ):  # fmt: skip
        assert said in page, said
    assert "Quality field by field" in world.client.get("/en/sources/register-extract/").content.decode()
    assert world.client.get("/en/sources/nobody/").status_code == 404
    assert make_client(Role.BANK_CLERK).get("/zh-hans/sources/register-extract/").status_code == 403


def test_drift_and_a_file_that_broke_off_are_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yulin.atlas.adapters.source_files._LONGEST_CELL", 200)
    world.send(MONTHS[0], columns="")
    [(_, body)] = world.open_notices()
    assert body == "最近文件缺少列：企业类型、注册资金、经营范围、所在省份、地区"
    with pytest.raises(SourceFileError):
        world.send(MONTHS[1], columns="", end='"' + "长" * 300)
    [(_, body)] = world.open_notices()
    assert body.startswith("最近文件读取中断，其后各行未入库；最近文件缺少列：")


def test_a_late_file_is_told_once_from_the_day_after_its_last(world: World) -> None:
    world.send(MONTHS[1])
    make_demo_book(date(2022, 2, 15))
    assert watch_sources(actor=SYSTEM_ACTOR) == 0
    make_demo_book(date(2022, 2, 16))
    assert [watch_sources(actor=SYSTEM_ACTOR) for _ in range(2)] == [1, 0]
    assert world.open_notices() == [("催收数据：市场主体登记摘要应于2022-02-15前报送", "")]
    assert "应于2022-02-15前收到新文件" in world.client.get("/zh-hans/sources/register-extract/").content.decode()
    world.send(MONTHS[2])
    assert world.open_notices() == []
