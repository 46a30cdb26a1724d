"""Lists of approved projects taken in, and their pages: rights, queries, sums, sources."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.factories.awards import every_policy
from tests.factories.firms import make_firm
from tests.factories.people import TODAY, make_actor, make_client, make_demo_book, make_organisation
from tests.web.test_pages import MOST_QUERIES, faults_of

from yulin.atlas.services.spelling import spell_firms
from yulin.brain import services as brain
from yulin.brain import tasks
from yulin.brain.core.policies import Ending, Terms
from yulin.brain.core.projects import Usual
from yulin.brain.errors import ProjectColumnsError, ProjectFileError, ProjectPersonalIdError
from yulin.brain.models import ApprovedProject, Policy, ProjectFile
from yulin.brain.selectors.project_policies import policies_for
from yulin.brain.services.projects import ProjectHow, TakenProjects, take_in_projects
from yulin.kit.documents import is_stored
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role

pytestmark = pytest.mark.django_db

HEADS = "项目编号,项目名称,计划类别,年度,立项金额（万元）,承担单位,统一社会信用代码,负责人,状态\n"
ROWS = (
    "S-1,示例光学检测模组,示例专项,2020,30,示例光学有限公司,91440112YL0000012M,示例甲,在研\n"
    "S-2,示例稻谷烘干控制,示例专项,2021,,示例农机合作社,,示例乙,已验收\n"
    "S-3,示例轴承寿命试验,示例计划,2021,40.5,示例轴承有限公司,,,\n"
)


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


def take(text: str, *, name: str = "示例清单.csv", how: ProjectHow | None = None) -> TakenProjects:
    return take_in_projects(actor=SYSTEM_ACTOR, name=name, content=text.encode(), how=how or ProjectHow())


def counts(taken: TakenProjects) -> tuple[int, ...]:
    return tuple(taken.file.report[name] for name in ("new", "changed", "same", "refused"))


def test_a_list_taken_in_twice_adds_nothing():
    first = take(HEADS + ROWS)
    assert counts(first) == (3, 0, 0, 0)
    again = take(HEADS + ROWS, name="另一个名字.csv")
    assert (again.is_again, again.file.pk, ProjectFile.objects.count()) == (True, first.file.pk, 1)
    assert counts(take(HEADS + ROWS + "\n\n")) == (0, 0, 3, 0)
    assert ApprovedProject.objects.count() == 3


def test_an_amount_that_is_not_said_stays_unknown():
    take(HEADS + ROWS)
    assert dict(ApprovedProject.objects.values_list("number", "amount_fen")) == {
        "S-1": 30_000_000, "S-2": None, "S-3": 40_500_000,
    }  # fmt: skip


def test_a_later_list_makes_a_further_row_and_keeps_the_former():
    take(HEADS + ROWS)
    assert counts(take(HEADS + ROWS.replace("在研", "已验收"))) == (0, 1, 2, 0)
    rows = ApprovedProject.objects.filter(number="S-1").order_by("version")
    assert [(one.version, one.is_current, one.status) for one in rows] == [(1, False, "running"), (2, True, "accepted")]


def test_a_row_that_cannot_be_read_is_named_and_the_others_are_taken():
    wrong = (
        "S-4,,示例专项,2021,1,示例单位,,,\n"
        "S-5,示例,示例专项,去年,一点,示例单位,123,,好\n"
        "S-1,示例另一题,示例专项,2020,1,示例单位,,,\n"
    )
    taken = take(HEADS + ROWS + wrong)
    assert counts(taken) == (3, 0, 0, 3)
    assert [(one["row"], one["code"]) for one in taken.file.report["faults"]] == [
        (5, "no_title"), (6, "year"), (6, "amount"), (6, "unit_code"), (6, "status"), (7, "double"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("甲,乙\n1,2\n", ProjectFileError),
        ("项目名称,负责人\n示例,示例甲\n", ProjectFileError),
        ("项目名称,承担单位,金额（元）,经费（元）\n示例,示例单位,1,2\n", ProjectColumnsError),
        ("项目名称,承担单位,备注\n示例,示例单位,示例甲362322198709086409\n", ProjectPersonalIdError),
        ("[1, 2]", ProjectFileError),
        ('{"projects": [', ProjectFileError),
    ],
)
def test_a_list_that_cannot_be_taken_leaves_nothing(text: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        take(text)
    assert (ProjectFile.objects.count(), ApprovedProject.objects.count()) == (0, 0)


def test_no_document_with_a_personal_number_is_kept():
    text = "项目名称,承担单位,备注\n示例,示例单位,示例甲362322198709086409\n"
    with pytest.raises(ProjectPersonalIdError) as caught:
        take(text)
    assert (caught.value.facts["row"], caught.value.facts["column"]) == (2, "备注")
    assert not is_stored(hashlib.sha256(text.encode()).hexdigest())


def test_json_and_other_heads_are_read_and_what_holds_for_all_rows_is_said_once():
    rows = [
        {
            "课题": "示例题",
            "承担单位": "示例单位",
            "经费": 20,
            "成员": [{"name": "示例乙", "unit": "示例大学"}, "示例丙"],
        }
    ]
    how = ProjectHow("课题=项目名称", Usual(amount_unit="wan", programme="示例专项", year=2021, level="city"))
    taken = take(json.dumps(rows, ensure_ascii=False), name="清单.json", how=how)
    one = ApprovedProject.objects.get()
    assert (taken.file.form, one.title, one.amount_fen, one.programme, one.year, one.level) == (
        "json", "示例题", 20_000_000, "示例专项", 2021, "city",
    )  # fmt: skip
    assert (one.members, one.names) == ([["示例乙", "示例大学"], ["示例丙", ""]], ["示例丙", "示例乙"])
    with pytest.raises(ProjectColumnsError):
        take("项目名称,承担单位\n示例,示例单位\n", how=ProjectHow("课题=none"))


@pytest.mark.parametrize(
    "statement", ["UPDATE brain_approvedproject SET title = 'x'", "DELETE FROM brain_approvedproject"]
)
def test_the_database_keeps_what_a_list_said(statement: str) -> None:
    take(HEADS + ROWS)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_pages_are_read_in_both_languages_within_the_bound_of_queries():
    take(HEADS + ROWS)
    take(HEADS + ROWS.replace("在研", "已验收").replace("S-3,", "S-3,X"))
    client = make_client(Role.AUTHORITY_OFFICER)
    old = ApprovedProject.objects.get(number="S-1", version=1)
    other = ApprovedProject.objects.get(number="S-2", is_current=True)
    file = ProjectFile.objects.first()
    paths = (
        "", "?q=示例轴承", "?leader=示例甲", "?unit=无此单位", "?band=unknown", f"{old.pk}/", f"{other.pk}/", "desk/",
        f"desk/files/{file.pk}/",
    )  # fmt: skip
    for path in paths:
        for language in ("zh-hans", "en"):
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(f"/{language}/projects/{path}")
            assert answer.status_code == 200, path
            assert [each for each in faults_of(answer.content.decode(), language) if "示例" not in each] == []
            assert len(queries) <= MOST_QUERIES


def test_the_list_is_narrowed_summed_and_exported():
    take(HEADS + ROWS)
    client = make_client(Role.FIRM_USER)
    page = client.get("/en/projects/?programme=示例专项").content.decode()
    assert "2 projects, known amounts" in page
    assert "the amounts of 1 are unknown and not counted" in page
    for query, numbers in {
        "": ["S-2", "S-3", "S-1"], "?year=2020": ["S-1"], "?band=unknown": ["S-2"], "?band=to50": ["S-3", "S-1"],
        "?unit=91440112YL0000012M": ["S-1"], "?leader=示例乙": ["S-2"], "?q=轴承": ["S-3"], "?status=accepted": ["S-2"],
    }.items():  # fmt: skip
        mark = "&" if query else "?"
        sheet = b"".join(client.get(f"/zh-hans/projects/{query}{mark}format=csv").streaming_content).decode("utf-8-sig")
        assert sorted(row["项目编号"] for row in csv.DictReader(io.StringIO(sheet))) == sorted(numbers), query


def test_what_is_exported_is_taken_in_again():
    take(HEADS + ROWS)
    client = make_client(Role.FIRM_USER)
    for language in ("zh-hans", "en"):
        sheet = b"".join(client.get(f"/{language}/projects/?format=csv").streaming_content)
        taken = take_in_projects(actor=SYSTEM_ACTOR, name="导出.csv", content=sheet)
        assert (counts(taken), taken.file.report["faults"]) == ((0, 0, 3, 0), [])


def test_only_editors_take_lists_in():
    bureau = make_organisation(OrganisationKind.AUTHORITY)
    client = make_client(Role.AUTHORITY_OFFICER, bureau)
    sent = {"file": SimpleUploadedFile("清单.csv", (HEADS + ROWS).encode()), "amount_unit": "", "level": ""}
    answer = client.post("/zh-hans/projects/desk/", sent)
    file = ProjectFile.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/zh-hans/projects/desk/files/{file.pk}/")
    assert b"".join(client.get(f"{answer['Location']}document/").streaming_content) == (HEADS + ROWS).encode()
    sent["file"] = SimpleUploadedFile("清单.csv", (HEADS + ROWS).encode())
    assert client.post("/zh-hans/projects/desk/", sent).status_code == 302
    assert ProjectFile.objects.count() == 1
    sent["file"] = SimpleUploadedFile("坏.csv", "甲\n乙\n".encode())
    refused = client.post("/zh-hans/projects/desk/", sent)
    assert (refused.status_code, "BRAIN.PROJECT.FILE" in refused.content.decode()) == (422, True)
    assert make_client(Role.FIRM_USER).get("/zh-hans/projects/desk/").status_code == 403


def test_a_unit_is_a_firm_by_its_code_and_only_a_namesake_by_its_name():
    firm, namesake = make_firm(1), make_firm(2)
    spell_firms(actor=SYSTEM_ACTOR)
    take(HEADS + ROWS.replace("91440112YL0000012M", firm.identifier).replace("示例农机合作社", namesake.name))
    client = make_client(Role.AUTHORITY_OFFICER)
    pages = {
        one.number: client.get(f"/en/projects/{one.pk}/").content.decode() for one in ApprovedProject.objects.all()
    }
    assert f"/en/check-up/{firm.pk}/" in pages["S-1"]
    assert "not confirmed" not in pages["S-1"]
    assert "Same name, not confirmed" in pages["S-2"]
    assert "tied to no firm" in pages["S-3"]
    firm_page = make_client(Role.FIRM_USER).get(f"/en/projects/{ApprovedProject.objects.get(number='S-2').pk}/")
    assert "Same name, not confirmed" not in firm_page.content.decode()


def publish(title: str, text: str, area: str, **terms: Any) -> Policy:
    bureau = make_organisation(OrganisationKind.AUTHORITY)
    officer, checker = (make_actor(role, bureau) for role in (Role.AUTHORITY_OFFICER, Role.AUTHORITY_CHECKER))
    parts, apart = (("amount", text),), every_policy()
    edit = brain.PolicyEdit(title=title, parts=parts, terms=Terms(**terms), area=area, apart_from=apart)
    version = brain.propose_version(actor=officer, policy_id=None, base=0, edit=edit)
    return brain.decide_version(actor=checker, version_id=version.pk, is_published=True).policy


def test_policies_that_concern_a_project_are_those_of_its_class_in_force_at_its_place():
    text = "（一）示例光学检测模组研制项目给予资助，单项最高30万元。"
    own = publish("示例区光学资助办法", text, "广东/广州/黄埔区", ending=Ending.PERMANENT)
    publish("示例外地光学办法", text, "北京", ending=Ending.PERMANENT)
    publish("示例过期光学办法", text, "广东/广州/黄埔区", ending=Ending.DATED, ends_on=TODAY - timedelta(days=1))
    everywhere = publish("示例专项", "（一）示例专项支持示例光学检测模组研制。", "", ending=Ending.PERMANENT)
    tasks.read_texts()
    make_firm()
    take(HEADS + ROWS)
    known, other = (ApprovedProject.objects.get(number=number) for number in ("S-1", "S-2"))
    at_home = policies_for(known, "440112", TODAY)
    assert at_home.place == "广东/广州/黄埔区"
    assert {hit.policy.pk for hit in at_home.found.hits} == {own.pk, everywhere.pk}
    assert [one.pk for one in at_home.programme] == [everywhere.pk]
    nowhere = policies_for(other, None, TODAY)
    assert {hit.policy.pk for hit in nowhere.found.hits} <= {everywhere.pk}
    page = make_client(Role.AUTHORITY_OFFICER).get(f"/zh-hans/projects/{known.pk}/").content.decode()
    assert f"/zh-hans/policies/{own.pk}/#c" in page
    assert "立项依据：" in page
