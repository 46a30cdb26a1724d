"""Partner banks and products on their pages: recorded, ended, kept, and published or refused with the reason."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from tests.factories.people import make_actor, make_client, make_demo_book
from tests.factories.pool import WAN, make_bank, make_enrolment, make_law

from yulin.people.enums import Role
from yulin.people.models import AuditEntry
from yulin.pool.errors import NotABankError, PartnershipIntervalError, PartnershipNotFoundError, SchemeUnknownError
from yulin.pool.models import Partnership, Product
from yulin.pool.services.partners import end_partnership, record_partnership

pytestmark = pytest.mark.django_db
SCHEME = "gz-credit-2021"


@pytest.fixture(autouse=True)
def law():
    make_demo_book(date(2022, 1, 19))
    return make_law()


def record(bank: int, **fields):
    asked = {"scheme_id": SCHEME, "valid_from": date(2021, 1, 1), "bank_id": bank}
    return record_partnership(actor=make_actor(Role.MANAGER_CLERK), **(asked | fields))


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"scheme_id": "none"}, SchemeUnknownError),
        ({"valid_until": date(2021, 1, 1)}, PartnershipIntervalError),
        ({"valid_until": date(2020, 12, 31)}, PartnershipIntervalError),
        ({"bank_id": 0}, NotABankError),
    ],
)
def test_a_partnership_that_cannot_be_is_refused(fields, error):
    bank, _ = make_bank()
    with pytest.raises(error):
        record(bank.pk, **fields)
    assert not Partnership.objects.exists()


def test_an_end_lies_behind_the_beginning_and_is_on_record():
    bank, _ = make_bank()
    one, manager = record(bank.pk), make_actor(Role.MANAGER_CLERK)
    with pytest.raises(PartnershipIntervalError):
        end_partnership(actor=manager, partnership_id=one.pk, on=date(2021, 1, 1))
    with pytest.raises(PartnershipNotFoundError):
        end_partnership(actor=manager, partnership_id=one.pk + 1, on=date(2021, 1, 2))
    end_partnership(actor=manager, partnership_id=one.pk, on=date(2021, 1, 2))
    entry = AuditEntry.objects.get(action="pool.end_partnership")
    assert entry.facts == {"until": "2021-01-02", "until_before": ""}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_manager_records_and_ends_a_partnership_on_its_page(law, language):
    bank, clerk = make_bank()
    make_enrolment(clerk, law)
    client = make_client(Role.MANAGER_CLERK)
    asked = {"scheme": SCHEME, "bank": bank.pk, "valid_from": "2021-01-01", "unit_name": "科技支行"}
    answer = client.post(f"/{language}/partnerships/", asked)
    one = Partnership.objects.get()
    assert answer["Location"] == f"/{language}/partnerships/{one.pk}/"
    page = client.get(answer["Location"])
    assert (page.context["page"].open_loans, page.context["page"].outstanding_fen) == (1, 480 * WAN)
    again = client.post(f"/{language}/partnerships/", asked)
    assert (again.status_code, "POOL.PARTNERSHIP.OVERLAP" in again.content.decode()) == (422, True)
    too_early = client.post(answer["Location"], {"on": "2021-01-01"})
    assert (too_early.status_code, "POOL.PARTNERSHIP.INTERVAL" in too_early.content.decode()) == (422, True)
    assert client.post(answer["Location"], {"on": "2022-01-19"}).status_code == 302
    one.refresh_from_db()
    assert one.valid_until == date(2022, 1, 19)
    rows = client.get(f"/{language}/partnerships/?standing=ended").context["listing"].page.object_list
    assert [row.pk for row in rows] == [one.pk]


PRODUCT = {
    "name_zh": "示例科技贷",
    "max_amount": "500万",
    "max_term_months": "12",
    "securities": ["credit", "ip_pledge"],
    "rate_text_zh": "LPR+30基点起",
}


def test_clerk_keeps_the_banks_products_and_the_public_page_follows():
    bank, _ = make_bank("示例银行甲")
    record(bank.pk)
    client = make_client(Role.BANK_CLERK, bank)
    assert client.post("/zh-hans/products/", PRODUCT)["Location"] == "/zh-hans/products/"
    one = Product.objects.get()
    assert (one.max_amount_fen, one.securities, one.updated_on) == (
        500 * WAN,
        ["credit", "ip_pledge"],
        date(2022, 1, 19),
    )
    assert "示例科技贷" in Client().get("/zh-hans/banks/").content.decode()
    assert client.get(f"/zh-hans/products/{one.pk}/").context["form"]["max_amount"].value() == "500"
    renamed = PRODUCT | {"name_zh": "示例成长贷", "max_amount": "500.0001"}
    assert client.post(f"/zh-hans/products/{one.pk}/", renamed).status_code == 302
    one.refresh_from_db()
    assert (one.name_zh, one.max_amount_fen) == ("示例成长贷", 500_000_100)
    client.post(f"/zh-hans/products/{one.pk}/offer/", {"is_open": "no"})
    assert "示例成长贷" not in Client().get("/zh-hans/banks/").content.decode()
    client.post(f"/zh-hans/products/{one.pk}/offer/", {"is_open": "yes"})
    assert "示例成长贷" in Client().get("/en/banks/").content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"securities": []}, "id_securities"),
        ({"max_amount": "五百"}, "不是数字"),
        ({"max_amount": "0"}, "须大于零"),
        ({"name_zh": ""}, "id_name_zh-error"),
    ],
)
def test_a_product_that_cannot_be_read_is_not_kept(change, said):
    bank, _ = make_bank()
    answer = make_client(Role.BANK_MANAGER, bank).post("/zh-hans/products/", PRODUCT | change)
    assert (answer.status_code, said in answer.content.decode(), Product.objects.exists()) == (422, True, False)


def test_another_banks_product_is_not_there():
    bank, _ = make_bank()
    make_client(Role.BANK_MANAGER, bank).post("/zh-hans/products/", PRODUCT)
    one = Product.objects.get()
    other = make_client(Role.BANK_MANAGER)
    for path in (f"/zh-hans/products/{one.pk}/", f"/zh-hans/products/{one.pk}/offer/"):
        assert other.post(path, PRODUCT).status_code == 404
    one.refresh_from_db()
    assert one.is_open
