"""The bad-input list of the library: what is wrong, and the test that holds what happens then.

| what is wrong | test |
|---|---|
| a scanned PDF without text: kept by its hash, said to have none, waits for it | test_policies.py::test_a_scanned_document_is_kept_and_waits_for_its_text |
| a PDF of 2,000 pages: refused with the figure, at once | test_bad_input.py::test_a_pdf_of_two_thousand_pages_is_refused_with_the_figure |
| as many pages as are read, every one with an amount | test_bad_input.py::test_a_long_pdf_is_read_in_time_that_grows_with_its_pages_alone |
| bytes of no encoding | test_policy_files.py::test_broken_bytes_are_read_as_far_as_they_go_and_said_to_be_broken |
| a page that mixes GB18030 and UTF-8 | test_bad_input.py::test_a_page_of_two_encodings_is_read_by_both_and_said_to_be_mixed |
| a page that declares an encoding in which it is not | test_bad_input.py::test_a_page_that_declares_a_wrong_encoding_is_read |
| an amount that cannot be read, or says nothing at all: unknown, never 0 | test_bad_input.py::test_an_amount_that_cannot_be_read_is_unknown_and_never_nothing |
| an end before the start: unknown, and said | test_bad_input.py::test_an_end_before_the_start_is_unknown_in_a_file_and_refused_in_an_edit |
| a title longer than any | test_bad_input.py::test_a_title_of_any_length_reaches_the_checker |
| exclusions in a circle | test_bad_input.py::test_exclusions_in_a_circle_are_refused_with_the_chain_and_nothing_is_kept |
| a query of 10,000 characters, of emoji, of SQL, empty: the page | test_policy_pages.py::test_a_question_of_any_kind_is_answered_by_a_page |
| the same at search itself | test_texts.py::test_a_question_of_any_kind_is_answered |
| a draft at closing time, 24:00 of the last day, and in grace | test_bad_input.py::test_a_draft_lives_to_the_last_minute_of_grace_and_is_kept_after_it |
| two who edit a policy at once | test_bad_input.py::test_of_two_who_propose_in_the_same_instant_one_is_told_and_neither_loses_a_word |
| the second one's words stay on the page | test_policy_pages.py::test_what_two_wrote_at_once_stays_on_the_page_of_the_second |
| two members who type in one field of an application | test_applications.py::test_two_people_who_type_at_once_lose_no_word |
"""  # noqa: E501 - a table

from __future__ import annotations

import json
import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from tests.brain.test_applications import begun, fill, type_in
from tests.brain.test_saved_searches import in_parallel
from tests.factories.applications import make_applicant, make_bureau
from tests.factories.people import TODAY, make_actor, make_demo_book, make_organisation
from tests.factories.policy_files import long_pdf

from yulin.base.errors import YulinError
from yulin.brain import services
from yulin.brain.adapters.documents_read import MOST_PAGES
from yulin.brain.adapters.policy_files import read_policy_file
from yulin.brain.core.policies import Ending, Terms
from yulin.brain.core.policy_reading import Given, read_policy
from yulin.brain.errors import CallShutError, PolicyDatesError, PolicyFileError, PolicyStaleError
from yulin.brain.models import ApplicationField, Policy, PolicyFile, PolicyVersion, StackingVersion
from yulin.brain.services.applications import submit_application
from yulin.brain.services.stacking import propose_stacking
from yulin.kit.clock import standing_on
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Notice

pytestmark = pytest.mark.django_db
_HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


def take_in(name: str, content: bytes, **more: object):
    return services.take_in_policies(actor=SYSTEM_ACTOR, name=name, content=content, is_published=True, **more)


def test_the_list_names_tests_that_are_there():
    named = re.findall(r"\| (test_\w+\.py)::(test_\w+) \|", __doc__ or "")
    gone = [one for one in named if f"def {one[1]}(" not in (_HERE / one[0]).read_text()]
    assert (len(named), gone) == (16, [])


def test_a_pdf_of_two_thousand_pages_is_refused_with_the_figure():
    content = long_pdf(2_000, "第一条　对企业给予最高20万元补助。" * 3)
    begun_at = time.process_time()
    with pytest.raises(PolicyFileError) as refused:
        take_in("汇编.pdf", content)
    assert time.process_time() - begun_at < 5
    assert "2000页" in str(refused.value.message)
    assert f"{MOST_PAGES}页" in str(refused.value.message)
    assert PolicyFile.objects.count() == 0


@pytest.mark.parametrize(("pages", "is_read"), [(MOST_PAGES, True), (MOST_PAGES + 1, False)])
def test_so_many_pages_are_read_and_not_one_more(pages, is_read):
    content = long_pdf(pages)
    if is_read:
        file = read_policy_file("长.pdf", content)
        assert (file.pages, [one.defects for one in file.readings]) == (pages, [("no_text",)])
    else:
        with pytest.raises(PolicyFileError):
            read_policy_file("长.pdf", content)


def test_a_long_pdf_is_read_in_time_that_grows_with_its_pages_alone():
    (few,) = read_policy_file("短.pdf", long_pdf(2, "第一条　给予最高30万元补助。")).readings
    assert (few.amount_fen, few.defects) == (30_000_000, ())
    sentence = (
        "企业符合条件的，经审核按照实际支出的一定比例给予最高不超过30万元补助，由示例市科学技术局会同有关部门办理；"
    )
    text = sentence * 30_000  # some 1.6 million characters, an amount in each sentence
    begun_at = time.process_time()
    read = read_policy(Given("a", "长办法", [("body", text)]))
    assert (read.amount_fen, time.process_time() - begun_at < 20) == (30_000_000, True)


_HEAD = '<html><head><meta charset="{}"></head><body><h1>示例市混编办法</h1>'
_FIRST = "<p>一、支持对象</p><p>本市注册的科技企业。</p>"
_SECOND = "<p>二、支持标准</p><p>每户给予最高20万元补助。</p></body></html>"


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_a_page_of_two_encodings_is_read_by_both_and_said_to_be_mixed(charset):
    content = (_HEAD.format(charset) + _FIRST).encode() + _SECOND.encode("gb18030")
    taken = take_in("混编.html", content)
    (version,) = taken.versions
    assert (version.title, version.amount_fen, version.defects) == ("示例市混编办法", 20_000_000, ["mixed_encoding"])
    assert "本市注册的科技企业" in version.text
    broken = read_policy_file("混编.html", content.replace("户".encode("gb18030"), b"\xff\xff"))
    assert broken.readings[0].defects == ("broken_encoding",)
    assert broken.readings[0].amount_fen == 20_000_000


@pytest.mark.parametrize(("charset", "encoding"), [("gb2312", "utf-8"), ("utf-8", "gb18030"), ("latin-9x", "gb18030")])
def test_a_page_that_declares_a_wrong_encoding_is_read(charset, encoding):
    content = (_HEAD.format(charset) + _FIRST + _SECOND).encode(encoding)
    (one,) = read_policy_file("a.html", content).readings
    assert (one.title, one.amount_fen, one.defects) == ("示例市混编办法", 20_000_000, ())


@pytest.mark.parametrize(
    "said",
    ["面议", "最高0元", "0万元", "给予一定补助", "最高××万元", "最高 万元", "最高99999999999999999999999999万元"],
)
def test_an_amount_that_cannot_be_read_is_unknown_and_never_nothing(said):
    item = {"id": "1", "title": "示例办法", "text": f"一、支持标准\n（一）{said}。", "max_amount": said}
    (version,) = take_in("a.json", json.dumps([item], ensure_ascii=False).encode()).versions
    version.refresh_from_db()
    assert version.amount_fen is None


def test_an_end_before_the_start_is_unknown_in_a_file_and_refused_in_an_edit():
    text = "示例市办法\n一、支持对象\n科技企业。\n二、附则\n本办法自2023年7月1日起施行，有效期至2022年6月30日。"
    (version,) = take_in("a.txt", text.encode()).versions
    assert (version.ending, version.ends_on, version.defects) == ("unknown", None, ["end_before_start"])
    officer = make_actor(Role.AUTHORITY_OFFICER)
    terms = Terms(Ending.DATED, TODAY, TODAY - timedelta(days=1))
    with pytest.raises(PolicyDatesError):
        services.propose_version(
            actor=officer, policy_id=None, base=0, edit=services.PolicyEdit("办法", (("body", "支持。"),), terms)
        )


def test_a_title_of_any_length_reaches_the_checker():
    officer = make_actor(Role.AUTHORITY_OFFICER)
    edit = services.PolicyEdit("关于印发示例办法的通知" * 40, (("body", "支持。"),), Terms())
    version = services.propose_version(actor=officer, policy_id=None, base=0, edit=edit)
    assert len(version.title) == 300
    notice = Notice.objects.get(kind="brain.policy")
    assert (len(notice.title_zh), notice.title_zh[-1]) == (200, "…")


def test_exclusions_in_a_circle_are_refused_with_the_chain_and_nothing_is_kept():
    law = "title: [示例, Example]\nbenefits:\n"
    for key in ("a", "b", "c"):
        law += f"  {key}: {{title: [奖{key}, {key}], level: city, area: 4401, titles: [title-techsme], amount: 1万,"
        law += " document: 穗1, verified: yes}\n"
    law += "rules:\n"
    for number, (one, other) in enumerate(("ab", "bc", "ca")):
        law += f"  r{number}: {{kind: gives_way, of: [{one}], to: [{other}], document: 穗1, verified: yes}}\n"
    with pytest.raises(YulinError) as refused:
        propose_stacking(actor=make_actor(Role.AUTHORITY_OFFICER), key="own", base=0, text=law, note="穗1号")
    assert (refused.value.code, refused.value.facts["chain"]) == ("BRAIN.STACKING.CIRCLE", ["a", "b", "c", "a"])
    assert StackingVersion.objects.count() == 0


@pytest.mark.parametrize(("days", "is_open"), [(0, True), (1, True), (2, False)])
def test_a_draft_lives_to_the_last_minute_of_grace_and_is_kept_after_it(days, is_open):
    applicant = make_applicant()
    application = begun(make_bureau(), applicant, last=TODAY, grace_days=1)
    fill(applicant.one, application)
    with standing_on(TODAY + timedelta(days=days)):
        if is_open:
            submit_application(actor=applicant.one, application_id=application.pk)
        else:
            with pytest.raises(CallShutError):
                submit_application(actor=applicant.one, application_id=application.pk)
            with pytest.raises(CallShutError):
                type_in(applicant.one, application, "迟", 1)
    application.refresh_from_db()
    assert application.state == ("submitted" if is_open else "draft")
    assert ApplicationField.objects.filter(application=application, value="示例项目").exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_who_propose_in_the_same_instant_one_is_told_and_neither_loses_a_word():
    take_in("p.json", json.dumps([{"id": "1", "title": "示例办法", "text": "支持。"}], ensure_ascii=False).encode())
    policy, bureau = Policy.objects.get(), make_organisation(OrganisationKind.AUTHORITY)
    editors = [make_actor(Role.AUTHORITY_OFFICER, bureau) for _ in range(8)]

    def work(number: int) -> object:
        edit = services.PolicyEdit("示例办法", (("body", f"支持第{number}类企业。"),), Terms())
        return services.propose_version(actor=editors[number], policy_id=policy.pk, base=1, edit=edit).pk

    found = in_parallel(8, work)
    assert sum(isinstance(one, int) for one in found) == 1
    assert sum(isinstance(one, PolicyStaleError) for one in found) == 7
    assert PolicyVersion.objects.filter(policy=policy).count() == 2
