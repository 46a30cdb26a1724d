"""The organisations and people of the demo book: one of every kind that has work to do, all invented."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from yulin.base.districts import GUANGZHOU_DISTRICTS
from yulin.base.text import Text
from yulin.demo.book import DemoBook
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.services import create_organisation, create_user, grant_membership

DEMO_PASSWORD = "rain-forest-2022"  # noqa: S105 - printed on the demo sign-in page, on demo books only


class _Person(NamedTuple):
    username: str
    name: str
    role: Role
    unit: Text | None = None


_HOUSES: tuple[tuple[OrganisationKind, str, Text, tuple[_Person, ...]], ...] = (
    (
        OrganisationKind.MANAGER,
        "MANAGER",
        Text("示例科技金融服务中心", "Example Technology Finance Centre"),
        (
            _Person("manager.clerk", "陈示例", Role.MANAGER_CLERK, Text("备案审核", "Enrolment review")),
            _Person("manager.checker", "何示例", Role.MANAGER_CHECKER, Text("复核", "Second review")),
        ),
    ),
    (
        OrganisationKind.AUTHORITY,
        "AUTHORITY",
        Text("示例市科学技术局", "Example City Science Bureau"),
        (
            _Person("authority.officer", "梁示例", Role.AUTHORITY_OFFICER),
            _Person("authority.checker", "黄示例", Role.AUTHORITY_CHECKER),
        ),
    ),
    (
        OrganisationKind.GUARANTOR,
        "GUARANTOR",
        Text("示例融资担保公司", "Example Guarantee Company"),
        (_Person("guarantor", "罗示例", Role.GUARANTOR_OFFICER),),
    ),
    (
        OrganisationKind.INSURER,
        "INSURER",
        Text("示例财产保险公司", "Example Insurance Company"),
        (_Person("insurer", "谢示例", Role.INSURER_OFFICER),),
    ),
    (
        OrganisationKind.AUDITOR,
        "AUDITOR",
        Text("示例审计局", "Example Audit Office"),
        (_Person("auditor", "郑示例", Role.AUDITOR),),
    ),
    (
        OrganisationKind.SERVICE_BODY,
        "SERVICE",
        Text("示例科技咨询公司", "Example Technology Advisers"),
        (_Person("adviser", "蔡示例", Role.SERVICE_OFFICER),),
    ),
    *(
        (
            OrganisationKind.EXPERT,
            f"EXPERT{number}",
            Text(f"示例专家{name}", f"Example Expert {number}"),
            (_Person(f"expert.{number}", f"{name}示例", Role.EXPERT),),
        )
        for number, name in ((1, "许"), (2, "韩"), (3, "彭"))
    ),
    (
        OrganisationKind.OPERATOR,
        "OPERATOR",
        Text("示例运维", "Example Operations"),
        (_Person("operator", "苏示例", Role.OPERATOR),),
    ),
)
_DISTRICTS_WITH_PEOPLE = {"440112": ("district.huangpu", "冯示例"), "440115": ("district.nansha", "叶示例")}
BANKS_WITH_PEOPLE = ("B01", "B02")


def create_demo_organisations(book: DemoBook) -> dict[str, int]:
    """Create every organisation and person of the demo book and return the organisations' ids by code."""
    ids = {}
    for kind, code, name, people in _HOUSES:
        ids[code] = _house(kind, code, name, people)
    for district, (username, person) in _DISTRICTS_WITH_PEOPLE.items():
        name = GUANGZHOU_DISTRICTS[district]
        house = Text(f"示例市{name.zh}科技局", f"Example {name.en} Science Bureau")
        people = (_Person(username, person, Role.DISTRICT_OFFICER),)
        ids[district] = _house(OrganisationKind.DISTRICT, f"D{district}", house, people, district_code=district)
    for bank in book.banks.iter_rows(named=True):
        people = _bank_people(bank["code"]) if bank["code"] in BANKS_WITH_PEOPLE else ()
        name = Text(bank["name_zh"], bank["name_en"])
        ids[bank["code"]] = _house(OrganisationKind.BANK, bank["code"], name, people)
    ids["FIRM"] = _firm_house(book.firms, 1, _Person("firm", "方示例", Role.FIRM_USER))
    ids["FIRM2"] = _firm_house(book.firms, 2, _Person("firm.2", "邓示例", Role.FIRM_USER))
    return ids


def _bank_people(code: str) -> tuple[_Person, ...]:
    low = code.lower()
    return (
        _Person(f"{low}.clerk", "林示例", Role.BANK_CLERK, Text("黄埔支行", "Huangpu branch")),
        _Person(f"{low}.manager", "周示例", Role.BANK_MANAGER, Text("分行", "Head office")),
    )


def _firm_house(firms: pl.DataFrame, number: int, person: _Person) -> int:
    firm = firms.row(len(firms) - number, named=True)
    return _house(
        OrganisationKind.FIRM,
        "FIRM" if number == 1 else f"FIRM{number}",
        Text(firm["name"], firm["name"]),
        (person,),
        identifier=firm["identifier"],
        district_code=firm["district_code"],
    )


def _house(kind: OrganisationKind, code: str, name: Text, people: tuple[_Person, ...], **fields: str) -> int:
    organisation = create_organisation(actor=SYSTEM_ACTOR, kind=kind, code=code, name=name, **fields)
    for person in people:
        user = create_user(actor=SYSTEM_ACTOR, username=person.username, name=person.name, password=DEMO_PASSWORD)
        grant_membership(
            actor=SYSTEM_ACTOR, user_id=user.pk, organisation_id=organisation.pk, role=person.role, unit=person.unit
        )
    return organisation.pk
