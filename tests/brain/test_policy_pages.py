"""The library's pages: list, filters, search with its evidence, a policy by clause, editing by two, corrections."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.brain.test_check_up_pages import text
from tests.factories.people import TODAY, make_client, make_demo_book
from tests.web.test_pages import MOST_QUERIES, faults_of

from yulin.brain import services
from yulin.brain.adapters.word_index import WordIndex
from yulin.brain.core.policies import Ending, Terms
from yulin.brain.models import Policy, PolicyCorrection, PolicyVersion
from yulin.brain.selectors.library import library
from yulin.brain.selectors.texts import LIBRARY, collection_named
from yulin.kit.clock import business_date
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role

pytestmark = pytest.mark.django_db

LOAN = "示例支持标准\n（一）按贷款利息的百分之五十给予贴息，每户每年最高20万元。\n（二）贴息期限不超过三年。"


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


def take_in(*items: dict[str, str], index: bool = False) -> list[Policy]:
    """Take invented policies in, published; each row is named as the portal's layout names its columns."""
    content = json.dumps(list(items), ensure_ascii=False).encode()
    taken = services.take_in_policies(
        actor=SYSTEM_ACTOR, name="示例.json", content=content, source="示例", is_published=True
    )
    if index:
        services.index_words(collection=collection_named(LIBRARY))
    return [one.policy for one in taken.versions]


def loan_item(number: int = 1, **more: str) -> dict[str, str]:
    return {"id": f"贴{number}", "title": f"示例市贷款贴息办法{number}", "text": LOAN} | more


def form_of(page: str) -> dict[str, str]:
    """Return what an edit form would send as it stands."""
    sent = dict(re.findall(r'<input type="[a-z]+" name="([a-z0-9_-]+)" value="([^"]*)"', page))
    sent |= {name: value.strip("\n") for name, value in re.findall(r'<textarea name="([a-z0-9-]+)"[^>]*>([^<]*)', page)}
    sent |= dict(re.findall(r'<select name="([a-z_]+)".*?<option value="([a-z_]+)" selected', page, re.DOTALL))
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def test_everybody_reads_the_library_in_both_languages():
    (one,) = take_in(loan_item(), index=True)
    for path in ("", "?q=贴息期限", "?q=托育机构", f"{one.pk}/", f"{one.pk}/versions/1/"):
        for language in ("zh-hans", "en"):
            with CaptureQueriesContext(connection) as queries:
                answer = Client().get(f"/{language}/policies/{path}")
            assert answer.status_code == 200
            assert [each for each in faults_of(answer.content.decode(), language) if "示例" not in each] == []
            assert len(queries) <= MOST_QUERIES


def test_the_number_of_queries_does_not_grow_with_the_list():
    take_in(loan_item(1), index=True)
    counts = []
    for number in (0, 8):
        take_in(*(loan_item(2 + each) for each in range(number)), index=True) if number else None
        for query in ("", "?q=贴息期限"):
            with CaptureQueriesContext(connection) as queries:
                Client().get(f"/zh-hans/policies/{query}")
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_an_answer_quotes_its_clause_and_marks_what_was_asked():
    (one,) = take_in(loan_item(), index=True)
    page = Client().get("/zh-hans/policies/?q=贴息期限多久").content.decode()
    assert "没有条款足以回答" not in page
    assert "<mark>贴息期限</mark>不超过三年" in page
    link = re.search(rf'href="/zh-hans/policies/{one.pk}/#(c\d+)"', page)
    assert f'id="{link[1]}"' in Client().get(f"/zh-hans/policies/{one.pk}/").content.decode()


def test_the_first_answers_are_shown_and_all_of_them_where_asked():
    take_in(*(loan_item(number) for number in range(12)), index=True)
    page = Client().get("/zh-hans/policies/?q=贴息期限多久").content.decode()
    assert page.count('<li><h2 class="h3">') == 10
    link = re.search(r'href="(\?[^"]*all=1)">显示全部答复', page)
    everything = Client().get(f"/zh-hans/policies/{link[1].replace('&amp;', '&')}").content.decode()
    assert everything.count('<li><h2 class="h3">') == 12
    assert "显示全部答复" not in everything


def test_a_question_is_judged_once_until_the_library_changes(monkeypatch):
    take_in(loan_item(1), index=True)
    Client().get("/zh-hans/policies/?q=贴息期限多久")
    with monkeypatch.context() as now:
        now.setattr(WordIndex, "find", None)
        assert "示例市贷款贴息办法1" in Client().get("/zh-hans/policies/?q=贴息期限多久").content.decode()
    take_in(loan_item(2), index=True)
    assert "示例市贷款贴息办法2" in Client().get("/zh-hans/policies/?q=贴息期限多久").content.decode()


def test_a_question_without_evidence_is_not_known():
    take_in(loan_item(), index=True)
    page = text(Client().get("/zh-hans/policies/?q=养老机构床位运营补贴"))
    assert '<p class="fw-medium">未找到依据</p>' in page
    assert '<p class="fw-medium">Not known</p>' in text(Client().get("/en/policies/?q=养老机构床位运营补贴"))


@pytest.mark.parametrize(
    "question", ["😀😀", "'; DROP TABLE brain_policy; --", "字" * 10_000, "%00", "   ", "<script>"]
)
def test_a_question_of_any_kind_is_answered_by_a_page(question):
    take_in(loan_item(), index=True)
    answer = Client().get("/zh-hans/policies/", {"q": question})
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().replace("<script src", "")


def test_filters_narrow_the_list_and_the_search():
    take_in(
        loan_item(1, region="北京市", publish_date="2021-06-01"),
        loan_item(
            2, region="上海市", publish_date="2015-06-01", text="一、适用对象\n科技型中小企业。\n二、支持标准\n贴息。"
        ),
        index=True,
    )
    client = Client()
    for query, shown in (
        ("area=北京", {1}),
        ("area=上海", {2}),
        ("audience=sme", {2}),
        ("audience=person", set()),
        ("state=unknown_end", {1, 2}),
        ("state=closed", set()),
        ("issued=3", {1}),
        ("area=上海&q=贴息", {2}),
    ):
        page = client.get(f"/zh-hans/policies/?{query}").content.decode()
        assert {n for n in (1, 2) if f"示例市贷款贴息办法{n}" in page} == shown, query
    sheet = b"".join(client.get("/zh-hans/policies/?format=csv&area=北京").streaming_content).decode()
    assert "示例市贷款贴息办法1" in sheet
    assert "200000.00" in sheet
    assert "办法2" not in sheet


def test_an_expired_local_policy_does_not_hide_the_general_one(bureau):
    general, local = take_in(loan_item(1), loan_item(2, region="上海市"))
    officer, checker = make_client(Role.AUTHORITY_OFFICER, bureau), make_client(Role.AUTHORITY_CHECKER, bureau)
    today = business_date()
    for ends_on, shown in ((today, {local.pk}), (today - timedelta(days=1), {general.pk})):
        sent = form_of(officer.get(f"/zh-hans/policies/{local.pk}/edit/").content.decode())
        sent |= {"general": general.key, "ending": "dated", "ends_on": ends_on.isoformat(), "note": "改"}
        assert officer.post(f"/zh-hans/policies/{local.pk}/edit/", sent).status_code == 302
        version = PolicyVersion.objects.get(state="proposed")
        checker.post(f"/zh-hans/policies/desk/versions/{version.pk}/decide/", {"verdict": "publish"})
        assert set(library(today, "上海").values_list("pk", flat=True)) == shown
        assert general.pk in set(library(today, "北京").values_list("pk", flat=True))


def test_one_edits_and_another_publishes(bureau):
    (one,) = take_in(loan_item())
    officer, checker = make_client(Role.AUTHORITY_OFFICER, bureau), make_client(Role.AUTHORITY_CHECKER, bureau)
    sent = form_of(officer.get(f"/zh-hans/policies/{one.pk}/edit/").content.decode())
    field = next(name for name, value in sent.items() if "三年" in value)
    sent |= {field: sent[field].replace("三年", "五年"), "amount": "30", "note": "期限延长"}
    answer = officer.post(f"/zh-hans/policies/{one.pk}/edit/", sent)
    assert answer["Location"] == f"/zh-hans/policies/{one.pk}/versions/2/"
    assert Client().get(f"/zh-hans/policies/{one.pk}/versions/2/").status_code == 404
    proposal = officer.get(answer["Location"]).content.decode()
    assert "由您提交，须由另一人复核发布" in proposal
    assert '<ins class="yl-is">（二）贴息期限不超过五年。</ins>' in proposal
    assert "贴息期限不超过三年" in re.search(r"<del.*?</del>", proposal)[0]
    assert "三年" in text(Client().get(f"/zh-hans/policies/{one.pk}/"))
    version = PolicyVersion.objects.get(state="proposed")
    address = f"/zh-hans/policies/desk/versions/{version.pk}/decide/"
    assert checker.post(address, {"verdict": "return"}).status_code == 422
    assert checker.post(address, {"verdict": "publish"}).status_code == 302
    page = text(Client().get(f"/zh-hans/policies/{one.pk}/"))
    assert "五年" in page
    assert Policy.objects.get(pk=one.pk).current.amount_fen == 30_000_000


def test_a_proposal_shows_which_facts_it_changes_and_a_version_keeps_showing_it(bureau):
    (one,) = take_in(loan_item())
    officer, checker = make_client(Role.AUTHORITY_OFFICER, bureau), make_client(Role.AUTHORITY_CHECKER, bureau)
    form = form_of(officer.get(f"/zh-hans/policies/{one.pk}/edit/").content.decode())
    changed = {"amount": "0.012345", "ending": "dated", "ends_on": "2099-12-31", "area": "广东", "note": "改"}
    proposal = text(officer.post(f"/zh-hans/policies/{one.pk}/edit/", form | changed, follow=True))
    assert "要点变化（与第1版相比）" in proposal
    version = PolicyVersion.objects.get(state="proposed")
    assert version.amount_fen == 12_345, "to the fen"
    again = form_of(officer.get(f"/zh-hans/policies/{one.pk}/edit/").content.decode())
    assert again["amount"] == "20", "what is in force is edited, not what waits"
    checker.post(f"/zh-hans/policies/desk/versions/{version.pk}/decide/", {"verdict": "publish"})
    assert form_of(officer.get(f"/zh-hans/policies/{one.pk}/edit/").content.decode())["amount"] == "0.012345"
    for language, words in (
        ("zh-hans", [("最高支持金额", "20"), ("适用地区", "全国"), ("截止方式", "不明"), ("截止日期", "未写明")]),
        ("en", [("Most that is paid", "200,000"), ("Area", "Whole country"), ("How it ends", "unknown")]),
    ):
        page = text(Client().get(f"/{language}/policies/{one.pk}/"))
        assert [each for each in faults_of(page, language) if "示例" not in each] == []
        for name, was in words:
            assert re.search(rf"<dt>{name}</dt><dd class=\"yl-name\"><del class=\"yl-was\">[^/]*{was}", page), name
    assert "要点变化" not in text(Client().get(f"/zh-hans/policies/{one.pk}/versions/1/"))


def test_what_two_wrote_at_once_stays_on_the_page_of_the_second(bureau):
    (one,) = take_in(loan_item())
    first, second = (make_client(Role.AUTHORITY_OFFICER, bureau) for _ in range(2))
    address = f"/zh-hans/policies/{one.pk}/edit/"
    sent = form_of(second.get(address).content.decode()) | {"note": "第二人的说明"}
    first.post(address, form_of(first.get(address).content.decode()) | {"note": "第一人"})
    answer = second.post(address, sent)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "第二人的说明" in page
    assert "BRAIN.POLICY.STALE" in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"amount": "0"}, "金额不明时留空"),
        ({"ending": "dated", "ends_on": ""}, "BRAIN.POLICY.DATES"),
        ({"ending": "dated", "opens_on": "2022-02-01", "ends_on": "2022-01-31"}, "BRAIN.POLICY.DATES"),
        ({"general": "没有"}, "BRAIN.POLICY.VARIANT"),
        ({"note": ""}, "yl-field--bad"),
    ],
)
def test_an_edit_that_cannot_hold_says_where(bureau, changed, said):
    (one,) = take_in(loan_item())
    client = make_client(Role.AUTHORITY_OFFICER, bureau)
    address = f"/zh-hans/policies/{one.pk}/edit/"
    answer = client.post(address, form_of(client.get(address).content.decode()) | {"note": "改"} | changed)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_policy_written_by_hand_is_published_by_another(bureau):
    officer, checker = make_client(Role.AUTHORITY_OFFICER, bureau), make_client(Role.AUTHORITY_CHECKER, bureau)
    sent = form_of(officer.get("/zh-hans/policies/desk/new/").content.decode())
    field = next(name for name in sent if name.startswith("part-"))
    sent |= {"title": "示例新政", "ending": "permanent", field: "支持示例企业。", "note": "新增"}
    answer = officer.post("/zh-hans/policies/desk/new/", sent, follow=True)
    assert answer.status_code == 200
    version = PolicyVersion.objects.get()
    assert "示例新政" in text(checker.get("/zh-hans/policies/desk/"))
    checker.post(f"/zh-hans/policies/desk/versions/{version.pk}/decide/", {"verdict": "publish"})
    assert "长期有效" in text(Client().get(f"/zh-hans/policies/{version.policy_id}/"))


def test_who_writes_what_the_library_has_is_shown_it_and_says_whether_it_is_another(bureau):
    long = "".join(f"第{n}条 符合第{n}类条件的企业每年给予补助。" for n in range(1, 30))
    (near,) = take_in({"id": "近", "title": "示例近似办法", "text": long})
    officer, checker = make_client(Role.AUTHORITY_OFFICER, bureau), make_client(Role.AUTHORITY_CHECKER, bureau)
    sent = form_of(officer.get("/zh-hans/policies/desk/new/").content.decode())
    field = next(name for name in sent if name.startswith("part-"))
    sent |= {"title": "示例新政", "ending": "permanent", field: f"{long}示例附则。", "note": "新增"}
    for language in ("zh-hans", "en"):
        answer = officer.post(f"/{language}/policies/desk/new/", sent)
        page = text(answer)
        assert answer.status_code == 409
        assert f'href="/{language}/policies/{near.pk}/versions/1/">示例近似办法</a>' in page
        assert f'name="apart" id="id_apart" value="{near.pk}"' in page
        assert "示例附则。" in page, "what was written stays"
        said = page[page.index('id="alike"') : page.index("</section>", page.index('id="alike"'))]
        assert [each for each in faults_of(said, language) if "Chinese" in each and "示例" not in each] == []
    assert officer.post("/zh-hans/policies/desk/new/", sent | {"apart": "x"}).status_code == 422
    proposal = text(officer.post("/zh-hans/policies/desk/new/", sent | {"apart": str(near.pk)}, follow=True))
    assert "须由另一人复核发布" in proposal
    version = PolicyVersion.objects.get(state="proposed")
    assert "示例近似办法" in text(checker.get(f"/zh-hans/policies/{version.policy_id}/versions/1/"))
    checker.post(f"/zh-hans/policies/desk/versions/{version.pk}/decide/", {"verdict": "publish"})
    assert "示例近似办法" not in text(checker.get(f"/zh-hans/policies/{version.policy_id}/"))


def test_a_file_is_taken_in_by_one_and_published_by_another(bureau):
    officer, checker = make_client(Role.AUTHORITY_OFFICER, bureau), make_client(Role.AUTHORITY_CHECKER, bureau)
    content = json.dumps([loan_item(1), loan_item(2)], ensure_ascii=False).encode()
    file = SimpleUploadedFile("示例.json", content)
    answer = officer.post("/zh-hans/policies/desk/", {"file": file, "source": "示例", "area": "上海/徐汇区"})
    assert answer.status_code == 302
    page = text(officer.get(answer["Location"]))
    assert "示例市贷款贴息办法2" in page
    assert "文字几乎相同" in page
    assert "须由另一人复核发布" in page
    address = f"{answer['Location']}publish/"
    assert officer.post(address).status_code == 403
    assert checker.post(address).status_code == 302
    assert {one.current.area for one in Policy.objects.select_related("current")} == {"上海/徐汇区"}
    for language in ("zh-hans", "en"):
        for path in ("policies/desk/", answer["Location"].removeprefix("/zh-hans/")):
            faults = faults_of(checker.get(f"/{language}/{path}").content.decode(), language)
            assert [each for each in faults if "示例" not in each] == []


def test_what_says_nearly_the_same_is_named_and_leads_there(bureau):
    long = "".join(f"第{n}条 符合第{n}类条件的企业每年给予补助。" for n in range(1, 30))
    texts = (long, long.replace("第7类", "第八类"))
    items = [{"id": f"近{n}", "title": f"示例近似办法{n}", "text": said} for n, said in enumerate(texts, 1)]
    first, second = take_in(*items)
    officer = make_client(Role.AUTHORITY_OFFICER, bureau)
    for language in ("zh-hans", "en"):
        page = text(officer.get(f"/{language}/policies/desk/files/{first.current.file_id}/"))
        assert [each for each in faults_of(page, language) if "示例" not in each] == []
        near = page[page.index('id="near"') :]
        for policy in (first, second):
            assert f'href="/{language}/policies/{policy.pk}/">{policy.current.title}</a>' in near
    seen = text(officer.get(f"/zh-hans/policies/{first.pk}/"))
    assert f'href="/zh-hans/policies/{second.pk}/">示例近似办法2</a>' in seen


def test_a_file_that_cannot_be_read_says_why(bureau):
    officer = make_client(Role.AUTHORITY_OFFICER, bureau)
    answer = officer.post("/en/policies/desk/", {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7"), "area": ""})
    assert answer.status_code == 422
    assert "BRAIN.POLICY.FILE" in answer.content.decode()


def test_a_reader_suggests_and_the_editor_answers(bureau):
    (one,) = take_in(loan_item())
    firm = make_client(Role.FIRM_USER)
    address = f"/zh-hans/policies/{one.pk}/correction/"
    assert firm.post(address, {"said": ""}).status_code == 422
    assert firm.post(address, {"said": "联系电话已换", "clause": "2"}).status_code == 302
    officer = make_client(Role.AUTHORITY_OFFICER, bureau)
    assert "联系电话已换" in text(officer.get("/zh-hans/policies/desk/"))
    kept = PolicyCorrection.objects.get()
    officer.post(f"/zh-hans/policies/desk/corrections/{kept.pk}/", {"verdict": "taken", "answer": "已改"})
    assert PolicyCorrection.objects.get().state == "taken"
    assert "已改" in text(officer.get(f"/zh-hans/policies/{one.pk}/"))
    assert 'id="corrections"' not in text(Client().get(f"/zh-hans/policies/{one.pk}/")), "no card without content"


def test_an_address_that_is_none_of_the_web_is_no_link():
    (one,) = take_in(loan_item(url="javascript:alert(1)"))
    page = text(Client().get(f"/zh-hans/policies/{one.pk}/"))
    assert "javascript:alert(1)" in page
    assert 'href="javascript' not in page


def test_the_document_is_given_as_it_was_received():
    (one,) = take_in(loan_item())
    answer = Client().get(f"/zh-hans/policies/{one.pk}/document/")
    assert json.loads(b"".join(answer.streaming_content))[0]["id"] == "贴1"
    assert answer["Content-Disposition"].startswith("attachment")


def test_the_state_of_today_and_why_stand_on_the_page():
    (one,) = take_in(loan_item())
    actor_made = services.PolicyEdit("示例", (("body", LOAN),), Terms(Ending.DATED, ends_on=TODAY - timedelta(days=1)))
    from tests.factories.people import make_actor

    version = services.propose_version(
        actor=make_actor(Role.AUTHORITY_OFFICER), policy_id=one.pk, base=1, edit=actor_made
    )
    services.decide_version(actor=make_actor(Role.AUTHORITY_CHECKER), version_id=version.pk, is_published=True)
    page = text(Client().get(f"/zh-hans/policies/{one.pk}/"))
    assert "已截止" in page
    assert f"{TODAY - timedelta(days=1)} 24:00截止" in page
