"""Confirmation letters: what they say, to whom, and what they mark as not verified; read back from the PDF."""

from __future__ import annotations

import io
import re
from datetime import date

import pypdf
import pytest
from django.test import Client
from tests.factories.people import make_client, make_demo_book
from tests.factories.pool import WAN, enrol, loan, make_bank, make_enrolment, make_law

from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role
from yulin.pool.errors import LetterNotConfirmedError
from yulin.pool.models import Enrolment
from yulin.pool.selectors.letters import letter_facts
from yulin.pool.services.letters import confirmation_letter

pytestmark = pytest.mark.django_db
URL = "https://pool.example/zh-hans/verify/"


@pytest.fixture(autouse=True)
def _january() -> None:
    make_demo_book(date(2022, 1, 19))


@pytest.fixture
def law():
    return make_law()


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_letter_names_scheme_parties_amounts_ratios_and_code(law):
    _, clerk = make_bank("木棉示例银行")
    found = make_enrolment(clerk, law, loan_amount_fen=328_461_743, contract_number="HT-77", loan_number="JJ-77")
    text = squeezed(text_of(confirmation_letter(actor=clerk, enrolment_id=found.pk, verify_url=URL)))
    expected = [
        found.number, found.verification_code, f"{URL}{found.verification_code}/", found.firm_code, "JJ-77", "HT-77",
        "广州市科技型中小企业信贷风险损失补偿资金池管理办法", "穗科规字〔2021〕2号", law.pack.version, "木棉示例银行",
        "广州示例青芒传感技术有限公司", "3,284,617.43", "328.461743", "1,642,308.71", "1,313,846.97", "328,461.75",
        "2021-08-02", "2022-08-02", "2022-01-19", "50%", "40%", "10%", "注册地或经营地在广州市", "条号未见",
        "部分核实", "演示", "Demobook",
    ]  # fmt: skip
    assert [each for each in expected if each not in text] == []


def test_letter_is_the_same_each_time(law):
    _, clerk = make_bank()
    found = make_enrolment(clerk, law)
    first = confirmation_letter(actor=clerk, enrolment_id=found.pk, verify_url=URL)
    assert confirmation_letter(actor=clerk, enrolment_id=found.pk, verify_url=URL) == first
    assert len(pypdf.PdfReader(io.BytesIO(first)).pages) <= 2


def test_parts_sum_to_the_enrolled_amount(law):
    _, clerk = make_bank()
    found = make_enrolment(clerk, law, loan_amount_fen=100_000_001)
    one = letter_facts(clerk, found.pk, verify_url=URL)["letters"][0]
    parts = [int(re.sub(r"[.,]", "", layer["yuan"])) for layer in one["layers"]]
    assert sum(parts) == 100_000_001
    assert [layer["name"]["zh"] for layer in one["layers"]] == ["市级", "区级叠加", "银行"]


def test_open_ratio_promises_nothing(law):
    _, clerk = make_bank()
    found = make_enrolment(clerk, law)
    Enrolment.objects.filter(pk=found.pk).update(ratio_bp={}, ratio_clause="")
    text = squeezed(text_of(confirmation_letter(actor=clerk, enrolment_id=found.pk, verify_url=URL)))
    assert "不作承诺" in text


def test_revoked_letter_says_so(law):
    _, clerk = make_bank()
    found = make_enrolment(clerk, law)
    Enrolment.objects.filter(pk=found.pk).update(state="revoked")
    text = squeezed(text_of(confirmation_letter(actor=clerk, enrolment_id=found.pk, verify_url=URL)))
    assert "已撤销，本确认书失效" in text


def test_unconfirmed_enrolment_has_no_letter(law):
    _, clerk = make_bank()
    found = make_enrolment(clerk, law, has_valid_hnte=None)
    assert found.number is None
    with pytest.raises(LetterNotConfirmedError):
        confirmation_letter(actor=SYSTEM_ACTOR, enrolment_id=found.pk, verify_url=URL)


def test_letter_page_is_for_those_who_see_the_enrolment(law):
    bank, clerk = make_bank()
    other, _ = make_bank()
    found = make_enrolment(clerk, law)
    address = f"/zh-hans/enrolments/{found.pk}/letter.pdf"
    answer = make_client(Role.BANK_CLERK, bank).get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert found.verification_code in text_of(answer.content)
    assert make_client(Role.BANK_CLERK, other).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_letters_of_an_upload_are_one_file(law):
    _, clerk = make_bank()
    enrolled = enrol(clerk, law, loan(), loan(), loan(loan_amount_fen=10 * WAN))
    rows = Enrolment.objects.filter(pk__in=enrolled.ids.values())
    from yulin.kit.letters import make_letter
    from yulin.pool.selectors.letters import upload_letter_facts

    content = make_letter("pool/confirmation", upload_letter_facts(rows.order_by("id"), verify_url=URL))
    text = text_of(content)
    assert [one.number for one in rows if one.number not in text] == []
