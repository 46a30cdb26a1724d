"""The pages of claims: all parties see one sheet, each role gets the forms of its turn, refusals say what to do."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.factories.claims import (
    TODAY,
    checked,
    decided,
    make_claim,
    make_claim_law,
    make_default,
    make_people,
    submitted,
)
from tests.factories.people import make_client, make_demo_book
from tests.factories.pool import FIRM_CODES, WAN, make_enrolment

from yulin.people.enums import Role
from yulin.people.models import User
from yulin.pool.models import Claim

pytestmark = pytest.mark.django_db


@pytest.fixture
def law():
    make_demo_book(TODAY)
    return make_claim_law()


@pytest.fixture
def people():
    return make_people()


def browser(actor):
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def page(client, path, language="zh-hans"):
    answer = client.get(f"/{language}/{path}")
    return answer, answer.content.decode()


def version_of(html):
    return re.search(r'name="version" value="(\d+)"', html)[1]


def test_a_bank_finds_what_it_can_claim_opens_it_and_completes_it(law, people):
    enrolment = make_default(people.clerk, law)
    bank = browser(people.clerk)
    _, html = page(bank, "claims/")
    assert "已违约、尚未申请补偿的借据" in html
    assert enrolment.firm_name in html
    _, html = page(bank, f"enrolments/{enrolment.pk}/claim/")
    assert "3,000,000.00" in html
    wrong = bank.post(f"/zh-hans/enrolments/{enrolment.pk}/claim/", {"defaulted_on": "2021-12-01"})
    assert wrong.status_code == 422
    assert "POOL.CLAIM.DATE_DIFFERS" in wrong.content.decode()
    opened = bank.post(f"/zh-hans/enrolments/{enrolment.pk}/claim/", {"defaulted_on": "2021-12-20"})
    claim = Claim.objects.get()
    assert opened.headers["Location"].endswith(f"/claims/{claim.pk}/")
    path = f"/zh-hans/claims/{claim.pk}/"
    early = bank.post(path, {"do": "submit", "version": claim.version})
    assert early.status_code == 422
    assert "POOL.CLAIM.CHECKLIST" in early.content.decode()
    stated = {
        "do": "fill_in",
        "is_declared": "on",
        "default_reason": "破产",
        "is_fraud": "no",
        "other_public": "0",
        "version": claim.version,
    }
    assert bank.post(path, stated | {"case-purpose": "no", "proof-purpose": "凭证"}).status_code == 302
    paper = {
        "do": "paper", "kind": "form", "file": SimpleUploadedFile("申请表.pdf", b"paper"), "amount": "300万",
        "code": enrolment.firm_code, "loan": enrolment.loan_number, "dated_on": "2022-01-10",
    }  # fmt: skip
    assert bank.post(path, paper).status_code == 302
    _, html = page(bank, f"claims/{claim.pk}/")
    assert "下一步：提交申请" in html
    assert bank.post(path, {"do": "submit", "version": version_of(html)}).status_code == 302
    claim.refresh_from_db()
    assert claim.state == "submitted"
    document = claim.documents.get()
    given = bank.get(f"{path}papers/{document.pk}/")
    assert b"".join(given.streaming_content) == b"paper"


def test_a_loan_that_cannot_be_claimed_says_why_before_a_form_is_filled_in(law, people):
    enrolment = make_default(people.clerk, law)
    enrolment.overdue_days = 40
    enrolment.save()
    _, html = page(browser(people.clerk), f"enrolments/{enrolment.pk}/claim/")
    assert "POOL.CLAIM.TOO_EARLY" in html


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"state": "revoked"}, "POOL.CLAIM.ENROLMENT_REVOKED"),
        ({"loan_status": "paid"}, "POOL.CLAIM.LOAN_PAID"),
        ({"loan_status": "transferred"}, "POOL.CLAIM.LOAN_ASSIGNED"),
        ({"mode": "guarantee"}, "POOL.CLAIM.OTHER_MODE"),
    ],
)
def test_a_loan_that_no_longer_can_be_claimed_says_so_on_its_page_in_both_languages(law, people, fields, code):
    loan = make_default(people.clerk, law)
    type(loan).objects.filter(pk=loan.pk).update(**fields)
    for language in ("zh-hans", "en"):
        _, html = page(browser(people.clerk), f"enrolments/{loan.pk}/claim/", language)
        assert code in html
        assert loan.loan_number in html
        assert 'class="btn btn-primary"' not in html.partition("<main")[2]


@pytest.mark.parametrize(
    ("then", "enrolled", "code"),
    [
        ("defer", 480, "POOL.CLAIM.BANK_DEFERRED"),  # 300 万 of 480 万
        ("defer", 0, None),  # nothing was enrolled this year: nothing can be measured
        ("suspend", 480, "POOL.CLAIM.BANK_SUSPENDED"),
    ],
)
def test_a_bank_at_its_line_reads_it_before_it_fills_in_the_form(then, enrolled, code):
    make_demo_book(TODAY)
    people = make_people()
    law = make_claim_law(**{"breakers.bank": {"above": "60%", "then": then, "clause": "规程七"}})
    if enrolled:
        make_enrolment(people.clerk, law, disbursed_on=date(2022, 1, 4), due_on=date(2023, 1, 4))
    if then == "suspend":
        lost = {"state": "paid", "decided_by_id": 1, "decision": "full", "decided_on": date(2022, 1, 10)}
        Claim.objects.filter(pk=make_claim(people.clerk, law).pk).update(decided_base_fen=300 * WAN, **lost)
    loan = make_default(people.clerk, law, firm_code=FIRM_CODES[2])
    for language, word in (("zh-hans", "不是不予补偿"), ("en", "Deferred is not denied")):
        _, html = page(browser(people.clerk), f"enrolments/{loan.pk}/claim/", language)
        assert [one for one in ("BANK_DEFERRED", "BANK_SUSPENDED") if one in html] == (
            [code.rpartition(".")[2]] if code else []
        )
        assert (word in html) is (code == "POOL.CLAIM.BANK_DEFERRED")
        assert ("62.5%" in html) is (code is not None)


def test_every_turn_is_taken_on_the_page(law, people):
    claim = submitted(people, law)
    path = f"/zh-hans/claims/{claim.pk}/"
    for actor, do, more in (
        (people.reviewer, "review", {"note": "材料齐全"}),
        (people.checker, "check", {}),
    ):
        client = browser(actor)
        _, html = page(client, f"claims/{claim.pk}/")
        answer = client.post(path, {"do": do, "version": version_of(html), **more})
        assert answer.status_code == 302, answer.content.decode()
    authority = browser(people.authority)
    _, html = page(authority, f"claims/{claim.pk}/")
    shown = re.search(r'name="shown_public_fen" value="(\d+)"', html)[1]
    assert int(shown) == 270 * WAN
    form = {"version": version_of(html), "shown_public_fen": shown, "cut-TOTAL_FORMS": "2", "cut-INITIAL_FORMS": "0"}
    cut = {"cut-0-item": "principal", "cut-0-amount": "30万", "cut-0-clause": "规程八", "cut-0-reason": "挪用"}
    html = authority.post(path, form | cut | {"do": "preview"}).content.decode()
    assert "2,430,000.00" in html
    stale = authority.post(path, form | cut | {"do": "decide"})
    assert stale.status_code == 422
    assert "POOL.CLAIM.PREVIEW_DIFFERS" in stale.content.decode()
    half = authority.post(path, form | {"cut-0-item": "principal"} | {"do": "decide"})
    assert half.status_code == 422
    done = authority.post(path, form | cut | {"do": "decide", "shown_public_fen": str(243 * WAN)})
    assert done.status_code == 302
    claim.refresh_from_db()
    assert (claim.decision, claim.public_fen) == ("partial", 243 * WAN)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_all_parties_see_the_same_sheet(law, people, language):
    claim = decided(people, law)
    viewers = [browser(actor) for actor in (people.clerk, people.reviewer, people.authority)]
    viewers.append(make_client(Role.AUDITOR))
    sheets = set()
    for client in viewers:
        answer, html = page(client, f"claims/{claim.pk}/", language)
        assert answer.status_code == 200
        start = html.index('aria-labelledby="sheet"')
        sheet = html[start : html.index("</section>", start)]
        sheets.add(sheet)
    (sheet,) = sheets
    assert all(amount in sheet for amount in ("1,500,000.00", "1,200,000.00", "300,000.00"))


def test_a_step_that_needs_its_reason_asks_for_it_in_the_form(law, people):
    claim = submitted(people, law)
    manager, path = browser(people.reviewer), f"/en/claims/{claim.pk}/"
    _, html = page(manager, f"claims/{claim.pk}/", "en")
    assert "Opinion or reason (optional)" not in " ".join(html.split())
    refused = manager.post(path, {"do": "review", "version": version_of(html), "note": ""})
    assert (refused.status_code, "POOL.CLAIM.NOTE" in refused.content.decode()) == (422, False)
    claim.refresh_from_db()
    assert claim.state == "submitted"


def test_another_bank_finds_nothing_and_a_wrong_step_is_no_page(law, people):
    claim = checked(people, law)
    stranger = make_client(Role.BANK_CLERK)
    assert stranger.get(f"/zh-hans/claims/{claim.pk}/").status_code == 404
    bank = browser(people.clerk)
    assert bank.post(f"/zh-hans/claims/{claim.pk}/", {"do": "decide"}).status_code == 404
    assert page(stranger, "claims/")[1].count(claim.number) == 0


def test_the_list_takes_a_fixed_number_of_queries(law, people, django_assert_max_num_queries):
    for number in range(3):
        make_claim(people.clerk, law, loan_amount_fen=WAN, outstanding_fen=WAN, firm_name=f"示例{number}")
    client = browser(people.clerk)
    page(client, "claims/")
    with django_assert_max_num_queries(24):
        assert page(client, "claims/")[0].status_code == 200


def test_a_voucher_leads_to_its_transfer_and_the_transfer_back_to_the_claim(law, people):
    claim = decided(people, law)
    _, html = page(browser(people.reviewer), f"claims/{claim.pk}/")
    code = "gz-credit-2021:city:compensation_paid"
    assert f'href="/zh-hans/ledger/{code}/?since=2022-01-19"' in html
    _, statement = page(browser(people.reviewer), f"ledger/{code}/")
    assert f'href="/zh-hans/claims/{claim.pk}/">{claim.number}</a>' in statement
    _, own = page(browser(people.clerk), f"claims/{claim.pk}/")
    assert "/ledger/gz-credit-2021" not in own, "the bank finds its side once it is paid"
