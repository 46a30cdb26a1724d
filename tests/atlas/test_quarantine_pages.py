"""The page of files and of what is in quarantine: rows with reasons, by reason, and as a table that leaves."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.factories.people import make_client, make_demo_book

from yulin.atlas.adapters.shipped_sources import contract_and_content
from yulin.atlas.enums import Problem
from yulin.atlas.models import Receipt
from yulin.atlas.services import Delivery, ingest_file
from yulin.atlas.templatetags.atlas_words import problem_name
from yulin.base.ids import make_uscc
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role
from yulin.people.models import AuditEntry

pytestmark = pytest.mark.django_db
HEAD = "统一社会信用代码,企业名称,注册日期,注册地址\n"
CODE = make_uscc("440112", 1)
PERSON = "440106199003071234"
FILE = (
    HEAD
    + f"{CODE},广州云衡示例科技有限公司,2012-03-05,一路1号\n"
    + ",广州远岚示例材料有限公司,2012-03-05,电话13812345678\n"
    + f"{CODE[:-1]}9,广州启明示例软件有限公司,2015-01-01,<b>三路</b>\n"
    + f"{make_uscc('440112', 3)},深圳启明示例软件有限公司,明年,四路\n"
)


@pytest.fixture
def receipt(tmp_path: Path, settings: object) -> Receipt:
    settings.YULIN_HOME = tmp_path / "home"  # type: ignore[attr-defined] # the fixture of pytest-django
    make_demo_book()
    path = tmp_path / "登记抽取.csv"
    path.write_text(FILE, encoding="utf-8")
    contract, content = contract_and_content("register-extract")
    delivery = Delivery(path, date(2022, 1, 19))
    return ingest_file(actor=SYSTEM_ACTOR, contract=contract, content=content, delivery=delivery)[0]


def test_files_are_listed_with_what_is_in_quarantine(receipt: Receipt) -> None:
    client = make_client(Role.MANAGER_CLERK)
    page = client.get("/zh-hans/sources/").content.decode()
    assert "登记抽取.csv" in page
    assert "2行 1格" in page
    assert f"/zh-hans/sources/files/{receipt.pk}/" in page
    assert "登记抽取.csv" in client.get("/en/sources/", {"source": "register-extract"}).content.decode()
    assert "No file was taken in" in client.get("/en/sources/", {"source": "none"}).content.decode()


def test_each_row_says_why_what_is_needed_and_what_next(receipt: Receipt) -> None:
    client = make_client(Role.AUTHORITY_OFFICER)
    page = client.get(f"/en/sources/files/{receipt.pk}/").content.decode()
    for said in ("No code", "Wrong code", "Unreadable", "a code that says which firm it is", "明年", "&lt;b&gt;三路"):
        assert said in page
    assert "138****5678" in page
    assert "13812345678" not in page
    only = client.get(f"/zh-hans/sources/files/{receipt.pk}/", {"problem": "unreadable"}).content.decode()
    assert "明年" in only
    assert "138****5678" not in only
    assert client.get("/en/sources/files/999999/").status_code == 404


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_table_leaves_masked_and_is_noted(receipt: Receipt, file_format: str) -> None:
    answer = make_client(Role.MANAGER_CLERK).get(f"/en/sources/files/{receipt.pk}/", {"format": file_format})
    table = b"".join(answer.streaming_content)
    if file_format == "csv":
        text = table.decode("utf-8-sig")
        assert text.splitlines()[0].startswith("row,column,fact,problem,found")
        assert len(text.splitlines()) == 4
        assert "13812345678" not in text
    [noted] = AuditEntry.objects.filter(action="atlas.take_quarantine")
    assert (noted.facts["rows"], noted.facts["format"]) == (3, file_format)


def test_banks_and_firms_see_no_files_of_sources(receipt: Receipt) -> None:
    for role in (Role.BANK_CLERK, Role.FIRM_USER):
        client = make_client(role)
        for path in ("sources/", f"sources/files/{receipt.pk}/"):
            assert client.get(f"/zh-hans/{path}").status_code == 403


def test_every_problem_has_a_name() -> None:
    assert all(problem_name(str(one)).zh and problem_name(str(one)).en for one in Problem)
