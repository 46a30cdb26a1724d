"""What four registers hold of the demo book's firms, as records to be resolved, with the truth of each planted.

The market register has every firm once. The tax register names most of them again, by code, the tax register's way of
writing, a name or a number of earlier days. The park and the association know firms without a code, or with one that
was mistyped. Among them stand **twins**: other firms under the very same name, some registered, some without a code,
and branches and sister firms that are only called alike.

Invariant: `is_of` is the one truth; two records are one firm where it is the same. Nothing in it is told to whoever
resolves.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any

from yulin.base.ids import make_uscc, registration_check_digit
from yulin.demo.book import DemoBook

SEED = 20_220_121
RECORD_HEAD = (
    "key", "name", "code", "former_codes", "former_names", "founded_on", "representative", "address",
)  # fmt: skip
TRUTH_HEAD = ("key", "is_of", "planted", "error")
_NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "伟芳娜敏静秀强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉红建文斌宇"
_ROADS = ("科学大道", "揽月路", "开创大道", "天河北路", "新港中路", "云城东路", "南沙大道", "番禺大道")
_OTHER_DISTRICT = "440300"
_EVERY = {"tax": 5, "park": 4, "association": 7, "twin": 10, "bare_twin": 12, "branch": 15, "sister": 18}
_PARK_ERRORS = ("", "no_facts", "other_day", "", "wrong_sign") * 3 + ("", "no_facts", "", "", "wrong_sign_no_facts")
_TYPED_WRONG = {"示": "视", "例": "列", "有": "友", "限": "线"}


class Planted(StrEnum):
    """Why a record stands in the extracts."""

    FIRM = "firm"
    CODED_DUPLICATE = "coded_duplicate"
    BARE_DUPLICATE = "bare_duplicate"
    TWIN = "twin"
    BARE_TWIN = "bare_twin"
    LIKE_NAMED = "like_named"


@dataclass(frozen=True)
class PlantedRecord:
    """One record as its source wrote it (`cells` by the names of the columns), and the truth of it."""

    key: str
    is_of: str
    planted: Planted
    error: str
    cells: dict[str, str]


def planted_records(book: DemoBook, firms: int = 2_000, seed: int = SEED) -> list[PlantedRecord]:
    """Return the records of the book's last firms in all four registers, in an order that tells nothing."""
    rows = book.firms.tail(firms).select("firm", "name", "identifier", "district_code", "registered_on")
    records = [
        record
        for place, row in enumerate(rows.iter_rows(named=True))
        for record in _Firm(place, row, Random(f"{seed}:{place}")).records()  # noqa: S311 - invented firms, no secrets
    ]
    Random(seed).shuffle(records)  # noqa: S311 - as above
    return records


def write_extracts(folder: Path, records: Sequence[PlantedRecord]) -> None:
    """Write `records.csv` for who resolves, and `truth.csv` for who judges the answer."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "records.csv").open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out)
        lines.writerow(RECORD_HEAD)
        lines.writerows([one.key, *(one.cells.get(column, "") for column in RECORD_HEAD[1:])] for one in records)
    with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out)
        lines.writerow(TRUTH_HEAD)
        lines.writerows((one.key, one.is_of, str(one.planted), one.error) for one in records)


class _Firm:
    """One firm of the book, and every record that is about it or only looks as if it were."""

    def __init__(self, place: int, row: dict[str, Any], dice: Random) -> None:
        self._place, self._row, self._dice = place, row, dice
        self._is_of = f"firm-{row['firm']}"
        self._name: str = row["name"]
        self._numbers = 500_000 + place * 10
        self._own = {
            "code": row["identifier"],
            "founded_on": row["registered_on"].isoformat(),
            "representative": self._person(),
            "address": self._address(),
        }
        self._has_old_number = place % 6 == 0
        self._has_old_name = place % 9 == 0
        first = f"{row['district_code']}20{place + 1:06}"
        self._old_number = first + registration_check_digit(first)

    def records(self) -> Iterator[PlantedRecord]:
        """Yield the register's record, then what else is planted at this place."""
        yield self._of("market", Planted.FIRM, "", {"name": self._name, **self._own, **self._former()})
        if self._place % _EVERY["tax"]:
            yield self._taxed()
        if self._place % _EVERY["park"] == 0:
            yield self._parked()
        if self._place % _EVERY["association"] == 0:
            yield self._mistyped()
        yield from self._others()

    def _taxed(self) -> PlantedRecord:
        """Return the same firm by a code: its own, its old number, or under a name of earlier days."""
        cells = {"name": self._written(), "code": self._own["code"], "founded_on": self._own["founded_on"]}
        error = ""
        if self._has_old_number and self._place % 5 == 1:
            cells, error = {"name": self._name, "code": self._old_number}, "old_number"
        elif self._has_old_name:
            cells["name"], error = self._old_name, "old_name"
        elif self._place % 11 == 0:
            cells["founded_on"], error = self._shifted(), "other_day"
        return self._of("tax", Planted.CODED_DUPLICATE, error, cells)

    def _parked(self) -> PlantedRecord:
        """Return the same firm without a code: some of its facts are known, one of them may be wrong."""
        cells = {"name": self._written(), "founded_on": self._own["founded_on"], "address": self._own["address"]}
        error = _PARK_ERRORS[self._place // _EVERY["park"] % len(_PARK_ERRORS)]
        if error == "other_day":
            cells["founded_on"] = self._shifted()
        if error.startswith("wrong_sign"):
            cells["name"] = self._mistyped_name()
        if error.endswith("no_facts"):
            cells = {"name": cells["name"]}
        return self._of("park", Planted.BARE_DUPLICATE, error, cells)

    def _mistyped(self) -> PlantedRecord:
        """Return the same firm with a code in which one sign is wrong: its check fails, so it is no code."""
        code = self._own["code"]
        at = self._dice.randrange(2, 17)
        wrong = self._dice.choice([sign for sign in "0123456789" if sign != code[at]])
        cells = {"name": self._name, "code": code[:at] + wrong + code[at + 1 :], "founded_on": self._own["founded_on"]}
        return self._of("association", Planted.BARE_DUPLICATE, "wrong_code", cells)

    def _others(self) -> Iterator[PlantedRecord]:
        """Yield other firms that bear this one's name, or one like it."""
        if self._place % _EVERY["twin"] == 0:
            cells = self._stranger(self._name, self._numbers)
            yield self._other("twin", Planted.TWIN, cells)
        if self._place % _EVERY["bare_twin"] == 0:
            cells = self._stranger(self._name, self._numbers + 1)
            knows_little = self._place // _EVERY["bare_twin"] % 3 == 0
            kept = {"name"} if knows_little else cells.keys() - {"code"}
            yield self._other("bare_twin", Planted.BARE_TWIN, {key: cells[key] for key in kept})
        if self._place % _EVERY["branch"] == 0:
            cells = self._stranger(f"{self._name}深圳分公司", self._numbers + 2)
            yield self._other("branch", Planted.LIKE_NAMED, cells)
        if self._place % _EVERY["sister"] == 0:
            cells = self._stranger(self._name.replace("广州", "深圳", 1), self._numbers + 3)
            yield self._other("sister", Planted.LIKE_NAMED, {**cells, "representative": self._own["representative"]})

    def _of(self, source: str, planted: Planted, error: str, cells: dict[str, str]) -> PlantedRecord:
        return PlantedRecord(f"{source}-{self._row['firm']}", self._is_of, planted, error, cells)

    def _other(self, kind: str, planted: Planted, cells: dict[str, str]) -> PlantedRecord:
        key = f"{kind}-{self._row['firm']}"
        return PlantedRecord(key, key, planted, "", cells)

    def _former(self) -> dict[str, str]:
        former = {"former_codes": self._old_number} if self._has_old_number else {}
        return former | ({"former_names": self._old_name} if self._has_old_name else {})

    @property
    def _old_name(self) -> str:
        return self._name.replace("示例", "旧例", 1)

    def _written(self) -> str:
        """Return the name as another source may write it."""
        rest = self._name.removeprefix("广州")
        return self._dice.choice(
            (
                self._name,
                self._name.replace("有限公司", "有限责任公司"),
                f"（广州）{rest}",
                f"廣州{rest}".replace("云", "雲").replace("东", "東"),
                rest.replace("有限公司", "（广州）有限公司"),
                rest,
            )
        )

    def _mistyped_name(self) -> str:
        wrong = self._dice.choice(list(_TYPED_WRONG))
        return self._name.replace(wrong, _TYPED_WRONG[wrong], 1)

    def _shifted(self) -> str:
        day = date.fromisoformat(self._own["founded_on"])
        return (day + timedelta(days=self._dice.choice((-30, -1, 1, 31, 365)))).isoformat()

    def _stranger(self, name: str, number: int) -> dict[str, str]:
        day = date.fromisoformat(self._own["founded_on"]) + timedelta(days=self._dice.randrange(40, 2_000))
        return {
            "name": name,
            "code": make_uscc(_OTHER_DISTRICT, number),
            "founded_on": day.isoformat(),
            "representative": self._person(),
            "address": self._address(),
        }

    def _person(self) -> str:
        return self._dice.choice(_NAMES) + "".join(self._dice.choices(_GIVEN, k=2))

    def _address(self) -> str:
        return f"{self._dice.choice(_ROADS)}{self._dice.randrange(1, 900)}号{self._dice.randrange(101, 2_800)}室"
