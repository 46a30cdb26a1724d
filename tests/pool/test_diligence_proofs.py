"""Each case of non-diligence with its proof: words always, a paper by its hash where there is one, no one else's."""

from __future__ import annotations

import hashlib

import pytest
from django.test import Client
from tests.factories.claims import TODAY as DAY
from tests.factories.claims import complete, make_claim, make_claim_law, make_people
from tests.factories.people import make_demo_book
from tests.factories.pool import FIRM_CODES

from yulin.base.errors import YulinError
from yulin.people.models import User
from yulin.pool.core.claims.checklist import DiligenceAnswer
from yulin.pool.selectors.claim_case import law_of
from yulin.pool.selectors.claims import checklist_of, read_statement
from yulin.pool.services.claims.papers import PaperFile, add_paper, fill_in_claim, submit_claim

pytestmark = pytest.mark.django_db
KIND = "diligence.purpose"


@pytest.fixture
def people():
    make_demo_book(DAY)
    return make_people()


def prove(people, claim, content=b"vouchers of entrusted payment", kind=KIND):
    paper = PaperFile(kind, "受托支付凭证.pdf", content)
    return add_paper(actor=people.clerk, claim_id=claim.pk, paper=paper, limit_bytes=1_000)


def line_of(claim):
    lines = checklist_of(claim, law_of(claim), today=DAY)
    return next(one for one in lines if one.id == KIND)


def test_a_proof_is_kept_by_its_hash_and_stands_beside_the_words(people):
    claim = complete(people.clerk, make_claim(people.clerk, make_claim_law()))
    assert line_of(claim).found.zh == "不属于：受托支付凭证"
    kept = prove(people, claim)
    assert kept.sha256 == hashlib.sha256(b"vouchers of entrusted payment").hexdigest()
    assert (line_of(claim).verdict, line_of(claim).found.zh) == (
        "ok",
        f"不属于：受托支付凭证（证据文件{kept.sha256[:12]}）",
    )
    assert submit_claim(actor=people.clerk, claim_id=claim.pk, version=None).state == "submitted"


def test_a_paper_alone_answers_nothing_and_a_case_that_the_scheme_has_not_takes_none(people):
    claim = complete(people.clerk, make_claim(people.clerk, make_claim_law()))
    prove(people, claim)
    answers = {"purpose": DiligenceAnswer(is_case=False, evidence=" ")}
    statement = read_statement(claim.statement)
    fill_in_claim(actor=people.clerk, claim_id=claim.pk, version=None, statement=statement, answers=answers)
    assert line_of(claim).verdict == "bad"
    with pytest.raises(YulinError) as refused:
        prove(people, claim, kind="diligence.other")
    assert refused.value.code == "POOL.CLAIM.DOCUMENT_KIND"


def test_another_firms_proof_is_bad(people):
    law = make_claim_law()
    first, second = (make_claim(people.clerk, law, firm_code=code) for code in FIRM_CODES[:2])
    for claim in (first, second):
        complete(people.clerk, claim)
        prove(people, claim)
    assert line_of(second).verdict == "bad"
    with pytest.raises(YulinError) as refused:
        submit_claim(actor=people.clerk, claim_id=second.pk, version=None)
    assert refused.value.code == "POOL.CLAIM.CHECKLIST"


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "证据：未核查用途"), ("en", "Proof: Purpose not checked")])
def test_the_form_offers_a_proof_for_each_case(people, language, word):
    claim = make_claim(people.clerk, make_claim_law())
    client = Client()
    client.force_login(User.objects.get(pk=people.clerk.user_id))
    assert word in client.get(f"/{language}/claims/{claim.pk}/").content.decode()
