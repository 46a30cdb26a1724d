"""Firms found by what people type."""

from __future__ import annotations

from dataclasses import replace

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from yulin.atlas.enums import CodeKind, FoundBy
from yulin.atlas.models import Firm, FirmCode, FirmSpelling
from yulin.atlas.selectors.search import find_firms
from yulin.atlas.services import NewFirm, register_firms
from yulin.atlas.services.spelling import spell_firms
from yulin.base.ids import make_uscc
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role
from yulin.people.models import AuditEntry

pytestmark = pytest.mark.django_db

CODES = [make_uscc("440112", serial) for serial in range(6)]
NAMES = [
    "广州海格通信集团股份有限公司",
    "海格智能科技（广州）有限公司",
    "深圳市新海格贸易有限公司",
    "广州华科科技有限公司",
    "重庆长安汽车股份有限公司",
    "东莞市三六零网络有限公司",
]
EVERYBODY = replace(SYSTEM_ACTOR, role=Role.AUDITOR)


@pytest.fixture(autouse=True)
def _firms() -> None:
    districts = ["440112", "440106", "440305", "440106", None, None]
    firms = [NewFirm(CODES[at], NAMES[at], district_code=districts[at]) for at in range(6)]
    register_firms(actor=SYSTEM_ACTOR, firms=firms)
    spell_firms(actor=SYSTEM_ACTOR)


def found(text: str, district: str | None = None) -> list[tuple[int, FoundBy]]:
    actor = replace(EVERYBODY, role=Role.DISTRICT_OFFICER, district_code=district) if district else EVERYBODY
    return [(NAMES.index(one.name), one.found_by) for one in find_firms(actor, text)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("海格", [(0, FoundBy.BRAND), (1, FoundBy.BRAND), (2, FoundBy.PART)]),
        ("廣州海格", [(0, FoundBy.NAME)]),
        ("海格 广州", [(0, FoundBy.PART), (1, FoundBy.PART)]),
        ("haige", [(0, FoundBy.PINYIN), (1, FoundBy.PINYIN)]),
        ("gzhk", [(3, FoundBy.INITIALS)]),
        ("chongqingchang", [(4, FoundBy.PINYIN)]),
        ("科科技", [(3, FoundBy.PART)]),
        ("360网络", [(5, FoundBy.PART)]),
        ("有限公司", []),
        ("不存在的", []),
        ("%", []),
        ("_海", [(0, FoundBy.BRAND), (1, FoundBy.BRAND)]),
    ],
)
def test_what_is_typed_finds_its_firms(typed: str, expected: list[tuple[int, FoundBy]]) -> None:
    assert found(typed) == expected


def test_codes_are_found_by_their_start_and_former_ones_too() -> None:
    assert found(CODES[3]) == [(3, FoundBy.CODE)]
    assert len(found(CODES[0][:8])) == 6
    firm = Firm.objects.get(identifier=CODES[4])
    FirmCode.objects.create(firm=firm, code="500000000012345", kind=CodeKind.REGISTRATION_15)
    assert found("50000000001") == [(4, FoundBy.FORMER_CODE)]


def test_a_district_finds_its_own_firms_alone() -> None:
    assert found("海格", "440106") == [(1, FoundBy.BRAND)]
    assert found(CODES[0][:8], "440106") != found(CODES[0][:8])
    actor = replace(EVERYBODY, role=Role.DISTRICT_OFFICER, district_code=None)
    assert find_firms(actor, "海格") == []


def test_names_are_spelled_once_and_anew_when_they_change() -> None:
    assert spell_firms(actor=SYSTEM_ACTOR) == 0
    Firm.objects.filter(identifier=CODES[5]).update(name="东莞市七二零网络有限公司")
    assert spell_firms(actor=SYSTEM_ACTOR) == 1
    assert [one.found_by for one in find_firms(EVERYBODY, "七二零")] == [FoundBy.BRAND]
    assert FirmSpelling.objects.count() == Firm.objects.count()
    assert AuditEntry.objects.filter(action="atlas.spell_firms").count() == 2


def test_new_firms_ask_for_their_spelling_once() -> None:
    assert ProcrastinateJob.objects.filter(task_name="atlas.spell_firms").count() == 1


def test_a_search_is_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        find_firms(EVERYBODY, "海格")
