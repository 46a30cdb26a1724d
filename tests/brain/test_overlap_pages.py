"""What a proposal overlaps with in the book: candidates by one query, the pages for firm and reviewer."""

from __future__ import annotations

import csv
import io
import random
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.applications import make_applicant, make_bureau, make_call, make_submitted
from tests.factories.people import TODAY, make_client, make_demo_book
from tests.web.test_pages import MOST_QUERIES, faults_of

from yulin.brain.core.overlap import Outcome, Person, Work, check
from yulin.brain.models import ApprovedProject
from yulin.brain.selectors.overlap import MOST_BY_NAME, MOST_BY_TEXT, overlaps_of, work_of
from yulin.brain.services.applications import save_field
from yulin.brain.services.projects import take_in_projects
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role

pytestmark = pytest.mark.django_db

TEXT = "示例浮标布设溶解氧与叶绿素探头，太阳能供电，数据每刻钟回传岸站，赤潮前兆提前三天报警。"
HEADS = (
    "项目编号",
    "项目名称",
    "计划类别",
    "年度",
    "承担单位",
    "统一社会信用代码",
    "负责人",
    "项目成员",
    "执行期",
    "项目简介",
)
Row = tuple[str, ...]


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


def row(number: int, **said: str) -> Row:
    usual = {"项目编号": f"O-{number}", "项目名称": f"示例题目{number}", "承担单位": f"示例单位{number}"}
    return tuple((usual | said).get(head, "") for head in HEADS)


def take(*rows: Row) -> None:
    sheet = io.StringIO(newline="")
    csv.writer(sheet).writerows([HEADS, *rows])
    take_in_projects(actor=SYSTEM_ACTOR, name="示例.csv", content=sheet.getvalue().encode())


def test_the_search_by_prints_finds_what_comparing_with_every_project_finds():
    dice = random.Random(8)
    words = ["浮标探头", "太阳能供电", "岸站回传", "叶绿素监测", "赤潮报警", "网箱升降", "饵料投喂", "水下拍照"]

    def text() -> str:
        return "，".join(dice.sample(words, 4))

    units = [("示例一所", "91440112YL0000012M"), ("示例一所", ""), ("示例二所", "")]
    rows = []
    for number in range(60):
        unit, code = dice.choice(units)
        said = {"承担单位": unit, "统一社会信用代码": code, "负责人": dice.choice("甲乙丙丁"), "项目简介": text()}
        title = f"{dice.choice(words)}{dice.choice(words)}研究{number % 7}"
        rows.append(row(number, **said, 项目名称=title, 计划类别="示例专项", 执行期="2021.01-2022.12"))
    take(*rows)
    for _ in range(20):
        unit, code = dice.choice(units)
        people = (Person(dice.choice("甲乙戊"), dice.choice(["", unit])),)
        proposal = Work("", f"{dice.choice(words)}{dice.choice(words)}研究", text(), unit, code, people, "示例专项")
        every = check(proposal, map(work_of, ApprovedProject.objects.all()))
        found = overlaps_of(proposal)
        assert not found.is_cut
        assert tuple(one.finding for one in found.found) == every


def test_an_earlier_row_of_a_project_is_not_compared():
    take(row(1, 项目简介=TEXT))
    take(row(1, 项目简介="示例改写后的简介，与先前的完全不同。"))
    assert overlaps_of(Work("", "示例", TEXT)).found == ()


def test_however_many_projects_there_are_the_queries_are_two_and_a_cut_is_said():
    counts = []
    for number in (1, MOST_BY_TEXT + 40):
        take(*(row(each, 项目简介=f"{TEXT}第{each}处") for each in range(number)))
        with CaptureQueriesContext(connection) as queries:
            found = overlaps_of(Work("", "示例题", TEXT))
        counts.append(len(queries))
    assert counts == [2, 2]
    assert (found.is_cut, len(found.near)) == (True, MOST_BY_TEXT)


def test_of_a_unit_with_very_many_projects_those_of_the_programme_are_compared_and_the_cut_is_said():
    code = "91440112YL0000012M"
    said = {"承担单位": "示例一所", "统一社会信用代码": code}
    mine = row(0, 年度="2010", 计划类别="示例专项", 执行期="2010.01-2099.12", **said)
    take(mine, *(row(1 + each, 年度="2021", 计划类别="示例他项", **said) for each in range(MOST_BY_NAME)))
    proposal = Work("", "无关的题", "", "示例一所", code, (), "示例专项", date(2022, 1, 1), date(2023, 1, 1))
    found = overlaps_of(proposal)
    assert (found.is_cut, found.is_cut_by_name, found.compared) == (False, True, MOST_BY_NAME)
    assert [one.project.number for one in found.near] == ["O-0"]
    take(row(1, 项目简介=TEXT))
    assert not overlaps_of(Work("", "示例题", TEXT)).is_cut_by_name


def test_a_name_alone_is_a_namesake_and_a_name_with_its_unit_is_evidence():
    more = "另在三处试用，编制手册与课件，培训操作人员五十名，并跟踪一年运行。"
    beside = "此外开展的工作与此无关，用于凑足篇幅，使相同文字只占其中一部分而不过半，以便检验。"
    take(row(1, 承担单位="示例一所", 负责人="示例甲", 项目简介=TEXT[:30] + more))
    outcomes = {}
    for unit in ("示例一所", "示例二所"):
        (one,) = overlaps_of(Work("", "示例", TEXT + beside, persons=(Person("示例甲", unit),))).found
        outcomes[unit] = (one.finding.outcome, "person" in one.finding.codes)
    assert outcomes == {"示例一所": (Outcome.OVERLAPS, True), "示例二所": (Outcome.RESEMBLES, False)}


def test_a_typed_proposal_is_compared_and_not_kept():
    take(row(1, 项目简介=TEXT, 负责人="示例甲"), row(2, 负责人="示例甲"))
    sent = dict.fromkeys(("unit", "unit_code", "programme", "starts_on", "ends_on"), "")
    sent |= {"title": "示例题", "text": TEXT, "people": "示例甲"}
    client = make_client(Role.FIRM_USER)
    for language in ("zh-hans", "en"):
        assert client.get(f"/{language}/projects/check/").status_code == 200
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(f"/{language}/projects/check/", sent)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert [each for each in faults_of(page, language) if "示例" not in each] == []
        assert f"<mark>{TEXT[:-1]}</mark>" in page
        assert len(queries) <= MOST_QUERIES
        assert not any("INSERT" in each["sql"] and "brain" in each["sql"] for each in queries)
        assert "示例题目2" not in page  # a namesake is shown to reviewers alone
    assert "示例题目2" in make_client(Role.AUTHORITY_OFFICER).post("/zh-hans/projects/check/", sent).content.decode()
    assert client.post("/en/projects/check/", sent | {"unit_code": "1"}).status_code == 422


def test_an_application_shows_its_writers_and_reviewers_what_it_overlaps_with():
    bureau, applicant = make_bureau(), make_applicant()
    application = make_submitted(make_call(bureau), applicant)
    take(
        row(1, 项目名称="示例项目", 承担单位=applicant.firm.name, 统一社会信用代码=applicant.firm.identifier),
        row(2, 负责人="示例人"),
    )
    officer, firm = make_client(Role.AUTHORITY_OFFICER, bureau.house), make_client(Role.FIRM_USER, applicant.house)
    for client, sees_namesake in ((officer, True), (firm, False)):
        page = client.get(f"/en/applications/{application.pk}/").content.decode()
        assert "Against approved projects" in page
        assert "Overlaps" in page
        for language in ("zh-hans", "en"):
            answer = client.get(f"/{language}/applications/{application.pk}/overlap/").content.decode()
            assert [each for each in faults_of(answer, language) if "示例" not in each] == []
        assert "The same unit, by its USCC." in answer
        assert ("示例题目2" in answer) is sees_namesake
    stranger = make_client(Role.FIRM_USER, make_applicant(2).house)
    assert stranger.get(f"/en/applications/{application.pk}/overlap/").status_code == 404


def test_what_the_reviewer_compares_is_what_was_submitted():
    bureau, applicant = make_bureau(), make_applicant()
    application = make_submitted(make_call(bureau), applicant)
    take(row(1, 项目简介=TEXT))
    client = make_client(Role.AUTHORITY_OFFICER, bureau.house)
    address = f"/en/applications/{application.pk}/overlap/"
    assert "示例题目1" not in client.get(address).content.decode()
    application.state = "returned"
    application.save(update_fields=["state"])
    save_field(actor=applicant.one, application_id=application.pk, field_id="summary", said=TEXT, base=1)
    assert "示例题目1" not in client.get(address).content.decode()
    own = make_client(Role.FIRM_USER, applicant.house).get(address).content.decode()
    assert "示例题目1" in own
