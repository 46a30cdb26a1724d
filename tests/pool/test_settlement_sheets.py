"""The signed settlement sheet: one for all parties, proven by hash and signature, told apart from what was changed."""

from __future__ import annotations

import io
import json
import re

import pypdf
import pytest
from django.test import Client
from tests.factories.claims import TODAY, decided, make_claim_law, make_people, submitted
from tests.factories.people import make_actor, make_client, make_demo_book
from tests.factories.pool import WAN

from yulin.cli.__main__ import main
from yulin.kit.signing import is_signed, public_key
from yulin.people.enums import Role
from yulin.people.models import User
from yulin.pool.core.claims.signed_sheet import faults_of
from yulin.pool.errors import ClaimNotFoundError, NoSheetError
from yulin.pool.models import Claim
from yulin.pool.selectors.settlement_sheets import code_of, sheet_content, signed_sheet
from yulin.pool.services.claims.deciding import appeal_claim

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


def address_of(claim: Claim) -> str:
    return f"/zh-hans/verify/sheets/{claim.number}/{code_of(sheet_content(claim))}/"


def test_every_party_holds_the_same_signed_bytes(law, people):
    claim = decided(people, law)
    clerk, auditor = signed_sheet(people.clerk, claim.pk), signed_sheet(make_actor(Role.AUDITOR), claim.pk)
    assert clerk == auditor
    assert is_signed(clerk["sheet"], clerk["signature"], public_key())
    assert clerk["sheet"]["total_fen"] == clerk["sheet"]["loss_base_fen"] == 300 * WAN
    assert faults_of(clerk["sheet"]) == []
    changed = json.loads(json.dumps(clerk["sheet"]))
    changed["lines"][0]["amount_fen"] += 1
    assert not is_signed(changed, clerk["signature"], public_key())
    assert len(faults_of(changed)) == 3  # both sums, and the loss


def test_who_may_not_see_the_claim_or_comes_too_early_gets_no_sheet(law, people):
    claim = decided(people, law)
    with pytest.raises(ClaimNotFoundError):
        signed_sheet(make_actor(Role.BANK_CLERK), claim.pk)
    early = submitted(make_people(), law)
    with pytest.raises(NoSheetError):
        signed_sheet(make_actor(Role.AUDITOR), early.pk)
    assert make_client(Role.AUDITOR).get(f"/zh-hans/claims/{early.pk}/sheet.pdf").status_code == 422


def test_the_paper_names_what_was_signed_and_anybody_can_ask_whether_it_stands(law, people):
    claim = decided(people, law)
    client = browser(people.clerk)
    assert f"/zh-hans/claims/{claim.pk}/sheet.pdf" in client.get(f"/zh-hans/claims/{claim.pk}/").content.decode()
    pdf = client.get(f"/zh-hans/claims/{claim.pk}/sheet.pdf")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.content)).pages)
    signed = client.get(f"/zh-hans/claims/{claim.pk}/sheet.json").json()
    for each in (
        claim.number,
        "3,000,000.00",
        "2,700,000.00",
        signed["sha256"],
        signed["signature"],
        address_of(claim),
    ):
        assert each in re.sub(r"\s", "", text), each
    public = Client().get(address_of(claim))
    page = public.content.decode()
    assert public.status_code == 200
    assert signed["sha256"] in page
    assert claim.firm_name not in page
    asked = Client().get("/zh-hans/verify/", {"code": "/".join(address_of(claim).split("/")[-3:-1]).lower()})
    assert asked.headers["Location"] == address_of(claim)


def test_a_wrong_code_and_a_sheet_decided_anew_do_not_stand(law, people):
    claim = decided(people, law)
    old = address_of(claim)
    assert Client().get(old[:-2] + ("2/" if old[-2] != "2" else "3/")).status_code == 404
    assert Client().get(old.replace(claim.number, "BC-0-0")).status_code == 404
    appeal_claim(actor=people.clerk, claim_id=claim.pk, version=claim.version, note="对金额有异议")
    assert Client().get(old).status_code == 404


@pytest.mark.parametrize(("change", "code"), [(0, 0), (1, 1)])
def test_the_command_checks_what_a_party_holds(law, people, tmp_path, capsys, change, code):
    signed = signed_sheet(people.clerk, decided(people, law).pk)
    signed["sheet"]["lines"][0]["amount_fen"] += change
    file = tmp_path / "sheet.json"
    file.write_text(json.dumps(signed), encoding="utf-8")
    assert main(["pool", "check-sheet", str(file), "--key", public_key()]) == code
    told = capsys.readouterr()
    assert ("签名" in told.out + told.err) or ("sign" in told.out + told.err)


@pytest.mark.parametrize("text", ["", "[]", '{"sheet": {}}', '{"sheet": {"form": "yulin-settlement-sheet/1"}}'])
def test_the_command_names_what_is_no_sheet(tmp_path, capsys, text):
    file = tmp_path / "sheet.json"
    file.write_text(text, encoding="utf-8")
    assert main(["pool", "check-sheet", str(file)]) == 2
    assert "BASE.INPUT.SHAPE" in capsys.readouterr().err
