"""Pages of enrolments, review and returns: what each role sees and does, in both languages, in few queries."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.people import make_actor, make_client, make_demo_book
from tests.factories.pool import make_bank, make_enrolment, make_law

from yulin.exchange.models import Upload
from yulin.people.enums import Role
from yulin.pool.models import Enrolment
from yulin.pool.services.review import ask_bank

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _january() -> None:
    make_demo_book(date(2022, 1, 19))


@pytest.fixture
def law():
    return make_law()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", ["enrolments/", "review/", "returns/", "returns/2021-12/"])
def test_pages_open_for_the_manager(law, language, path):
    _, clerk = make_bank()
    make_enrolment(clerk, law)
    make_enrolment(clerk, law, has_valid_hnte=None)
    answer = make_client(Role.MANAGER_CLERK).get(f"/{language}/{path}")
    assert answer.status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("known", [True, None])
def test_page_of_one_enrolment(law, language, known):
    bank, clerk = make_bank()
    one = make_enrolment(clerk, law, has_valid_hnte=known)
    for client in (make_client(Role.MANAGER_CLERK), make_client(Role.BANK_CLERK, bank)):
        answer = client.get(f"/{language}/enrolments/{one.pk}/")
        assert answer.status_code == 200
        assert one.firm_name in answer.content.decode()
    assert make_client(Role.BANK_CLERK).get(f"/{language}/enrolments/{one.pk}/").status_code == 404


def test_manager_decides_and_the_queue_moves_on(law):
    _, clerk = make_bank()
    first, second = (make_enrolment(clerk, law, has_valid_hnte=None) for _ in range(2))
    client = make_client(Role.MANAGER_CHECKER)
    answer = client.post(f"/zh-hans/enrolments/{first.pk}/", {"decision": "confirm", "version": 1})
    assert (answer.status_code, answer["Location"]) == (302, f"/zh-hans/enrolments/{second.pk}/")
    refused = client.post(f"/zh-hans/enrolments/{second.pk}/", {"decision": "refuse", "version": 1, "note": "x"})
    assert refused.status_code == 422
    assert "POOL.ENROLMENT.CLAUSE" in refused.content.decode()
    last = {"decision": "refuse", "version": 1, "note": "不符", "clause": "eligibility.kind"}
    choices = client.get(f"/zh-hans/enrolments/{second.pk}/").context["decision"].fields["clause"].choices
    last["clause"] = choices[1][0]
    assert client.post(f"/zh-hans/enrolments/{second.pk}/", last)["Location"] == "/zh-hans/review/"
    assert list(Enrolment.objects.order_by("id").values_list("state", flat=True)) == ["active", "revoked"]


def test_bank_completes_what_was_asked_and_it_is_confirmed_at_once(law):
    bank, clerk = make_bank()
    one = make_enrolment(clerk, law, has_valid_hnte=None)
    ask_bank(actor=make_actor(Role.MANAGER_CLERK), enrolment_id=one.pk, note="补充资质")
    client = make_client(Role.BANK_CLERK, bank)
    assert "补充资质" in client.get(f"/zh-hans/enrolments/{one.pk}/").content.decode()
    answer = client.post(f"/zh-hans/enrolments/{one.pk}/", {"version": 2, "fact-has_valid_hnte": "yes"})
    assert answer.status_code == 302
    one.refresh_from_db()
    assert (one.state, one.number, one.facts["has_valid_hnte"]) == ("active", "GZ21-2022-0000001", True)


def test_list_takes_the_same_queries_for_one_row_and_for_three(law):
    _, clerk = make_bank()
    client = make_client(Role.MANAGER_CLERK)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            make_enrolment(clerk, law)
        client.get("/zh-hans/enrolments/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/zh-hans/enrolments/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


def test_export_holds_every_row(law):
    _, clerk = make_bank()
    one = make_enrolment(clerk, law)
    answer = make_client(Role.MANAGER_CLERK).get("/zh-hans/enrolments/?format=csv")
    assert one.number in b"".join(answer.streaming_content).decode()


def test_bank_uploads_a_return_on_the_month_page(law):
    bank, clerk = make_bank()
    make_enrolment(clerk, law)
    client = make_client(Role.BANK_CLERK, bank)
    file = SimpleUploadedFile("returns.csv", "借据编号,贷款余额,五级分类\nJJ1,1.00,正常\n".encode())
    answer = client.post("/zh-hans/returns/2021-12/", {"file": file})
    upload = Upload.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/zh-hans/uploads/{upload.pk}/")
    assert (upload.kind, upload.month, upload.bank_id) == ("returns", date(2021, 12, 1), bank.pk)
    assert client.get(answer["Location"]).status_code == 200
    assert client.post("/zh-hans/returns/2021-12/", {}).status_code == 422
