"""The table of features out of book and lake: what `facts_of` says of each firm, as far as rules can read it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.atlas.test_ingesting import HEAD, ingest, line

from yulin.atlas.adapters import feature_files
from yulin.atlas.adapters.shipped_sources import contract_and_content
from yulin.atlas.adapters.statement_files import lake_root
from yulin.atlas.core.contracts import read_contract
from yulin.atlas.enums import CodeKind, EndReason
from yulin.atlas.errors.lake import LakePartError
from yulin.atlas.models import Firm, Receipt, Statement, StatementEnd
from yulin.atlas.selectors import facts_of
from yulin.atlas.services import Delivery, NewFirm, NewStatement, add_firm_code, add_statements, ingest_file
from yulin.atlas.services import register_firms as register
from yulin.base.ids import make_uscc
from yulin.cli.atlas_features import write_feature_table
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.models import AuditEntry
from yulin.rules.adapters import population_files
from yulin.rules.adapters.shipped import shipped_pack
from yulin.rules.errors import UnknownFactError

pytestmark = pytest.mark.django_db

CODES = [make_uscc("440112", serial) for serial in range(30)]
OLD = make_uscc("440112", 900)
DAY = date(2022, 6, 1)
FACTS = ["staff_count", "revenue", "total_assets", "has_valid_hnte", "industry", "list_number"]


@pytest.fixture(autouse=True)
def _own_lake(tmp_path: Path, settings: object) -> None:
    settings.YULIN_HOME = tmp_path / "home"


@pytest.fixture
def _few_firms_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feature_files, "ROWS_A_PART", 8)
    monkeypatch.setattr(feature_files, "LEAST_FIRMS", 3)


def written(tmp_path: Path, facts: list[str] | None = FACTS, **asked: object) -> pl.DataFrame:
    out = tmp_path / "features.parquet"
    write_feature_table(facts, out, asked.get("as_of", DAY), asked.get("known_at"), asked.get("engine", "polars"))
    return pl.read_parquet(out)


def of_the_book(known_at: datetime, on: date = DAY) -> dict[str, dict[str, object]]:
    """Return what counts about each firm as rules read it one by one."""
    ids = dict(Firm.objects.values_list("pk", "identifier"))
    return {
        ids[pk]: {
            name: value
            for one in said.values()
            for name, value in (
                [(f"{one.fact.removesuffix('by_year')}{year}", each) for year, each in one.value.items()]
                if isinstance(one.value, dict)
                else [(one.fact, one.value)]
            )
            if value is not None
        }
        for pk, said in facts_of(sorted(ids), on=on, known_at=known_at).items()
    }


def as_written(table: pl.DataFrame) -> dict[str, dict[str, object]]:
    rows = table.drop("registered_on", "district_code", strict=False).iter_rows(named=True)
    return {row.pop("firm_id"): {name: value for name, value in row.items() if value is not None} for row in rows}


def fill(tmp_path: Path) -> None:
    """An earlier contract, a row under an old code, corrections and ends, what the book alone says."""
    ids = register(actor=SYSTEM_ACTOR, firms=[NewFirm(CODES[0], "示例0有限公司", registered_on=date(2015, 6, 1))])
    add_firm_code(actor=SYSTEM_ACTOR, firm_id=ids[CODES[0]], code=OLD, kind=CodeKind.SUCCESSOR)
    _, content = contract_and_content("firm-facts")
    content = {**content, "priority": 60}
    path = tmp_path / "earlier.csv"
    path.write_text(HEAD + "".join(line(at, staff=str(100 + at)) for at in range(6)))
    earlier = read_contract(content, "earlier")
    ingest_file(
        actor=SYSTEM_ACTOR, contract=earlier, content=content, delivery=Delivery(path, date(2022, 2, 1), batch_rows=2)
    )
    of_old = f'{OLD},示例0有限公司,77,"5万元",否\n'
    ingest(tmp_path / "a.csv", HEAD + "".join(line(at, revenue=f"{at}万元") for at in range(2, 8)) + of_old)
    firm = dict(Firm.objects.values_list("identifier", "pk"))
    first, last = date(2022, 1, 5), date(2022, 5, 31)
    said = [
        NewStatement(firm[CODES[6]], "industry", "software", "统计登记", first),
        NewStatement(firm[CODES[6]], "list_number", '粤 "1"\n号,', "bank", first),
        NewStatement(firm[CODES[5]], "list_number", "", "bank", first),
        NewStatement(firm[CODES[5]], "total_assets_fen", 5, "bank", first, last),
        NewStatement(firm[CODES[4]], "revenue_fen_2020", 77, "bank", first),
        NewStatement(firm[CODES[4]], "staff_count", None, "bank", first),
        NewStatement(firm[CODES[3]], "revenue_fen_by_year", {"2019": 1_100, "2020": 1_200}, "bank", first),
        NewStatement(firm[CODES[5]], "revenue_fen_by_year", {"2019": 2_100, "2020": None}, "bank", first),
    ]
    add_statements(actor=SYSTEM_ACTOR, statements=said)
    for code, day in ((CODES[2], first), (CODES[3], DAY + timedelta(days=1))):
        for wrong in Statement.objects.filter(firm__identifier=code, fact="staff_count", priority=30):
            StatementEnd.objects.create(statement=wrong, ends_on=day, why=str(EndReason.CORRECTED))


@pytest.mark.usefixtures("_few_firms_a_part")
def test_each_row_is_what_counts_about_the_firm_alone(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    fill(tmp_path)
    table = written(tmp_path)
    assert table["firm_id"].to_list() == sorted(Firm.objects.values_list("identifier", flat=True))
    found = as_written(table)
    assert found == of_the_book(datetime.now(UTC))
    assert found[CODES[0]] == {"staff_count": 77, "revenue_fen": 5_000_000, "has_valid_hnte": False}
    assert found[CODES[2]]["staff_count"] == 102
    assert found[CODES[3]]["staff_count"] == 40
    assert found[CODES[4]]["revenue_fen_2020"] == 77
    assert (found[CODES[3]]["revenue_fen_2020"], found[CODES[3]]["revenue_fen_2019"]) == (1_200, 1_100)
    assert (found[CODES[5]]["revenue_fen_2019"], "revenue_fen_2020" in found[CODES[5]]) == (2_100, False)
    assert found[CODES[6]]["list_number"] == '粤 "1"\n号,'
    assert found[CODES[5]]["list_number"] == ""
    for moment in (before, Receipt.objects.order_by("pk")[0].known_at, Receipt.objects.order_by("pk")[1].known_at):
        assert as_written(written(tmp_path, known_at=moment)) == of_the_book(moment)
    then = date(2022, 1, 10)
    assert as_written(written(tmp_path, as_of=then)) == of_the_book(datetime.now(UTC), then)
    facts = AuditEntry.objects.filter(action="atlas.write_features").order_by("pk")[0].facts
    assert (facts["firms"], facts["engine"]) == (8, "polars")


def test_all_is_a_table_that_rules_read(tmp_path: Path) -> None:
    fill(tmp_path)
    table = written(tmp_path, None)
    assert table.filter(firm_id=CODES[0])["registered_on"].item() == date(2015, 6, 1)
    assert {"staff_count", "revenue_fen", "revenue_fen_2020", "industry"} < set(table.columns)
    packs, out = [shipped_pack("size-2011"), shipped_pack("title-techsme-2017")], tmp_path / "out.parquet"
    firms = tmp_path / "features.parquet"
    assert population_files.assess_file(packs, firms, out, DAY, missing_is_unknown=True) == 8
    assert pl.read_parquet(out)["firm_id"].to_list() == table["firm_id"].to_list()


def test_a_book_without_firms_gives_an_empty_table_with_its_columns(tmp_path: Path) -> None:
    table = written(tmp_path)
    assert table.is_empty()
    assert table.schema["staff_count"] == pl.Int64()
    assert list(tmp_path.glob(".*")) == []


def test_a_part_that_is_cut_off_or_gone_is_refused_by_name_and_nothing_is_written(tmp_path: Path) -> None:
    ingest(tmp_path / "a.csv", HEAD + "".join(line(at) for at in range(4)))
    part = next(lake_root().rglob("part-000001.parquet"))
    whole = part.read_bytes()
    for damaged in (whole[:-20], b"", whole[:200] + bytes(200) + whole[400:]):
        part.write_bytes(damaged)
        with pytest.raises(LakePartError, match="part-000001"):
            written(tmp_path)
    part.unlink()
    with pytest.raises(LakePartError, match="文件不存在"):
        written(tmp_path)
    assert not (tmp_path / "features.parquet").exists()
    assert list(tmp_path.glob(".*")) == []


def test_a_fact_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownFactError, match="staff_cuont"):
        written(tmp_path, ["staff_cuont"])
