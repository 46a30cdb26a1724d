"""A lender that passed its yearly cap too often pays more: on its page, in preview, charge and audit pack."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from tests.factories.claims import RULES, TODAY, decided, make_people
from tests.factories.people import make_actor, make_demo_book
from tests.factories.pool import FIRM_CODES
from tests.pool.test_audit_pack_fees import cells
from tests.pool.test_audit_packs import changed, recompute, write
from tests.pool.test_fees import CAP, FEES, SCHEME

from yulin.base.outcome import Outcome
from yulin.people.enums import Role
from yulin.people.models import User
from yulin.pool.adapters.packs import laws_of
from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.core.fees import FeeVerdict
from yulin.pool.models import Claim, Enrolment, FeeCharge
from yulin.pool.selectors.surcharges import Surcharges
from yulin.pool.services.charge_fees import FeePeriod, charge_fees, preview_fees
from yulin.rules.adapters.shipped import shipped_texts
from yulin.rules.services import draft_pack, publish_pack

pytestmark = pytest.mark.django_db
RULE = (
    "\nsurcharge: {cap: lender_year, more_than: %s, years: 5, plus: 15%%, clause: 五, text: [超限加收, More above]}\n"
)
PERIOD = FeePeriod(SCHEME, date(2022, 1, 1), date(2022, 12, 31))


def make_surcharge_law(more_than: int):
    maker, checker = make_actor(Role.AUTHORITY_OFFICER), make_actor(Role.AUTHORITY_CHECKER)
    text = shipped_texts(SCHEME)["pack.yaml"].replace("    caps:\n", f"    caps:\n{CAP}", 1)
    draft = draft_pack(actor=maker, texts={"pack.yaml": text + FEES + RULE % more_than}, manager_values=RULES)
    publish_pack(actor=checker, draft_id=draft.pk)
    return laws_of(SCHEME)[-1]


@pytest.fixture(params=[1, 2])
def book(request):
    """Two years in which the lender's claims passed its cap, under a law that bears one or two of them."""
    make_demo_book(TODAY)
    law, people = make_surcharge_law(request.param), make_people()
    for place, year in enumerate((2020, 2021)):
        claim = decided(people, law, firm_code=FIRM_CODES[place])
        Claim.objects.filter(pk=claim.pk).update(decided_on=date(year, 6, 1), over_cap_fen=1)
    Enrolment.objects.update(confirmed_on=date(2022, 1, 5))
    return law, people, request.param


def test_a_lender_above_the_number_of_times_pays_more_and_at_it_does_not(book):
    law, people, more_than = book
    is_more = more_than == 1
    standing = Surcharges().standing(law, people.clerk.organisation_id, 2022)
    assert (standing.passed, standing.outcome) == ((2020, 2021), Outcome.MET if is_more else Outcome.NOT_MET)
    run = preview_fees(actor=people.reviewer, period=PERIOD)
    dues = [line.due for line in run.of(FeeVerdict.CHARGED)]
    assert {one.plus_bp for one in dues} == {1_500 if is_more else 0}
    done = charge_fees(actor=people.reviewer, period=PERIOD)
    assert done.charged_fen == sum(one.amount_fen for one in dues) > 0
    charge = FeeCharge.objects.filter(kind="annual").first()
    exact = charge.base_fen * 5 * (115 if is_more else 100)
    assert charge.amount_fen == (exact * 2 + 100_000) // 200_000
    assert charge.measured.get("plus_bp", 0) == (1_500 if is_more else 0)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_bank_and_manager_read_why(book, language):
    _, people, more_than = book
    word = {"zh-hans": ("加收", "不加收"), "en": ("applies", "does not apply")}[language][more_than - 1]

    def page(actor, path, **asked):
        client = Client()
        client.force_login(User.objects.get(pk=actor.user_id))
        return client.get(f"/{language}/{path}", asked).content.decode()

    own = page(people.clerk, "fees/")
    assert word in own
    assert "2020" in own
    preview = page(people.reviewer, "fees/due/", scheme=SCHEME, since="2022-01-01", until="2022-12-31")
    assert ("15%" in preview) is (more_than == 1)
    loan = Enrolment.objects.filter(bank_id=people.clerk.organisation_id).first()
    assert ("15%" in page(people.clerk, f"enrolments/{loan.pk}/").partition('id="fees"')[2]) is (more_than == 1)


def test_a_year_that_had_not_all_its_cap_allows_was_not_passed(book):
    law, people, _ = book
    bank_id = people.clerk.organisation_id
    loan = Enrolment.objects.filter(bank_id=bank_id).first()
    paid_fen = sum(Claim.objects.get(decided_on__year=2021).vouchers.values_list("amount_fen", flat=True))
    for number, (fees_fen, passed) in enumerate(((paid_fen // 2, (2020, 2021)), (1, (2020,))), start=1):
        FeeCharge.objects.create(
            enrolment=loan, bank_id=bank_id, scheme_id=SCHEME, pack_id=loan.pack_id, kind="old", number=number,
            table_id="t", base_fen=1, amount_fen=fees_fen, charged_on=date(2020, 3, 1),
        )  # fmt: skip
        assert Surcharges().standing(law, bank_id, 2022).passed == passed


def test_the_audit_pack_recomputes_a_surcharge_and_finds_one_that_the_law_does_not_have(book, tmp_path):
    _, people, more_than = book
    charge_fees(actor=people.reviewer, period=PERIOD)
    pack = write(PackScope(year=2022, scheme=SCHEME))
    assert "担保费：费率表、基数与金额到分" in recompute(pack, tmp_path / "as-it-is").stdout
    assert "不符 differs  担保费" not in recompute(pack, tmp_path / "again").stdout
    if more_than == 1:
        more = cells(pack, "fee_charges.csv", "measured", to=lambda text: text.replace("1500", "1501"))
        wrong = recompute(changed(pack, more, is_manifest_mended=True), tmp_path / "wrong").stdout
        assert "不符 differs  担保费" in wrong
