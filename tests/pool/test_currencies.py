"""A scheme in another currency: its pages, files and refusals say it, and two currencies never meet in one sum."""

from __future__ import annotations

import io
import re
from datetime import date

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from tests.factories.claims import decided, make_claim_law, make_people, submitted
from tests.factories.people import make_actor, make_demo_book
from tests.factories.pool import FIRM_CODES, make_bank, make_enrolment, make_law

from yulin.base.text import Text
from yulin.exchange.adapters.payment_files import write_pain_001, write_table
from yulin.kit import clock
from yulin.kit.speech import full_amount, speaking
from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import statement, statement_facts
from yulin.people.enums import Role
from yulin.people.models import User
from yulin.pool.core.postings import Place
from yulin.pool.enums import MoveRule
from yulin.pool.errors import AccountMissingError, MixedCurrenciesError, MoveCurrencyError
from yulin.pool.models import Claim, Enrolment, PaymentAccount, PayoutBatch, PayoutOrder
from yulin.pool.selectors.currencies import sums_by_currency
from yulin.pool.selectors.payouts import as_sent, table_of
from yulin.pool.selectors.recoveries import half_year_report
from yulin.pool.services.claims import deciding
from yulin.pool.services.claims.vouchers import pay_voucher
from yulin.pool.services.move_enrolments import propose_move
from yulin.pool.services.payouts import batches
from yulin.pool.services.recoveries.enter_recovery import Received, enter_recovery
from yulin.rules.adapters.shipped import shipped_texts
from yulin.rules.errors import PackCurrencyError
from yulin.rules.models import PublishedPack
from yulin.rules.services import draft_pack, publish_pack

pytestmark = pytest.mark.django_db
TODAY, PAID_ON = date(2022, 1, 19), date(2022, 1, 27)
SCHEME = "gz-credit-2021"
CITY_PAID = Place(SCHEME, "city").account(AccountKind.COMPENSATION_PAID)
ACCOUNT = {"name": "Example account", "bank_code": "102581000013"}
# What would say yuan: the code, ¥, a unit beside a number or alone. The law's own words may speak of 元.
YUAN = re.compile(r"CNY|¥|\d(?:万|亿)?元|(?<![\u4e00-\u9fff])(?:万|亿)?元(?![\u4e00-\u9fff])")


def approved(people, law, **fields):
    claim = decided(people, law, **fields)
    deciding.publish_claim(actor=people.reviewer, claim_id=claim.pk, version=None)
    with clock.standing_on(PAID_ON):
        return deciding.approve_claim(actor=people.reviewer, claim_id=claim.pk, version=None)


def keep_accounts(people, currency):
    for organisation, account in ((people.reviewer.organisation_id, "4401"), (people.clerk.organisation_id, "6222")):
        batches.keep_account(
            actor=people.reviewer, organisation_id=organisation, account=account, currency=currency, **ACCOUNT
        )


def browser(actor):
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def main_of(answer):
    """Return what a page says within its main part, without what the scheme's title and law say."""
    assert answer.status_code in {200, 422}, answer.status_code
    html = answer.content.decode()
    return re.sub(r"<[^>]*>", "|", html[html.index("<main") : html.index("</main>")])


@pytest.fixture
def dollars():
    make_demo_book(TODAY)
    law, people = make_claim_law(currency="USD"), make_people()
    return law, people, approved(people, law)


def test_a_batch_its_orders_and_its_files_are_in_the_schemes_currency(dollars):
    _, people, _ = dollars
    keep_accounts(people, "CNY")
    with pytest.raises(AccountMissingError) as caught:  # an account in yuan pays no dollars
        batches.make_batch(actor=people.reviewer, scheme_id=SCHEME, execute_on=PAID_ON)
    assert (caught.value.code, caught.value.facts["currency"]) == ("POOL.PAYOUT.ACCOUNT", "USD")
    assert "USD" in caught.value.message.en
    keep_accounts(people, "USD")
    batch = batches.make_batch(actor=people.reviewer, scheme_id=SCHEME, execute_on=PAID_ON)
    assert {batch.currency, *batch.orders.values_list("currency", flat=True)} == {"USD"}
    file = write_pain_001(as_sent(batch)).decode()
    assert (set(re.findall(r'Ccy="(\w+)"', file)), re.findall(r"<Ccy>(\w+)</Ccy>", file)) == ({"USD"}, ["USD"])
    assert "金额(USD)" in write_table(as_sent(batch), table_of(batch)).decode("gb18030").splitlines()[0]
    assert PaymentAccount.objects.filter(organisation_id=people.reviewer.organisation_id).count() == 2


def test_the_database_refuses_an_order_in_another_currency_than_its_batch(dollars):
    _, people, _ = dollars
    keep_accounts(people, "USD")
    batch = batches.make_batch(actor=people.reviewer, scheme_id=SCHEME, execute_on=PAID_ON)
    for rows, found in ((PayoutOrder.objects.filter(batch=batch), "EUR"), (PayoutBatch.objects, "EUR")):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(currency=found)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutBatch.objects.update(currency="usd")


def test_what_is_due_in_two_currencies_is_no_batch(dollars):
    law, people, claim = dollars
    keep_accounts(people, "USD")
    other = make_law("uk-ggs")
    approved(people, law, firm_code=FIRM_CODES[1])
    Claim.objects.filter(pk=claim.pk).update(pack_id=other.published_id)
    with pytest.raises(MixedCurrenciesError) as caught:
        batches.make_batch(actor=people.reviewer, scheme_id=SCHEME, execute_on=PAID_ON)
    assert (caught.value.code, caught.value.facts["currencies"]) == ("POOL.PAYOUT.CURRENCIES", ["GBP", "USD"])
    assert PayoutBatch.objects.count() == 0


def test_a_scheme_and_what_tops_it_up_keep_their_currency():
    make_law()
    maker, checker = make_actor(Role.AUTHORITY_OFFICER), make_actor(Role.AUTHORITY_CHECKER)

    def drafted(pack_id, *changes):
        texts = shipped_texts(pack_id)
        text = f"currency: USD\n{texts['pack.yaml']}"
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        return draft_pack(actor=maker, texts={**texts, "pack.yaml": text})

    later = drafted("gz-huangpu-tech", ("{from: 2020-01-01, until: 2025-10-01}", "{from: 2030-01-01}"))
    with pytest.raises(PackCurrencyError) as caught:
        publish_pack(actor=checker, draft_id=later.pk)
    assert (caught.value.code, caught.value.facts["needed"]) == ("RULES.PACK.CURRENCY", "CNY")
    with pytest.raises(IntegrityError), transaction.atomic():  # the database refuses it too
        PublishedPack.objects.filter(pk=later.pk).update(
            state="published", checked_by=checker.user_id, published_at=clock.now(), effective_until=None
        )


def test_loans_move_to_no_scheme_in_another_currency():
    make_demo_book(TODAY)
    old, new = make_law(), make_law("gz-credit-2025", currency="USD")
    _, clerk = make_bank()
    make_enrolment(clerk, old)
    officer = make_actor(Role.AUTHORITY_OFFICER)
    with pytest.raises(MoveCurrencyError) as caught:
        propose_move(actor=officer, from_pack=old.published_id, to_pack=new.published_id, rule=MoveRule.MOVE, note="x")
    assert caught.value.code == "POOL.MOVE.CURRENCY"


def test_sums_of_two_currencies_never_add_up():
    make_law(currency="USD")
    assert sums_by_currency([(SCHEME, 5), ("nobody-knows", 7), (SCHEME, 1)]) == {"USD": 6, "CNY": 7}
    assert sums_by_currency([]) == {}


@pytest.mark.parametrize(
    ("zh", "en", "said_zh", "said_en"),
    [
        ("还剩12.00元", "CNY 12.00 left", "还剩USD 12.00", "USD 12.00 left"),
        ("上限3,000万元", "at most CNY 30 m", "上限USD 3,000万", "at most USD 30 m"),
        ("金额（元）", "Amount (CNY)", "金额（USD）", "Amount (USD)"),
        ("单位：元；净额", "CNY; net", "单位：USD；净额", "USD; net"),
        ("多元化、单元、元器件", "units", "多元化、单元、元器件", "units"),
    ],
)
def test_a_sentence_says_the_currency_it_is_about(zh, en, said_zh, said_en):
    assert Text(zh, en).in_currency("USD") == Text(said_zh, said_en)
    assert Text(zh, en).in_currency("CNY") == Text(zh, en)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_page_of_a_dollar_scheme_says_yuan(dollars, language):
    law, people, claim = dollars
    keep_accounts(people, "USD")
    batch = batches.make_batch(actor=people.reviewer, scheme_id=SCHEME, execute_on=PAID_ON)
    total_fen = sum(batch.orders.values_list("amount_fen", flat=True))
    open_claim = submitted(people, law, firm_code=FIRM_CODES[2])
    manager, bank, bureau = browser(people.reviewer), browser(people.clerk), browser(people.authority)
    pages = [
        (manager, f"payouts/{batch.pk}/"), (manager, "payouts/table/?currency=USD"),
        (manager, f"claims/{claim.pk}/"), (bank, f"claims/{open_claim.pk}/"),
        (manager, f"recoveries/{claim.pk}/"), (bank, f"enrolments/{claim.enrolment_id}/"),
        (bureau, f"budgets/{SCHEME}/city/"), (manager, f"breakers/{claim.bank_id}/{SCHEME}/"),
        (bureau, f"projection/?scheme={SCHEME}"), (manager, f"ledger/{CITY_PAID}/"),
    ]  # fmt: skip
    wrong = {}
    for client, path in pages:
        found = YUAN.findall(main_of(client.get(f"/{language}/{path}")))
        if found:
            wrong[path] = found
    assert wrong == {}
    for client, path, said in (
        (manager, "payouts/", full_amount(total_fen, "USD")), (manager, "claims/", "USD 3,000,000.00"),
        (manager, "recoveries/", "USD 3,000,000.00"), (bank, "enrolments/", "USD 4,800,000.00"),
        (manager, "budgets/", "USD 0.00"), (manager, "ledger/", "USD"),
    ):  # fmt: skip
        assert said in main_of(client.get(f"/{language}/{path}")), path


def test_a_refusal_on_a_page_of_a_dollar_scheme_names_dollars(dollars):
    _, people, _ = dollars
    page = browser(people.authority).post(f"/en/budgets/{SCHEME}/city/", {"do": "capacity", "capacity": "1.00"})
    said = main_of(page)
    assert "POOL.BUDGET.BELOW_USE" in said
    assert "USD 1.00" in said
    assert "CNY" not in said


def test_a_sheet_of_rows_says_the_unit_that_its_numbers_are_in(dollars):
    _, people, claim = dollars
    manager = browser(people.reviewer)
    sheet = b"".join(manager.get("/en/enrolments/?format=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert "Enrolled (CNY)" in sheet[0]
    assert '"USD 4,800,000.00"' in sheet[1]
    Enrolment.objects.filter(pk=claim.enrolment_id).update(pack_id=make_law("gz-credit-2025").published_id)
    sheet = b"".join(manager.get("/en/enrolments/?format=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert '"4,800,000.00"' in sheet[1]


def test_letters_and_statements_of_a_dollar_scheme_name_dollars(dollars):
    _, people, claim = dollars
    facts = statement_facts(statement(CITY_PAID), today=TODAY)
    assert facts["unit"] == {"zh": "USD", "en": "USD"}
    manager = browser(people.reviewer)
    for path in (f"ledger/{CITY_PAID}/statement", f"enrolments/{claim.enrolment_id}/letter"):
        assert manager.get(f"/en/{path}.pdf").content.startswith(b"%PDF")
    sheet = b"".join(manager.get(f"/en/ledger/{CITY_PAID}/statement.csv").streaming_content).decode("utf-8-sig")
    assert "Balance (USD)" in sheet.splitlines()[0]


def test_a_report_over_banks_has_a_row_for_each_currency(dollars):
    _, people, claim = dollars
    with clock.standing_on(PAID_ON):
        for voucher in claim.vouchers.all():
            pay_voucher(actor=people.checker, voucher_id=voucher.pk, on=PAID_ON, transfer_key=f"T-{voucher.pk}")
        enter_recovery(actor=people.clerk, claim_id=claim.pk, received=Received(PAID_ON, 1_000_000, reference="LS-1"))
    (row,) = half_year_report(people.reviewer, first=date(2022, 1, 1), until=date(2022, 7, 1))
    assert (row.currency, row.gross_fen) == ("USD", 1_000_000)
    manager, path = browser(people.reviewer), "/en/recoveries/report/?half=2022-01-01"
    assert main_of(manager.get(path)).count("USD 10,000.00") >= 2  # the bank's row, and the sum of its currency
    sheet = b"".join(manager.get(f"{path}&format=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert (sheet[0].split(",")[1], sheet[1].split(",")[1]) == ("Currency", "USD")


def test_the_template_of_a_dollar_scheme_asks_for_dollars(dollars):
    _, people, _ = dollars
    file = b"".join(browser(people.clerk).get(f"/zh-hans/uploads/template/{SCHEME}.xlsx").streaming_content)
    cells = [
        cell.value for page in openpyxl.load_workbook(io.BytesIO(file)) for row in page.iter_rows() for cell in row
    ]
    assert any("USD" in str(cell) for cell in cells)
    assert [cell for cell in cells if YUAN.search(str(cell or ""))] == []


def test_what_one_page_speaks_ends_with_its_answer(dollars):
    _, people, claim = dollars
    manager = browser(people.reviewer)
    assert "CNY" not in main_of(manager.get(f"/en/claims/{claim.pk}/"))
    assert "CNY 10,000" in main_of(manager.get("/en/claims/"))
    with speaking("EUR"):
        assert "CNY 10,000" in main_of(manager.get("/en/claims/"))
