from __future__ import annotations

import json
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from yulin.atlas.adapters.shipped_sources import contract_and_content, shipped_source_ids
from yulin.atlas.adapters.statement_files import lake_root, statements_about
from yulin.atlas.core.bods import bods_statements
from yulin.atlas.core.control import Holding, sort_holdings
from yulin.atlas.errors import SchemaDriftError, SourceFileError
from yulin.atlas.models import Candidate, Firm, Particular, Receipt, Statement
from yulin.atlas.selectors import facts_of, receipts_of
from yulin.atlas.services import Delivery, NewFirm, NewStatement, add_statements, ingest_file, register_firms
from yulin.base.errors import InputShapeError
from yulin.base.ids import make_uscc
from yulin.cli.atlas_sources import write_quarantine_table
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.models import AuditEntry

pytestmark = pytest.mark.django_db

CODES = [make_uscc("440112", serial) for serial in range(30)]
AS_OF = date(2021, 12, 31)
HEAD = "统一社会信用代码,企业名称,职工总数,营业收入,高新技术企业\n"


@pytest.fixture(autouse=True)
def _own_lake(tmp_path: Path, settings: object) -> None:
    settings.YULIN_HOME = tmp_path / "home"


def ingest(path: Path, text: str | bytes, source: str = "firm-facts", batch_rows: int = 2) -> tuple[Receipt, bool]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    contract, content = contract_and_content(source)
    delivery = Delivery(path, AS_OF, batch_rows=batch_rows)
    return ingest_file(actor=SYSTEM_ACTOR, contract=contract, content=content, delivery=delivery)


def line(at: int, staff: str = "40", revenue: str = "1,200.5万元", hnte: str = "是") -> str:
    return f'{CODES[at]},示例{at}有限公司,{staff},"{revenue}",{hnte}\n'


def parts() -> list[Path]:
    return sorted(lake_root().rglob("*"))


def test_a_file_becomes_firms_statements_and_a_receipt_and_twice_changes_nothing(tmp_path: Path) -> None:
    text = HEAD + line(0) + line(1, staff="许多") + "x,无码有限公司,1,1,是\n" + line(0) + line(2)
    receipt, is_new = ingest(tmp_path / "a.csv", text)
    assert is_new
    counts = (
        receipt.rows_read,
        receipt.rows_taken,
        receipt.rows_repeated,
        receipt.rows_kept_out,
        receipt.cells_kept_out,
    )
    assert counts == (5, 3, 1, 1, 1)
    assert receipt.quality["staff_count"] == {"filled": 5, "taken": 2, "problems": {"unreadable": 1}}
    ids = dict(Firm.objects.values_list("identifier", "pk"))
    assert set(ids) == set(CODES[:3])
    said = facts_of([ids[CODES[0]]], on=date(2022, 1, 1), known_at=datetime.now(UTC))[ids[CODES[0]]]
    assert {fact: one.value for fact, one in said.items()} == {
        "staff_count": 40, "revenue_fen": 1_200_500_000, "has_valid_hnte": True
    }  # fmt: skip
    row = Statement.objects.get(firm_id=ids[CODES[0]], fact="revenue_fen")
    assert (row.original, row.row, row.receipt_id, row.priority) == ("1,200.5万元", 2, receipt.pk, 30)
    kept = statements_about(CODES[0])
    assert kept["predicate"].to_list() == ["has_valid_hnte", "name", "revenue_fen", "staff_count"]
    assert kept.row(0, named=True)["licence"] == "internal"
    before = parts(), Statement.objects.count(), AuditEntry.objects.count()
    again, is_new = ingest(tmp_path / "b.csv", text)
    assert (again.pk, is_new) == (receipt.pk, False)
    assert (parts(), Statement.objects.count(), AuditEntry.objects.count()) == before
    assert list(receipts_of("firm-facts")) == [receipt]


def test_a_file_that_broke_off_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = HEAD + "".join(line(at) for at in range(7)) + line(0)
    from yulin.atlas.services import ingesting

    kept = ingesting.write_quarantine

    def broken(stamp: object, number: int, rows: pl.DataFrame) -> None:
        if number == 2:
            raise OSError("disk full")
        kept(stamp, number, rows)

    monkeypatch.setattr(ingesting, "write_quarantine", broken)
    with pytest.raises(OSError, match="disk full"):
        ingest(tmp_path / "a.csv", text)
    assert (Receipt.objects.get().batches_done, Firm.objects.count()) == (2, 4)
    monkeypatch.undo()
    receipt, is_new = ingest(tmp_path / "a.csv", text)
    assert is_new
    assert (receipt.state, receipt.rows_read, receipt.rows_taken, receipt.rows_repeated) == ("done", 8, 7, 1)
    assert Statement.objects.count() == 7 * 3
    lake = pl.concat(pl.read_parquet(part, hive_partitioning=False) for part in parts() if part.suffix == ".parquet")
    assert lake.height == lake.unique(["subject", "predicate"]).height == receipt.statement_count == 7 * 4


def test_a_file_of_another_shape_is_refused_and_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(SchemaDriftError):
        ingest(tmp_path / "a.csv", "统一社会信用代码,职工总数\n" + f"{CODES[0]},3\n")
    lying = HEAD + "".join(line(at, staff="保密") for at in range(25))
    with pytest.raises(SchemaDriftError) as caught:
        ingest(tmp_path / "b.csv", lying, batch_rows=50)
    assert "职工总数" in str(caught.value)
    assert (Firm.objects.count(), parts()) == (0, [])
    assert {receipt.state for receipt in Receipt.objects.all()} == {"stopped"}


def test_a_file_cut_short_keeps_what_came_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yulin.atlas.adapters.source_files._LONGEST_CELL", 200)
    text = HEAD + line(0) + line(1) + f'{CODES[2]},"示例' + "长" * 300
    with pytest.raises(SourceFileError):
        ingest(tmp_path / "a.csv", text)
    receipt = Receipt.objects.get()
    assert (receipt.state, receipt.rows_taken, Firm.objects.count()) == ("stopped", 2, 2)


def test_new_columns_are_drift_and_two_encodings_are_told_apart(tmp_path: Path) -> None:
    head = HEAD.replace("\n", ",电话\n")
    good = line(0).replace("\n", ",1\n").encode()
    receipt, _ = ingest(tmp_path / "a.csv", head.encode() + good + line(1).replace("\n", ",1\n").encode("gb18030"))
    assert receipt.drift == {"missing": ["科技人员数", "资产总额", "研发费用"], "new": ["电话"]}
    assert (receipt.rows_taken, receipt.quality[""]["problems"]) == (1, {"encoding": 1})


def test_of_a_court_extract_that_mostly_lacks_codes_the_rest_is_taken_and_a_register_is_refused(tmp_path: Path) -> None:
    head = "统一社会信用代码,企业名称,案号,类型,法院,日期,结束日期\n"
    register_firms(actor=SYSTEM_ACTOR, firms=[NewFirm(CODES[0], "广州云衡示例科技有限公司")])
    rows = [
        f"{CODES[0] if at < 6 else ''},广州云衡示例科技有限公司,（2021）粤示民初{at}号,买卖合同纠纷,法院,2021-05,-\n"
        for at in range(24)
    ]
    receipt, _ = ingest(tmp_path / "court.csv", head + "".join(rows), source="court-extract", batch_rows=100)
    assert (receipt.state, receipt.rows_taken, receipt.rows_kept_out) == ("done", 6, 18)
    assert Particular.objects.count() == 6
    assert Candidate.objects.count() == 18
    bare = "企业名称,统一社会信用代码,注册日期\n" + "".join(
        f"广州示例{at}科技有限公司,{CODES[0] if at < 6 else ''},2010-01-01\n" for at in range(24)
    )
    with pytest.raises(SchemaDriftError):
        ingest(tmp_path / "bare.csv", bare, source="register-extract", batch_rows=100)


def test_a_code_that_changes_hands_is_kept_out_and_a_new_name_is_not(tmp_path: Path) -> None:
    firms = [
        NewFirm(CODES[at], f"广州示例{name}科技有限公司", registered_on=date(2010, 1, 1))
        for at, name in enumerate("甲乙")
    ]
    register_firms(actor=SYSTEM_ACTOR, firms=firms)
    head = "企业名称,统一社会信用代码,注册日期\n"
    rows = f"广州丙丁贸易有限公司,{CODES[0]},2020-05-05\n广州戊己贸易有限公司,{CODES[1]},2010-01-01\n"
    receipt, _ = ingest(tmp_path / "a.csv", head + rows, source="register-extract")
    assert (receipt.rows_taken, receipt.quality[""]["problems"]) == (1, {"code_changes_hands": 1})
    assert statements_about(CODES[0]).is_empty()
    assert statements_about(CODES[1]).filter(predicate="name")["value"].item() == "广州戊己贸易有限公司"
    out = pl.read_parquet(next(part for part in parts() if "quarantine" in str(part) and part.suffix == ".parquet"))
    assert out["found"].item() == f"{CODES[0]}: 广州丙丁贸易有限公司 (2020-05-05)"
    assert out["needed"].item() == "广州示例甲科技有限公司 (2010-01-01)"


def test_the_source_believed_first_counts_in_the_book(tmp_path: Path) -> None:
    ingest(tmp_path / "a.csv", HEAD + line(0, staff="40"))
    firm = Firm.objects.get()
    add_statements(
        actor=SYSTEM_ACTOR, statements=[NewStatement(firm.pk, "staff_count", 99, "bank", AS_OF)]
    )  # fmt: skip
    said = facts_of([firm.pk], on=date(2022, 1, 1), known_at=datetime(2100, 1, 1, tzinfo=UTC))[firm.pk]
    assert (said["staff_count"].value, said["staff_count"].source) == (40, "firm-facts")


def test_the_database_loses_no_row(tmp_path: Path) -> None:
    receipt, _ = ingest(tmp_path / "a.csv", HEAD + line(0))
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.filter(pk=receipt.pk).update(rows_taken=5)


def test_queries_do_not_grow_with_the_rows(tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ingest(tmp_path / "a.csv", HEAD + line(0))
    with django_assert_num_queries(36):
        ingest(tmp_path / "b.csv", HEAD + line(1), batch_rows=50)
    with django_assert_num_queries(36):
        ingest(tmp_path / "c.csv", HEAD + "".join(line(at) for at in range(2, 22)), batch_rows=50)


def test_what_is_in_quarantine_can_be_read_with_its_row(tmp_path: Path) -> None:
    receipt, _ = ingest(tmp_path / "a.csv", HEAD + line(0, staff="许多") + "x,无码有限公司,1,1,是\n")
    out = tmp_path / "aside.csv"
    assert write_quarantine_table(receipt.pk, out) == 2
    rows = pl.read_csv(out)
    assert rows["row"].to_list() == [2, 3]
    assert rows["problem"].to_list() == ["unreadable", "code_wrong"]
    assert "无码有限公司" in rows["raw"][1]
    with pytest.raises(InputShapeError, match="9999"):
        write_quarantine_table(9999, out)


def test_each_row_of_a_judicial_extract_is_a_particular_of_its_firm(tmp_path: Path) -> None:
    code = make_uscc("440112", 71)
    head = "统一社会信用代码,类型,案号,法院,日期,涉案金额,结束日期"
    rows = [
        f"{code},民事,（2015）1号,示例法院,2015年08月,1.5万元,",
        f"{code},执行,（2015）2号,示例法院,2015-08-03,11400,2020年8月",
        f"{code},执行,（2015）3号,示例法院,2021-08-03,1,2020-08-03",
        f"{code},民事,（2015）1号,示例法院,2015年08月,1.5万元,",
    ]
    receipt, _ = ingest(tmp_path / "court.csv", "\n".join([head, *rows]), "court-extract")
    assert (receipt.rows_read, receipt.rows_taken, receipt.rows_repeated, receipt.rows_kept_out) == (4, 2, 1, 1)
    found = Particular.objects.filter(receipt=receipt).order_by("key")
    assert [(one.key, one.valid_from, one.valid_until) for one in found] == [
        ("（2015）1号:民事", date(2015, 8, 31), None),
        ("（2015）2号:执行", date(2015, 8, 3), date(2020, 8, 1)),
    ]
    assert found[0].value == {
        "type": "民事", "number": "（2015）1号", "court": "示例法院", "decided_on": "2015-08", "amount_fen": 1_500_000,
    }  # fmt: skip
    assert "日期 2015年08月" in found[0].original


@pytest.mark.parametrize(
    ("source", "head", "row", "kind", "key"),
    [
        ("key-people", "姓名,职务,任职日期,离任日期", "甲某,监事,2015-03-01,", "key_person", "甲某:监事"),
        ("environmental-rights", "登记号,名称,评估值", "E1,碳排放配额,20万元", "environmental_right", "E1"),
        ("firm-exits", "是否退出,退出日期,退出方式", "是,2021-06-01,注销", "exit", "2021-06-01:注销"),
        ("permits", "资质名称,起始日期,到期日期", "CMMI3,2020-05,2025-05-31", "permit", "CMMI3:2020-05"),
        ("ip-list", "登记号,名称,类型,评价类别", "ZL1,一种方法,发明专利,Ⅰ类", "ip_right", "ZL1"),
        ("talent-list", "姓名,人才计划,级别,认定日期,有效期至", "甲某,领军,市级,2020-05,2025-05-31",
         "talent", "甲某:领军"),
        ("support-received", "政策名称,兑现部门,文号,兑现日期,金额", "奖补,科技局,,2021-09-28,20万元",
         "policy_received", "奖补:2021-09-28"),
        ("credit-loans", "合同号,贷款机构,业务品种,金额,余额,发放日期,到期日期,逾期天数",
         "1号,示例银行,流贷,500万元,0,2021-02-08,2022-02-08,0", "loan", "示例银行:1号"),
    ],
)  # fmt: skip
def test_people_talent_support_and_loans_are_particulars(
    tmp_path: Path, source: str, head: str, row: str, kind: str, key: str
) -> None:
    code = make_uscc("440112", 73)
    receipt, _ = ingest(tmp_path / "a.csv", f"统一社会信用代码,{head}\n{code},{row}\n", source)
    assert (receipt.rows_taken, receipt.rows_kept_out) == (1, 0)
    [one] = Particular.objects.filter(receipt=receipt)
    assert (one.kind, one.key) == (kind, key)


def test_a_class_of_a_right_that_no_law_knows_is_set_aside_and_the_right_stays(tmp_path: Path) -> None:
    row = f"{make_uscc('440112', 73)},ZL1,一种方法,发明专利,甲类"
    receipt, _ = ingest(tmp_path / "a.csv", f"统一社会信用代码,登记号,名称,类型,评价类别\n{row}\n", "ip-list")
    assert (receipt.rows_taken, receipt.quality["grade"]["problems"]) == (1, {"not_listed": 1})
    assert "grade" not in Particular.objects.get(receipt=receipt).value


def test_holdings_are_read_to_the_millionth_and_a_share_without_its_sign_is_kept_out(tmp_path: Path) -> None:
    code = make_uscc("440112", 72)
    rows = [f"{code},,张三,33.3333%", f"{code},,李四,0.5", f"{code},,王五,66.6667％"]
    head = "统一社会信用代码,股东代码,股东名称,持股比例"
    receipt, _ = ingest(tmp_path / "holdings.csv", "\n".join([head, *rows]), "holdings")
    found = Particular.objects.filter(receipt=receipt).order_by("row")
    assert [one.value for one in found] == [
        {"holder_name": "张三", "share_ppm": 333_333},
        {"holder_name": "王五", "share_ppm": 666_667},
    ]
    assert receipt.rows_kept_out == 1


def test_bods_statements_are_taken_in_as_holdings(tmp_path: Path) -> None:
    firm, holder = make_uscc("440112", 74), make_uscc("440112", 75)
    ownership = sort_holdings([Holding(holder, firm, Fraction(3, 5)), Holding("陈示例", firm, Fraction(1, 5))])
    statements = bods_statements(ownership, {holder: "示例控股"}, published_on=AS_OF, publisher="R")
    (said := list(statements)).append({**said[-1], "recordId": "x", "recordDetails": {"subject": "nobody"}})
    text = json.dumps(said, ensure_ascii=False)
    receipt, _ = ingest(tmp_path / "bods.json", text, "bods-holdings", batch_rows=50)
    rows = Particular.objects.filter(receipt=receipt).order_by("key")
    assert {(one.value["holder_name"], one.value.get("holder"), one.value["share_ppm"]) for one in rows} == {
        ("示例控股", holder, 600_000), ("陈示例", None, 200_000),
    }  # fmt: skip
    assert (receipt.rows_read, receipt.rows_kept_out) == (3, 1)


def test_an_invoice_keeps_its_side_and_its_sign(tmp_path: Path) -> None:
    code = make_uscc("440112", 73)
    head = "统一社会信用代码,发票号码,开票日期,购方识别号,购方名称,金额,税额,价税合计,发票状态"
    row = f"{code},7,2021-05-05,P,买方,-100,-13,-113,正常"
    receipt, _ = ingest(tmp_path / "invoices.csv", f"{head}\n{row}", "invoices-issued")
    one = Particular.objects.get(receipt=receipt)
    assert (one.key, one.value["side"], one.value["gross_fen"]) == ("sale:7", "sale", -11_300)


@pytest.mark.parametrize("source", shipped_source_ids())
def test_every_shipped_contract_can_be_read(source: str) -> None:
    assert contract_and_content(source)[0].id == source
