"""Policies in the library: taken in, proposed, published by another person, searched, corrected, kept."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories.people import TODAY, make_actor, make_demo_book
from tests.factories.policy_files import AID, crawled, empty_pdf

from yulin.brain import services
from yulin.brain.adapters.policy_files import How
from yulin.brain.core.policies import Ending, Terms, state_of
from yulin.brain.errors import (
    CorrectionAnsweredError,
    PolicyAlikeError,
    PolicyDatesError,
    PolicyReasonError,
    PolicyStaleError,
    PolicyStateError,
    PolicyTextError,
    PolicyVariantError,
    SamePersonError,
)
from yulin.brain.models import Policy, PolicyClause, PolicyVersion, TextDocument
from yulin.brain.models.policies import state_on
from yulin.brain.selectors.alike import alike_while_waiting
from yulin.brain.selectors.texts import LIBRARY, answers, collection_named
from yulin.kit import documents
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry, Notice

pytestmark = pytest.mark.django_db

LOAN = "一、支持标准\n（一）按贷款利息的百分之五十贴息，每户每年最高20万元。\n（二）贴息期限不超过三年。"
RENT = "入驻示例孵化器的团队，第一年免收场地租金。"


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


def file_of(*items: tuple[str, str, str]) -> bytes:
    return json.dumps(
        [{"id": key, "title": title, "text": text} for key, title, text in items], ensure_ascii=False
    ).encode()


def take_in(*items: tuple[str, str, str], **more: object):
    more = {"actor": SYSTEM_ACTOR, "is_published": True, "source": "s"} | more
    items = items or (("1", "示例市贷款贴息办法", LOAN), ("2", "示例市孵化器办法", RENT))
    return services.take_in_policies(name="p.json", content=file_of(*items), **more)


def edit(**more: object) -> services.PolicyEdit:
    given = {"title": "示例市贷款贴息办法", "parts": (("body", LOAN),), "terms": Terms()}
    return services.PolicyEdit(**(given | more))


def test_a_file_taken_in_is_kept_read_and_searched():
    taken = take_in()
    assert (taken.report.new, taken.report.changed, taken.report.same) == (2, 0, 0)
    assert documents.read_document(taken.file.sha256) == file_of(
        ("1", "示例市贷款贴息办法", LOAN), ("2", "示例市孵化器办法", RENT)
    )
    policy = Policy.objects.get(key="s:1")
    assert (policy.current.number, policy.current.amount_fen) == (1, 20_000_000)
    assert policy.current.text == LOAN
    services.index_words(collection=collection_named(LIBRARY))
    first = answers(LIBRARY, "贴息期限多长", limit=1).answers[0]
    assert first.docid == "s:1#3"
    assert "不超过三年" in first.passage
    facts = AuditEntry.objects.get(action="brain.take_in_policies").facts
    assert (facts["new"], facts["sha256"]) == (2, taken.file.sha256)


def test_a_file_taken_in_again_changes_nothing_and_a_changed_policy_gets_a_version():
    take_in()
    texts = set(TextDocument.objects.values_list("pk", flat=True))
    again = take_in()
    assert (again.report.new, again.report.changed, again.report.same) == (0, 0, 2)
    changed = take_in(("1", "示例市贷款贴息办法", LOAN.replace("（二）贴息期限不超过三年。", "").replace("20", "30")))
    assert (changed.report.new, changed.report.changed, changed.report.same) == (0, 1, 0)
    policy = Policy.objects.get(key="s:1")
    assert [one.number for one in policy.versions.all()] == [2, 1]
    assert policy.current.amount_fen == 30_000_000
    docids = set(TextDocument.objects.filter(docid__startswith="s:1#").values_list("docid", flat=True))
    assert docids == {"s:1#2"}
    assert set(TextDocument.objects.values_list("pk", flat=True)) < texts
    assert PolicyClause.objects.filter(version__number=1, version__policy=policy, searched__isnull=False).count() == 0


def test_what_says_the_same_is_reported_and_what_is_the_same_is_left_out():
    long = "".join(f"第{n}条 符合第{n}类条件的企业每年给予补助。" for n in range(1, 30))
    taken = take_in(
        ("1", "甲办法", long),
        ("2", "乙办法", long.replace("第7类", "第八类")),
        ("3", "甲办法", f"{long} "),
    )
    assert taken.report.left_out == [{"title": "甲办法", "why": "double", "of": "s:1"}]
    assert [(one["one"], one["other"]) for one in taken.report.nearly_same] == [("s:1", "s:2")]
    assert taken.report.defects == {"nearly_same": ["s:1", "s:2"]}
    later = take_in(("9", "丙办法", long), source="t")
    assert {(one["one"], one["other"]) for one in later.report.nearly_same} == {("t:9", "s:1"), ("t:9", "s:2")}
    assert later.report.defects == {"nearly_same": ["t:9"]}


def test_policies_of_one_document_are_reported_by_its_number():
    text = "发文字号：示科〔2024〕3号\n支持企业。"
    taken = services.take_in_policies(
        actor=SYSTEM_ACTOR, name="a.txt", content=text.encode(), source="a", is_published=True
    )
    again = services.take_in_policies(
        actor=SYSTEM_ACTOR, name="b.txt", content=f"{text}减免租金。".encode(), source="b", is_published=True
    )
    keys = sorted([taken.versions[0].policy.key, again.versions[0].policy.key])
    assert again.report.same_number == [{"number": "示科〔2024〕3号", "policies": keys}]


def test_a_scanned_document_is_kept_and_waits_for_its_text():
    taken = services.take_in_policies(actor=SYSTEM_ACTOR, name="扫描件.pdf", content=empty_pdf(), is_published=True)
    assert documents.is_stored(taken.file.sha256)
    assert taken.report.defects == {"no_text": ["扫描件:扫描件"]}
    assert [one.state for one in taken.versions] == ["proposed"]
    assert Policy.objects.get().current is None


def test_left_out_pages_and_the_exchange_form_are_reported():
    taken = services.take_in_policies(
        actor=SYSTEM_ACTOR, name="c.json", content=crawled(), how=How(area="上海"), is_published=True
    )
    assert [one["why"] for one in taken.report.left_out] == ["not_found", "list_of_names"]
    assert taken.report.defects == {"text_cut": ["c:A1"], "for_comment": ["c:A1"]}
    aid = services.take_in_policies(actor=SYSTEM_ACTOR, name="f9.csv", content=AID.encode(), is_published=True)
    assert Policy.objects.get(key="f9:13").current.archived_on == TODAY
    assert aid.report.defects == {"amount_unreadable": ["f9:12"]}


def test_a_persons_file_waits_for_another_person(officer, checker, bureau):
    taken = take_in(actor=officer, is_published=False)
    assert Policy.objects.filter(current__isnull=False).count() == 0
    assert TextDocument.objects.count() == 0
    with pytest.raises(NotAllowedError):
        take_in(actor=officer, is_published=True)
    with pytest.raises(NotAllowedError):
        services.publish_file(actor=officer, file_id=taken.file.pk)
    assert services.publish_file(actor=checker, file_id=taken.file.pk) == 2
    assert Policy.objects.filter(current__isnull=False).count() == 2
    own = take_in(("7", "新办法", RENT), actor=checker, is_published=False)
    with pytest.raises(SamePersonError):
        services.publish_file(actor=checker, file_id=own.file.pk)
    other = make_actor(Role.AUTHORITY_CHECKER, bureau)
    assert services.publish_file(actor=other, file_id=own.file.pk) == 1


def test_a_proposal_that_waits_is_not_overtaken_by_a_file(officer):
    take_in()
    policy = Policy.objects.get(key="s:1")
    services.propose_version(actor=officer, policy_id=policy.pk, base=1, edit=edit(note="改"))
    taken = take_in(("1", "示例市贷款贴息办法", LOAN.replace("20", "40")))
    assert (taken.report.waiting, taken.report.changed) == (["s:1"], 0)


def test_one_writes_and_another_publishes(officer, checker):
    take_in()
    policy = Policy.objects.get(key="s:1")
    wrote = services.propose_version(
        actor=officer, policy_id=policy.pk, base=1, edit=edit(terms=Terms(Ending.DATED, ends_on=TODAY), note="补截止日")
    )
    assert (wrote.number, wrote.state) == (2, "proposed")
    assert Notice.objects.filter(kind="brain.policy").count() == 1
    policy.refresh_from_db()
    assert policy.current.number == 1
    with pytest.raises(PolicyReasonError):
        services.decide_version(actor=checker, version_id=wrote.pk, is_published=False)
    services.decide_version(actor=checker, version_id=wrote.pk, is_published=True)
    policy.refresh_from_db()
    assert (policy.current.number, policy.current.ends_on) == (2, TODAY)
    with pytest.raises(PolicyStateError):
        services.decide_version(actor=checker, version_id=wrote.pk, is_published=True)
    trail = AuditEntry.objects.filter(subject_kind="policy_version", subject_id=str(wrote.pk))
    assert [one.action for one in trail.order_by("pk")] == ["brain.propose_policy", "brain.publish_policy"]


def test_what_one_wrote_one_does_not_publish_and_may_take_back(checker, officer):
    take_in()
    policy = Policy.objects.get(key="s:1")
    wrote = services.propose_version(actor=checker, policy_id=policy.pk, base=1, edit=edit())
    with pytest.raises(SamePersonError):
        services.decide_version(actor=checker, version_id=wrote.pk, is_published=True)
    with pytest.raises(NotAllowedError):
        services.withdraw_version(actor=officer, version_id=wrote.pk)
    assert services.withdraw_version(actor=checker, version_id=wrote.pk).state == "withdrawn"
    again = services.propose_version(actor=officer, policy_id=policy.pk, base=2, edit=edit())
    returned = services.decide_version(actor=checker, version_id=again.pk, is_published=False, reason="缺依据")
    assert (returned.state, returned.reason) == ("returned", "缺依据")


def test_two_who_edit_at_once_lose_no_word(officer, checker):
    take_in()
    policy = Policy.objects.get(key="s:1")
    services.propose_version(actor=officer, policy_id=policy.pk, base=1, edit=edit())
    with pytest.raises(PolicyStaleError) as refused:
        services.propose_version(actor=checker, policy_id=policy.pk, base=1, edit=edit())
    assert refused.value.facts == {"policy": "s:1", "found": 1, "needed": 2}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"title": " "}, PolicyTextError),
        ({"parts": (("body", " "),)}, PolicyTextError),
        ({"terms": Terms(Ending.DATED)}, PolicyDatesError),
        ({"terms": Terms(Ending.PERMANENT, ends_on=TODAY)}, PolicyDatesError),
        ({"terms": Terms(Ending.DATED, TODAY, TODAY - timedelta(days=1))}, PolicyDatesError),
        ({"terms": Terms(Ending.DATED, ends_on=TODAY), "issued_on": TODAY + timedelta(days=1)}, PolicyDatesError),
        ({"general_key": "s:99"}, PolicyVariantError),
    ],
)
def test_an_edit_that_cannot_hold_is_refused(officer, given, error):
    with pytest.raises(error):
        services.propose_version(actor=officer, policy_id=None, base=0, edit=edit(**given))


LONG = "".join(f"第{n}条 符合第{n}类条件的企业每年给予补助。" for n in range(1, 30))


def propose(officer, **more: object) -> PolicyVersion:
    return services.propose_version(actor=officer, policy_id=None, base=0, edit=edit(**more))


def test_what_a_person_writes_is_compared_with_the_library_and_the_person_decides(officer):
    take_in(("1", "甲办法", LONG), ("2", "乙办法", RENT))
    near = Policy.objects.get(key="s:1")
    body = (("body", LONG.replace("第7类", "第八类")),)
    with pytest.raises(PolicyAlikeError) as refused:
        propose(officer, title="丙办法", parts=body)
    assert refused.value.facts == {"policy": "丙办法", "found": near.pk}
    (one,) = refused.value.alike
    assert (one.key, one.is_shown, one.is_same_title) == ("s:1", True, False)
    assert 80 <= one.percent < 100
    assert Policy.objects.count() == 2, "nothing is kept of what is refused"
    with pytest.raises(PolicyAlikeError):
        propose(officer, title="丙办法", parts=body, apart_from=frozenset({near.pk + 1}))
    kept = propose(officer, title="丙办法", parts=body, apart_from=frozenset({near.pk}))
    assert AuditEntry.objects.get(action="brain.propose_policy", subject_id=str(kept.pk)).facts["apart_from"] == ["s:1"]
    assert [each.key for each in alike_while_waiting(kept)] == ["s:1"], "the checker sees it too"
    with pytest.raises(PolicyAlikeError) as waiting:
        propose(officer, title="丁办法", parts=body, apart_from=frozenset({near.pk}))
    assert {(each.key, each.is_shown) for each in waiting.value.alike} == {("s:1", True), (kept.policy.key, False)}


def test_a_title_that_stands_at_the_same_place_is_named_whatever_the_text(officer):
    take_in(("1", "甲办法", RENT))
    near = Policy.objects.get(key="s:1")
    with pytest.raises(PolicyAlikeError) as refused:
        propose(officer, title=" 甲办法 ", parts=(("body", LOAN),), area=near.current.area)
    assert [(one.key, one.is_same_title) for one in refused.value.alike] == [("s:1", True)]
    assert propose(officer, title="甲办法", parts=(("body", LOAN),), area="广东/深圳").number == 1


def test_an_edit_is_asked_only_about_what_it_comes_to_be_like(officer, checker):
    take_in(("1", "甲办法", LONG), ("2", "乙办法", LONG.replace("第7类", "第八类")), ("3", "丙办法", RENT))
    first, third = Policy.objects.get(key="s:1"), Policy.objects.get(key="s:3")
    still = edit(title="甲办法", parts=(("body", f"{LONG}附则。"),))
    assert services.propose_version(actor=officer, policy_id=first.pk, base=1, edit=still).number == 2
    becomes = edit(title="丙办法", parts=(("body", f"{LONG}另行规定。"),))
    with pytest.raises(PolicyAlikeError) as refused:
        services.propose_version(actor=officer, policy_id=third.pk, base=1, edit=becomes)
    assert {one.key for one in refused.value.alike} == {"s:1", "s:2"}


def test_a_returned_or_withdrawn_text_is_no_policy_to_be_like(officer, checker):
    kept = propose(officer, title="甲办法", parts=(("body", LONG),))
    services.withdraw_version(actor=officer, version_id=kept.pk)
    assert propose(officer, title="乙办法", parts=(("body", LONG),)).number == 1


def test_a_local_variant_names_a_policy_that_is_none_itself(officer, checker):
    take_in()
    local = services.propose_version(
        actor=officer,
        policy_id=None,
        base=0,
        edit=edit(title="黄埔区贴息办法", area="广东/广州/黄埔区", general_key="s:1"),
    )
    services.decide_version(actor=checker, version_id=local.pk, is_published=True)
    assert Policy.objects.get(pk=local.policy_id).general.key == "s:1"
    with pytest.raises(PolicyVariantError):
        services.propose_version(
            actor=officer, policy_id=None, base=0, edit=edit(title="再", general_key=local.policy.key)
        )


def test_a_reader_is_answered_once(officer):
    take_in()
    reader = make_actor(Role.FIRM_USER)
    version = Policy.objects.get(key="s:1").current
    kept = services.suggest_correction(actor=reader, version_id=version.pk, said="电话已换", clause=2)
    with pytest.raises(NotAllowedError):
        services.answer_correction(actor=reader, correction_id=kept.pk, is_taken=True, answer="好")
    with pytest.raises(PolicyReasonError):
        services.answer_correction(actor=officer, correction_id=kept.pk, is_taken=True, answer=" ")
    services.answer_correction(actor=officer, correction_id=kept.pk, is_taken=True, answer="已改")
    assert Notice.objects.filter(organisation_id=reader.organisation_id, kind="brain.correction").count() == 1
    with pytest.raises(CorrectionAnsweredError):
        services.answer_correction(actor=officer, correction_id=kept.pk, is_taken=False, answer="不")


def test_the_database_keeps_a_version_as_it_was_published():
    take_in()
    version = Policy.objects.get(key="s:1").current
    for change in ("title = 'x'", "state = 'withdrawn'", "amount_fen = 1"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE brain_policyversion SET {change} WHERE id = %s", [version.pk])
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM brain_policyversion WHERE id = %s", [version.pk])


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_fen": 0},
        {"ending": "dated"},
        {"ending": "permanent", "ends_on": TODAY},
        {"ending": "dated", "opens_on": TODAY, "ends_on": TODAY - timedelta(days=1)},
        {"ending": "soon"},
        {"state": "lost"},
        {"state": "published", "text": ""},
    ],
)
def test_the_database_refuses_what_no_policy_can_say(wrong):
    policy = Policy.objects.create(key="x")
    given = {"policy": policy, "number": 1, "title": "办法", "parts": [], "text": "文", "content_hash": "0" * 64}
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.create(**(given | wrong))


def test_the_state_in_sql_is_the_state_of_the_core():
    day = date(2026, 3, 31)
    some = [None, day - timedelta(days=1), day, day + timedelta(days=1)]
    terms = [
        Terms(ending, opens_on, ends_on, used_up_on, archived_on)
        for (ending, ends_on), opens_on, used_up_on, archived_on in product(
            [("permanent", None), ("unknown", None), *(("dated", one) for one in some if one)], some, some, some
        )
        if not (opens_on and ends_on and ends_on < opens_on)
    ]
    policies = Policy.objects.bulk_create(Policy(key=str(number)) for number in range(len(terms)))
    PolicyVersion.objects.bulk_create(
        PolicyVersion(policy=policy, number=1, title="办法", parts=[], text="文", content_hash="0" * 64, **vars(one))
        for policy, one in zip(policies, terms, strict=True)
    )
    said = dict(PolicyVersion.objects.annotate(now=state_on(day)).values_list("policy_id", "now"))
    assert [said[policy.pk] for policy in policies] == [str(state_of(one, day)) for one in terms]
