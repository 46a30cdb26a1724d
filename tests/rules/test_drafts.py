"""A law is written by one person, with or without defects on the way, and published by another."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection
from tests.factories.people import TODAY, make_actor, make_client, make_demo_book, make_organisation

from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry, Notice
from yulin.rules.adapters.shipped import shipped_texts
from yulin.rules.adapters.trade import cases_run
from yulin.rules.errors import (
    DraftDatesError,
    DraftDefectsError,
    DraftNotOpenError,
    DraftReasonError,
    DraftStaleError,
    DraftUnchangedError,
    PackCasesFailError,
)
from yulin.rules.models import PackDraft
from yulin.rules.selectors import law_packs, reading_of
from yulin.rules.services import (
    draft_pack,
    publish_draft,
    publish_pack,
    return_draft,
    save_draft,
    start_draft,
    submit_draft,
    withdraw_pack_draft,
)

LAW = "title-techsme-2017"
BASE = f"{LAW}@shipped"
FIRST = date(2022, 6, 1)


@pytest.fixture
def bureau(db):
    make_demo_book(TODAY)
    return make_organisation(OrganisationKind.AUTHORITY)


@pytest.fixture
def maker(bureau):
    return make_actor(Role.AUTHORITY_OFFICER, bureau)


@pytest.fixture
def checker(bureau):
    return make_actor(Role.AUTHORITY_CHECKER, bureau)


def changed(draft: PackDraft, *swaps: tuple[str, str]) -> dict[str, str]:
    law = draft.content["pack.yaml"]
    for old, new in swaps or (("from: 2017-05-03", "from: 2022-06-01"),):
        assert old in law
        law = law.replace(old, new, 1)
    return {"pack.yaml": law, "cases.yaml": ""}


def written(maker) -> PackDraft:
    draft = start_draft(actor=maker, base_key=BASE)
    return save_draft(actor=maker, draft_id=draft.pk, lock=0, texts=changed(draft))


def test_a_draft_becomes_law_by_a_second_person_with_the_days_of_its_text(maker, checker):
    draft = written(maker)
    submit_draft(actor=maker, draft_id=draft.pk)
    asked = Notice.objects.get(about=f"pack_draft:{draft.pk}", organisation_id=checker.organisation_id)
    assert asked.path.endswith(f"/{draft.pk}/")
    with pytest.raises(DraftDatesError):
        publish_draft(actor=checker, draft_id=draft.pk, first=date(2022, 6, 2), until=None)
    publish_draft(actor=checker, draft_id=draft.pk, first=FIRST, until=None)
    assert [p.effective_from for p in law_packs("title") if p.id == LAW] == [date(2017, 5, 3), FIRST]
    asked.refresh_from_db()
    assert asked.done_on == TODAY
    kept = AuditEntry.objects.filter(action__endswith="_pack_draft").order_by("pk")
    assert list(kept.values_list("action", flat=True)) == [
        f"rules.{act}_pack_draft" for act in ("start", "save", "submit", "publish")
    ]


def test_the_maker_neither_publishes_nor_lets_others_write(bureau, checker, maker):
    draft = written(checker)
    with pytest.raises(NotAllowedError):
        save_draft(actor=maker, draft_id=draft.pk, lock=1, texts=draft.content)
    submit_draft(actor=checker, draft_id=draft.pk)
    with pytest.raises(Exception, match=r"RULES\.PACK\.SAME_HANDS"):
        publish_draft(actor=checker, draft_id=draft.pk, first=FIRST, until=None)
    with pytest.raises(NotAllowedError):
        publish_draft(actor=maker, draft_id=draft.pk, first=FIRST, until=None)


def test_a_draft_with_defects_is_kept_and_not_submitted(maker):
    draft = start_draft(actor=maker)
    assert reading_of(draft).defects
    save_draft(actor=maker, draft_id=draft.pk, lock=0, texts={"pack.yaml": "id: [", "cases.yaml": ""})
    with pytest.raises(DraftDefectsError) as refused:
        submit_draft(actor=maker, draft_id=draft.pk)
    assert "pack.yaml:" in str(refused.value)
    draft.refresh_from_db()
    assert (draft.state, draft.content["pack.yaml"]) == ("open", "id: [")


def test_a_draft_whose_case_fails_is_not_submitted(maker):
    draft = start_draft(actor=maker, base_key=BASE)
    case = "- {name: 空, on: 2022-06-02, facts: {}, expect: {outcome: met}}\n"
    save_draft(actor=maker, draft_id=draft.pk, lock=0, texts={**changed(draft), "cases.yaml": case})
    with pytest.raises(PackCasesFailError):
        submit_draft(actor=maker, draft_id=draft.pk)


def test_what_is_law_already_is_not_submitted_again(maker, checker):
    draft = written(maker)
    submit_draft(actor=maker, draft_id=draft.pk)
    same = written(maker)
    with pytest.raises(DraftUnchangedError):
        submit_draft(actor=maker, draft_id=same.pk)


def test_a_returned_draft_is_written_on_and_a_withdrawn_one_is_kept(maker, checker):
    draft = written(maker)
    submit_draft(actor=maker, draft_id=draft.pk)
    with pytest.raises(DraftNotOpenError):
        save_draft(actor=maker, draft_id=draft.pk, lock=1, texts=changed(draft, ("2022-06-01", "2022-07-01")))
    with pytest.raises(DraftReasonError):
        return_draft(actor=checker, draft_id=draft.pk, reason=" ")
    return_draft(actor=checker, draft_id=draft.pk, reason="第六条有误")
    notice = Notice.objects.get(about=f"pack_draft:{draft.pk}", done_on__isnull=True)
    assert (notice.user_id, notice.body_zh) == (maker.user_id, "第六条有误")
    submit_draft(actor=maker, draft_id=draft.pk)
    withdraw_pack_draft(actor=maker, draft_id=draft.pk)
    draft.refresh_from_db()
    assert (draft.state, draft.submission) == ("withdrawn", None)
    assert [step.act for step in draft.steps.all()] == ["start", "submit", "return", "submit", "withdraw"]
    assert not Notice.objects.filter(about=f"pack_draft:{draft.pk}", done_on__isnull=True).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_is_kept_and_the_other_is_told(bureau):
    maker = make_actor(Role.AUTHORITY_OFFICER, bureau)
    draft = start_draft(actor=maker, base_key=BASE)
    start, outcomes = threading.Barrier(2), []

    def save(text: str) -> None:
        try:
            start.wait()
            save_draft(actor=maker, draft_id=draft.pk, lock=0, texts={"pack.yaml": text, "cases.yaml": ""})
            outcomes.append(text)
        except DraftStaleError as stale:
            outcomes.append(stale.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(text,)) for text in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    draft.refresh_from_db()
    assert draft.lock == 1
    assert sorted(outcomes) == sorted(["RULES.DRAFT.STALE", draft.content["pack.yaml"]])


# The pages.


@pytest.fixture
def client(bureau):
    return make_client(Role.AUTHORITY_OFFICER, bureau)


def begun(client) -> PackDraft:
    assert client.post("/zh-hans/law-drafts/start/", {"base": BASE}).status_code == 302
    return PackDraft.objects.latest("pk")


def test_a_stale_save_shows_both_texts_and_keeps_the_newer(client):
    draft = begun(client)
    address = f"/en/law-drafts/{draft.pk}/save/"
    assert client.post(address, {"lock": 0, "law": "id: newer", "cases": ""}).status_code == 302
    stale = client.post(address, {"lock": 0, "law": "id: mine", "cases": ""})
    page = stale.content.decode()
    assert stale.status_code == 409
    assert ("id: mine" in page, "id: newer" in page, 'name="lock" value="1"' in page) == (True, True, True)
    draft.refresh_from_db()
    assert draft.content["pack.yaml"] == "id: newer"


def test_live_validation_names_the_place_and_keeps_nothing(client):
    draft = begun(client)
    law = draft.content["pack.yaml"].replace("staff_count <= 500", "staff_cuont <= 500")
    answer = client.post(f"/en/law-drafts/{draft.pk}/check/", {"lock": 0, "law": law, "cases": ""})
    line = next(n for n, text in enumerate(law.splitlines(), 1) if "staff_cuont" in text)
    assert f'href="#pack-{line}"' in answer.content.decode()
    assert f'<span id="pack-{line}" class="bad">' in answer.content.decode()
    draft.refresh_from_db()
    assert (draft.lock, "staff_cuont" in draft.content["pack.yaml"]) == (0, False)


def test_the_effect_of_a_draft_is_for_those_who_may_see_drafts(bureau, client):
    draft = begun(client)
    client.post(f"/en/law-drafts/{draft.pk}/save/", {"lock": 0, "law": changed(draft)["pack.yaml"], "cases": ""})
    address = f"/en/law-effect/?old={BASE}&new={LAW}@draft-{draft.pk}"
    assert client.get(address).status_code == 200
    assert make_client(Role.BANK_CLERK).get(address).status_code == 404


def test_home_leads_the_maker_and_the_checker_to_the_draft(bureau, client):
    draft = begun(client)
    link = f"/zh-hans/law-drafts/{draft.pk}/"
    assert link in client.get("/zh-hans/home/").content.decode()
    client.post(f"{link}save/", {"lock": 0, "law": changed(draft)["pack.yaml"], "cases": "", "act": "submit"})
    home = make_client(Role.AUTHORITY_CHECKER, bureau).get("/zh-hans/home/").content.decode()
    assert link in home
    assert "核对后发布" in home


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_list_offers_every_version_to_start_from_and_shows_what_was_given_up(client, maker, language):
    draft = written(maker)
    withdraw_pack_draft(actor=maker, draft_id=draft.pk)
    page = client.get(f"/{language}/law-drafts/?base={BASE}").content.decode()
    assert f'<option value="{BASE}" selected>' in page
    assert f'href="/{language}/law-drafts/{draft.pk}/"' in page
    assert ("已撤回" if language == "zh-hans" else "Withdrawn") in page


# A scheme: its losses, limits and fees are run by the pool.

SBA = "us-sba-7a@shipped"


def scheme_draft(maker, *swaps: tuple[str, str]) -> PackDraft:
    draft = start_draft(actor=maker, base_key=SBA)
    texts = dict(draft.content)
    for old, new in swaps:
        assert old in texts["cases.yaml"]
        texts["cases.yaml"] = texts["cases.yaml"].replace(old, new, 1)
    return save_draft(actor=maker, draft_id=draft.pk, lock=0, texts=texts)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_schemes_cases_and_cliffs_stand_beside_its_draft(client, maker, language):
    draft = scheme_draft(maker, ("fee: 2_550.00", "fee: 2_550.01"))
    page = client.get(f"/{language}/law-drafts/{draft.pk}/").content.decode()
    said = {"zh-hans": "fee：应为2_550.01，得到2_550.00", "en": "fee: expected 2_550.01, found 2_550.00"}
    assert said[language] in page
    assert 'href="#cases-8"' in page
    assert ("金额多一点，补偿反而少" if language == "zh-hans" else "a little more of loan pays less") in page


def test_a_scheme_with_a_red_case_is_saved_and_neither_submitted_nor_published(maker, checker):
    draft = scheme_draft(maker, ("fee: 2_550.00", "fee: 2_550.01"))
    with pytest.raises(PackCasesFailError, match=r"首次费15万.*应为2_550\.01，得到2_550\.00"):
        submit_draft(actor=maker, draft_id=draft.pk)
    straight = draft_pack(actor=maker, texts=draft.content)
    with pytest.raises(PackCasesFailError):
        publish_pack(actor=checker, draft_id=straight.pk)


def test_a_scheme_drafted_from_its_page_leads_to_its_page_once_published(bureau, client, maker, checker):
    shipped = draft_pack(actor=maker, texts=shipped_texts("gz-credit-2021"))
    row = publish_pack(actor=checker, draft_id=shipped.pk)
    law = client.get(f"/zh-hans/schemes/{row.pack_id}/").content.decode()
    assert f'href="/zh-hans/law-drafts/?base={row.pack_id}%40{row.pk}"' in law
    assert "起草新版本" not in make_client(Role.BANK_CLERK).get(f"/zh-hans/schemes/{row.pack_id}/").content.decode()
    client.post("/zh-hans/law-drafts/start/", {"base": f"{row.pack_id}@{row.pk}"})
    draft = PackDraft.objects.get()
    swap = ("from: 2021-07-01, until: 2025-10-01", "from: 2022-03-01, until: 2025-10-01")
    law = {"law": changed(draft, swap)["pack.yaml"], "cases": ""}
    client.post(f"/zh-hans/law-drafts/{draft.pk}/save/", {"lock": 0, **law, "act": "submit"})
    publish_draft(actor=checker, draft_id=draft.pk, first=date(2022, 3, 1), until=date(2025, 10, 1))
    row.refresh_from_db()
    assert row.effective_until == date(2022, 3, 1)
    link = f"/zh-hans/schemes/{row.pack_id}/?version={PackDraft.objects.get().submission_id}"
    assert f'href="{link}"' in client.get(f"/zh-hans/law-drafts/{draft.pk}/").content.decode()
    assert "2022-03-01" in client.get(link).content.decode()


def test_the_managers_values_hold_when_a_schemes_cases_run(maker):
    texts = shipped_texts("jm-yike-2025")
    case = (
        "- {name: 填定值50%, on: 2025-09-01, loan: {amount: 500万}, loss: {principal: 500万}, expect: {ratio: 50%}}\n"
    )
    own = {**texts, "cases.yaml": texts["cases.yaml"] + case}
    named = [each.case.name for each in cases_run(own, {"modes.bank.ratio.scheme": {"at": "50%"}}) if not each.holds]
    assert named == []
    assert [each.case.name for each in cases_run(own) if not each.holds] == ["填定值50%"]


def test_the_bar_that_stays_in_sight_says_what_holds(client):
    client.post("/en/law-drafts/start/", {"base": SBA})
    draft = PackDraft.objects.latest("pk")
    address, texts = f"/en/law-drafts/{draft.pk}/", draft.content
    cases = texts["cases.yaml"].replace("fee: 2_550.00", "fee: 2_550.01", 1)
    client.post(f"{address}save/", {"lock": 0, "law": texts["pack.yaml"], "cases": cases})
    assert '<a class="yl-hit24" href="#cases-run">1 of ' in client.get(address).content.decode()
    law = texts["pack.yaml"].replace("by: loan_amount", "by: loan_amuont", 1)
    live = client.post(f"{address}check/", {"lock": 1, "law": law, "cases": ""}).content.decode()
    line = next(n for n, text in enumerate(law.splitlines(), 1) if "loan_amuont" in text)
    said = live[live.index('id="said" hx-swap-oob="true"') :]
    assert f'href="#pack-{line}"' in said[: said.index("</p>")]
