"""What sources list of the demo book's firms one by one: holdings, invoices, rights, staff, records, assets, pledges.

All of it is invented and hangs together: a firm's invoices of a year sum to its revenue, its rights and its staff are
as many as its facts say, its pledges secure loans of the book. Known errors are planted (`Planted`): invoices under two
numbers, void ones and wrong sums, assets pledged twice, pledged and sold, a receivable whose invoice was taken back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from yulin.atlas.adapters.shipped_sources import contract_and_content
from yulin.atlas.core.contracts import SourceContract
from yulin.atlas.core.particulars import FORMS
from yulin.atlas.enums import ParticularKind
from yulin.atlas.services.ingesting import keep_source
from yulin.demo import targets
from yulin.demo.book import DemoBook

SEED = 20220120
MOST_FIRMS = 240
KNOWN_AT = date(2022, 1, 10)
_SALES_A_YEAR, _PURCHASES_A_YEAR = 18, 8
_VAT_PERCENT = 13
_FAMILY, _GIVEN = "林陈黄李张王何罗梁谢", ("晓岚", "志远", "海明", "若水", "嘉禾", "思齐")
_SOURCES = (
    "holdings", "invoices-issued", "invoices-received", "ip-list", "social-security", "court-extract", "honours",
    "firm-events", "key-people", "talent-list", "support-received", "credit-loans", "asset-ledger", "receivables",
    "orders", "data-assets", "pledge-register", "disposals",
)  # fmt: skip
_RIGHTS = {"class1": ("发明专利", 20), "class2": ("实用新型专利", 10)}
_MACHINES = ("五轴加工中心", "贴片机", "光谱分析仪", "服务器集群", "环境试验箱")
_EVENTS = ("注册资本变更", "新产品发布", "经营地址变更", "完成股权融资")
_CASES = ("买卖合同纠纷", "技术服务合同纠纷", "劳动争议")


@dataclass
class Planted:
    """What is wrong on purpose, by the place of the firm among those of the world."""

    two_numbers: list[int] = field(default_factory=list)
    void: list[int] = field(default_factory=list)
    sum_wrong: list[int] = field(default_factory=list)
    pledged_twice: list[int] = field(default_factory=list)
    pledged_and_sold: list[int] = field(default_factory=list)
    taken_back: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class World:
    """Rows of particulars (`firm` is the firm's number in the book), and what is planted among them."""

    rows: pl.DataFrame
    planted: Planted


def world(firms: pl.DataFrame, facts: pl.DataFrame, loans: pl.DataFrame, banks: pl.DataFrame) -> World:
    """Return what sources list of the last firms; `facts` are their statements (firm, fact, value as JSON)."""
    some = firms.tail(MOST_FIRMS)
    known: dict[int, dict[str, Any]] = {number: {} for number in some["firm"]}
    for number, fact, value in facts.filter(pl.col("firm").is_in(some["firm"].implode())).iter_rows():
        known[number][fact] = json.loads(value)
    pledged = _pledged_loans(loans, banks)
    planted, rows = Planted(), []
    names = dict(zip(some["identifier"], some["name"], strict=True))
    for place, firm in enumerate(some.iter_rows(named=True)):
        one = _Firm(
            place, firm, known[firm["firm"]], names, pledged.get(firm["firm"]), np.random.default_rng([SEED, place])
        )
        rows += [(firm["firm"], *row) for row in one.rows(planted)]
    columns = ["firm", "kind", "key", "value", "source", "valid_from", "valid_until", "priority", "original"]
    return World(pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None), planted)


def load_world(book: DemoBook, statements: pl.DataFrame, copy: Callable[[str, pl.DataFrame], None]) -> Planted:
    """Write what sources list of the book's last firms; `copy` writes a frame to a table.

    Effects: the shipped sources of particulars, their rows.
    """
    for source in _SOURCES:
        keep_source(*contract_and_content(source))
    facts = statements.select(pl.col("firm_id") - 1, "fact", "value").rename({"firm_id": "firm"})
    found = world(book.firms, facts, book.loans, book.banks)
    copy(
        "atlas_particular",
        found.rows.select(
            pl.col("firm").alias("firm_id") + 1, pl.exclude("firm"), pl.lit(str(KNOWN_AT)).alias("known_at")
        ),
    )
    return found.planted


def _pledged_loans(loans: pl.DataFrame, banks: pl.DataFrame) -> dict[int, tuple[str, str, date, str]]:
    """Return, by firm, bank, day and security of its last open loan that a pledge secures."""
    is_open = pl.col("closed_on").is_null() & pl.col("security").is_in(["ip_pledge", "receivables"])
    named = banks.select("code", "name_zh").with_row_index("bank").with_columns(pl.col("bank").cast(pl.Int64))
    found = loans.filter(is_open).sort("disbursed_on").join(named, on="bank")
    columns = ("firm", "code", "name_zh", "disbursed_on", "security")
    return {firm: (code, name, on, security) for firm, code, name, on, security in found.select(columns).iter_rows()}


@dataclass
class _Firm:
    """One firm of the world: what each source lists of it."""

    place: int
    firm: Mapping[str, Any]
    facts: Mapping[str, Any]
    names: Mapping[str, str]
    pledged: tuple[str, str, date, str] | None
    rng: np.random.Generator

    def rows(self, planted: Planted) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of every source."""
        yield from self._holdings()
        sales = list(self._invoices(planted))
        yield from sales
        rights = list(self._rights())
        yield from rights
        yield from self._staff()
        yield from self._conduct()
        yield from self._people_and_money()
        yield from self._assets(planted, sales, rights)

    def _row(
        self, source: str, key: str, since: date, value: dict[str, Any], until: date | None = None
    ) -> tuple[Any, ...]:
        contract = _contract(source)
        kind = ParticularKind(contract.particular or "")
        columns = {one.fact: one.column for one in contract.fields}
        original = "；".join(
            f"{columns[name]} {_as_written(kind, name, said)}" for name, said in value.items() if name in columns
        )
        text = json.dumps(value, ensure_ascii=False)
        return kind.value, key, text, source, since, until, contract.priority, original

    def _holdings(self) -> Iterator[tuple[Any, ...]]:
        since = self.firm["registered_on"]
        others = [code for code in self.names if code != self.firm["identifier"]]
        founder = f"{self._pick(_FAMILY)}{self._pick(_GIVEN)}"
        parent = others[(self.place // 8 * 8) % len(others)] if self.place % 8 in {3, 5} else None
        parts: list[tuple[str | None, str, int]] = (
            [(parent, self.names[parent], 600_000)] if parent else [(None, founder, 620_000)]
        )
        parts += [(None, f"{self._pick(_FAMILY)}{self._pick(_GIVEN)}（合伙人）", 200_000)]
        rest = 1_000_000 - sum(part for _, _, part in parts)
        parts.append((None, "员工持股平台", rest))
        for holder, name, part in parts:
            value = {"holder_name": name, "share_ppm": part} | ({"holder": holder} if holder else {})
            yield self._row("holdings", ":".join(filter(None, (name, holder))), since, value)

    def _pick(self, among: Any) -> str:
        return str(among[int(self.rng.integers(len(among)))])

    def _invoices(self, planted: Planted) -> Iterator[tuple[Any, ...]]:
        others = [code for code in self.names if code != self.firm["identifier"]]
        start = int(self.rng.integers(len(others)))
        partners = [others[(start + 7 * n) % len(others)] for n in range(8)]
        revenue = int(self.firm["revenue_fen"])
        before = int(self.facts.get(f"revenue_fen_{targets.AS_OF.year - 1}", revenue * 85 // 100))
        weights = np.array([8, 4, 3, 2, 1])
        for year, whole in ((targets.AS_OF.year - 1, before), (targets.AS_OF.year, revenue)):
            season = self.rng.uniform(0.6, 1.5, _SALES_A_YEAR) * np.linspace(0.8, 1.3, _SALES_A_YEAR)
            amounts = (season / season.sum() * whole).astype(np.int64)
            amounts[-1] += whole - int(amounts.sum())
            for n, net in enumerate(amounts.tolist()):
                on = date(year, 1, 5) + timedelta(days=n * 350 // _SALES_A_YEAR)
                partner = partners[int(self.rng.choice(5, p=weights / weights.sum()))]
                yield self._invoice("invoices-issued", f"{year}{self.place:04}{n:04}", on, partner, net)
            for n in range(_PURCHASES_A_YEAR):
                net = int(whole * self.rng.uniform(0.4, 0.7) / _PURCHASES_A_YEAR)
                on = date(year, 1, 20) + timedelta(days=n * 340 // _PURCHASES_A_YEAR)
                partner = partners[5 + n % 3]
                yield self._invoice("invoices-received", f"{year}{self.place:04}{n:04}", on, partner, net)
        yield from self._planted_invoices(planted, partners[0])

    def _planted_invoices(self, planted: Planted, partner: str) -> Iterator[tuple[Any, ...]]:
        """Yield a sale that was taken back whole, and by turns one under two numbers, a void one, a wrong sum."""
        on, net = date(targets.AS_OF.year, 9, 9), 1_234_500
        stem = f"{targets.AS_OF.year}{self.place:04}"
        yield self._invoice("invoices-issued", f"{stem}9001", on, partner, net)
        yield self._invoice("invoices-issued", f"{stem}9002", on + timedelta(days=30), partner, -net)
        if self.place % 3 == 0:
            planted.two_numbers.append(self.place)
            yield self._invoice("invoices-issued", f"44{stem}{'0' * 8}11", on, partner, 777_700)
            yield self._invoice("invoices-issued", f"{self.place:08}", on, partner, 777_700)
            yield self._invoice("invoices-issued", f"{stem}9013", on + timedelta(days=1), partner, -777_700)
        if self.place % 3 == 1:
            planted.void.append(self.place)
            yield self._invoice("invoices-issued", f"{stem}9021", on, partner, 55_500, status="作废")
        if self.place % 3 == 2:
            planted.sum_wrong.append(self.place)
            yield self._invoice("invoices-issued", f"{stem}9031", on, partner, 66_600, gross_fen=66_600)

    def _invoice(self, source: str, number: str, on: date, partner: str, net: int, **odd: Any) -> tuple[Any, ...]:
        side = _contract(source).says["side"]
        tax = net * _VAT_PERCENT // 100
        value = {
            "side": side,
            "number": number,
            "issued_on": on.isoformat(),
            "partner": partner,
            "partner_name": self.names[partner],
            "net_fen": net,
            "tax_fen": tax,
            "gross_fen": net + tax,
            "status": "正常",
        } | odd
        return self._row(source, f"{side}:{number}", on, value)

    def _rights(self) -> Iterator[tuple[Any, ...]]:
        for grade, (kind, years) in _RIGHTS.items():
            for n in range(int(self.facts.get(f"ip_{grade}_count", 0))):
                number = f"ZL{2015 + n % 6}1{self.place:04}{n:02}{'AB'[grade == 'class2']}"
                granted = date(2015 + n % 6, 1 + n % 12, 11)
                is_overdue = (self.place + n) % 29 == 0
                value = {
                    "number": number,
                    "title": f"一种{self._pick(_MACHINES)}的控制方法",
                    "type": kind,
                    "grade": grade,
                    "granted_on": granted.isoformat(),
                    "expires_on": granted.replace(year=granted.year + years).isoformat(),
                    "fees_paid_until": f"{2021 if is_overdue else 2022}-12-31",
                }
                yield self._row("ip-list", number, granted, value)

    def _staff(self) -> Iterator[tuple[Any, ...]]:
        now = int(self.firm["staff_count"])
        growth = float(self.rng.uniform(-0.1, 0.35))
        for back in range(13):
            year, month = divmod(targets.AS_OF.year * 12 + 11 - back, 12)
            count = max(1, round(now / (1 + growth * back / 12)))
            text = f"{year}-{month + 1:02}"
            yield self._row("social-security", text, date(year, month + 1, 28), {"month": text, "insured_count": count})

    def _conduct(self) -> Iterator[tuple[Any, ...]]:
        for n in range(int(self.rng.choice([0, 0, 0, 0, 1, 2]))):
            on = date(2020 + n, 3 + n, 15)
            number = f"（{on.year}）粤示民初{self.place}{n}号"
            day = on.isoformat() if n else on.isoformat()[:7]
            value = {
                "type": self._pick(_CASES),
                "number": number,
                "court": "示例区人民法院",
                "decided_on": day,
                "amount_fen": int(self.rng.integers(5, 300)) * 1_000_000,
            }
            yield self._row("court-extract", f"{number}:{value['type']}", on, value)
        if self.firm["is_hnte"]:
            on = date(2019 + self.place % 3, 12, 2)
            value = {"title": "高新技术企业", "level": "国家级", "granted_on": on.isoformat()}
            yield self._row("honours", "高新技术企业", on, value)
        on = date(2021, 1 + self.place % 12, 18)
        what = self._pick(_EVENTS)
        yield self._row(
            "firm-events", f"{on}:{what}", on, {"happened_on": on.isoformat(), "type": what, "text": f"{what}（示例）"}
        )

    def _people_and_money(self) -> Iterator[tuple[Any, ...]]:
        """Yield who runs the firm, its talent, what support it got and what lenders tell; all by the firm's place."""
        founded = self.firm["registered_on"]
        for n, office in enumerate(("法定代表人", "监事", "技术负责人")):
            name = f"{_FAMILY[(self.place + n) % len(_FAMILY)]}{_GIVEN[(self.place // 3 + n) % len(_GIVEN)]}"
            value = {"name": name, "position": office, "since_on": founded.isoformat()}
            yield self._row("key-people", f"{name}:{office}", founded, value)
        if self.place % 3 == 0:
            on = date(2019 + self.place % 3, 6, 30)
            name = f"{_FAMILY[(self.place + 2) % len(_FAMILY)]}{_GIVEN[(self.place // 3 + 2) % len(_GIVEN)]}"
            value = {
                "name": name,
                "programme": "产业领军人才（示例）",
                "level": "市级",
                "granted_on": on.isoformat(),
                "expires_on": on.replace(year=on.year + 5).isoformat(),
            }
            yield self._row("talent-list", f"{name}:{value['programme']}", on, value)
        if self.firm["is_hnte"]:
            on = date(2020 + self.place % 2, 9, 28)
            value = {
                "title": "高新技术企业认定奖补（示例）",
                "authority": "示例市科学技术局",
                "granted_on": on.isoformat(),
                "amount_fen": 20_000_000 + self.place % 4 * 5_000_000,
            }
            yield self._row("support-received", f"{value['title']}:{on}", on, value)
        if self.place % 2:
            on, amount = date(2021, 1 + self.place % 11, 8), (100 + self.place % 9 * 50) * 1_000_000
            value = {
                "number": f"HT{self.place:04}",
                "lender_name": "木棉示例银行",
                "type": "流动资金贷款",
                "amount_fen": amount,
                "balance_fen": amount * (self.place % 4) // 4,
                "begins_on": on.isoformat(),
                "due_on": on.replace(year=2022).isoformat(),
                "overdue_days": 0,
            }
            yield self._row("credit-loans", f"{value['lender_name']}:{value['number']}", on, value)

    def _assets(
        self, planted: Planted, invoices: list[tuple[Any, ...]], rights: list[tuple[Any, ...]]
    ) -> Iterator[tuple[Any, ...]]:
        day = targets.AS_OF
        for n in range(2 + self.place % 3):
            cost = int(self.rng.integers(20, 200)) * 1_000_000
            bought = date(2018 + n, 5, 20)
            value = {
                "number": f"SB{self.place:04}-{n}",
                "name": _MACHINES[n],
                "bought_on": bought.isoformat(),
                "cost_fen": cost,
                "value_fen": cost * (7 - n) // 10,
            }
            yield self._row("asset-ledger", str(value["number"]), bought, value)
        sales = [json.loads(row[2]) for row in invoices if row[3] == "invoices-issued"]
        owed = [one for one in sales if one["issued_on"] > f"{day.year}-10" and one["net_fen"] > 0][-3:]
        if self.place % 40 == 7:
            planted.taken_back.append(self.place)
            owed += [one for one in sales if one["number"].endswith("9001")]
        for one in owed:
            yield self._receivable(one)
        value = {
            "number": f"DD{self.place:04}",
            "customer_name": owed[0]["partner_name"],
            "value_fen": owed[0]["net_fen"] * 2,
            "signed_on": "2021-11-11",
        }
        yield self._row("orders", str(value["number"]), date(2021, 11, 11), value)
        if self.place % 6 == 0:
            value = {
                "number": f"SJ{self.place:04}",
                "name": "设备运行数据集",
                "registered_on": "2021-08-08",
                "value_fen": 80_000_000,
            }
            yield self._row("data-assets", str(value["number"]), date(2021, 8, 8), value)
        yield from self._pledges(planted, owed, rights)

    def _receivable(self, sale: Mapping[str, Any]) -> tuple[Any, ...]:
        value = {
            "number": sale["number"],
            "debtor": sale["partner"],
            "debtor_name": sale["partner_name"],
            "value_fen": sale["gross_fen"],
            "due_on": "2022-03-31",
        }
        return self._row("receivables", sale["number"], date.fromisoformat(sale["issued_on"]), value)

    def _pledges(
        self, planted: Planted, owed: list[dict[str, Any]], rights: list[tuple[Any, ...]]
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the pledge behind the firm's own loan, and the planted second pledge or sale."""
        if self.pledged is not None:
            code, bank, on, security = self.pledged
            if security == "ip_pledge" and rights:
                yield self._pledge("知识产权", rights[0][1], code, bank, on)
            elif security == "receivables":
                yield self._pledge(
                    "应收账款", owed[0]["number"], code, bank, max(on, date.fromisoformat(owed[0]["issued_on"]))
                )
        machine = f"SB{self.place:04}-0"
        if self.place % 40 == 17:
            planted.pledged_twice.append(self.place)
            yield self._pledge("设备", machine, "F-1", "示例融资租赁公司", date(2021, 3, 1))
            yield self._pledge("设备", machine, "F-2", "示例商业保理公司", date(2021, 6, 1))
        if self.place % 40 == 27:
            planted.pledged_and_sold.append(self.place)
            yield self._pledge("设备", machine, "F-1", "示例融资租赁公司", date(2021, 3, 1))
            value = {
                "asset_kind": "设备",
                "asset_key": machine,
                "buyer_name": "示例设备贸易公司",
                "sold_on": "2021-10-10",
            }
            yield self._row("disposals", f"设备:{machine}:2021-10-10", date(2021, 10, 10), value)
        if self.place % 40 == 37:  # pledged, released, pledged to another: nothing is wrong
            yield self._pledge("设备", machine, "F-1", "示例融资租赁公司", date(2020, 3, 1), date(2021, 3, 1))
            yield self._pledge("设备", machine, "F-2", "示例商业保理公司", date(2021, 3, 1))

    def _pledge(
        self, kind: str, key: str, code: str, name: str, on: date, released: date | None = None
    ) -> tuple[Any, ...]:
        value = {
            "asset_kind": kind,
            "asset_key": key,
            "creditor": code,
            "creditor_name": name,
            "registered_on": on.isoformat(),
        }
        value |= {"released_on": released.isoformat()} if released else {}
        return self._row("pledge-register", f"{kind}:{key}:{name}:{on}", on, value)


@cache
def _contract(source: str) -> SourceContract:
    return contract_and_content(source)[0]


def _as_written(kind: ParticularKind, name: str, value: Any) -> str:
    return FORMS[kind].fields[name].says(value).zh
