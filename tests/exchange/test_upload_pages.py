"""The pages of a loan file: each state shows its one next step, in both languages, and nobody sees another's."""

import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation
from tests.exchange.test_uploads import HEADS, line, workbook
from tests.factories.people import make_actor, make_client
from tests.factories.pool import make_bank, make_law

from yulin.exchange.adapters.files import read_bytes
from yulin.exchange.core.columns import guess_mapping
from yulin.exchange.core.fields import loan_form
from yulin.exchange.core.typing import head_of
from yulin.exchange.models import Upload
from yulin.people.enums import Role
from yulin.pool.services.check_upload import check_upload
from yulin.pool.services.enrol_upload import enrol_upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    translation.activate("zh-hans")


@pytest.fixture
def bank():
    make_law()
    return make_bank()[0]


@pytest.fixture
def client(bank):
    return make_client(Role.BANK_CLERK, bank)


def actor_of(bank):
    return make_actor(Role.BANK_CLERK, bank)


def post_file(client, content, name="八月.xlsx", **fields):
    file = io.BytesIO(content)
    file.name = name
    posted = {"file": file, "scheme": "gz-credit-2021", "mode": "valid_rows", **fields}
    return client.post(reverse("pool:uploads"), posted)


def posted_columns(upload):
    columns = upload.columns["columns"]
    return {f"field-{i}": column["field"] or "" for i, column in enumerate(columns)} | {"date_form": "year_first"}


def test_a_file_from_drop_to_numbers(client, bank):
    answer = post_file(client, workbook(line(1), line(2, 发放金额="-5"), line(3, 发放金额="480万")))
    upload = Upload.objects.get()
    address = reverse("pool:upload", args=[upload.pk])
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert 'hx-trigger="every 1s"' in client.get(address).content.decode()
    check_upload(actor=actor_of(bank), upload_id=upload.pk)
    upload.refresh_from_db()
    page = client.get(address).content.decode()
    assert "核对列的对应" in page
    assert page.count('<option value="loan_number" selected>') == 1
    progress = client.get(reverse("pool:upload-progress", args=[upload.pk]))
    assert (progress.status_code, progress["HX-Refresh"]) == (204, "true")
    saved = client.post(reverse("pool:upload-columns", args=[upload.pk]), posted_columns(upload))
    assert (saved.status_code, saved["Location"]) == (302, address)
    check_upload(actor=actor_of(bank), upload_id=upload.pk)
    page = client.get(address).content.decode()
    assert "确认2行入库" in page
    assert "FILE.AMOUNT.NOT_POSITIVE" in page
    begun = client.post(reverse("pool:upload-enrol", args=[upload.pk]))
    assert begun.status_code == 302
    assert "正在入库" in client.get(address).content.decode()
    enrol_upload(actor=actor_of(bank), upload_id=upload.pk)
    page = client.get(address).content.decode()
    assert "2行已入库" in page
    upload.refresh_from_db()
    assert upload.result["first_number"] in page
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(reverse("pool:upload-result", args=[upload.pk])))))
    rows = [[cell.value for cell in row] for row in sheet.active.iter_rows()]
    assert rows[0] == [*HEADS, "核验结果", "代码", "说明", "入库编号"]
    assert [row[len(HEADS)] for row in rows[1:]] == ["接受", "拒绝", "提醒"]
    assert rows[1][-1] == upload.result["first_number"]
    assert rows[2][-1] == ""
    english = client.get(address.replace("/zh-hans/", "/en/")).content.decode()
    assert "2 rows are enrolled" in english


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_accepted_rows_stand_beside_the_others_and_get_their_numbers(client, bank, language):
    post_file(client, workbook(line(1), line(2, 发放金额="-5"), line(3, 发放金额="480万"), line(4)))
    upload = Upload.objects.get()
    check_upload(actor=actor_of(bank), upload_id=upload.pk)
    upload.refresh_from_db()
    client.post(reverse("pool:upload-columns", args=[upload.pk]), posted_columns(upload))
    check_upload(actor=actor_of(bank), upload_id=upload.pk)
    with translation.override(language):
        address = reverse("pool:upload", args=[upload.pk]) + "?severity=accepted"
    page = client.get(address)
    assert [(one["row"], one["number"]) for one in page.context["accepted"]] == [(2, ""), (5, "")]
    assert page.context["rooms"] == []  # no law rules the day of this machine's calendar
    one = page.context["accepted"].object_list[1]
    found = client.get(f"{address}&q={one['loan_number']}")
    assert [each["row"] for each in found.context["accepted"]] == [5]
    assert client.get(f"{address}&q=none").context["accepted"].paginator.count == 0
    client.post(reverse("pool:upload-enrol", args=[upload.pk]))
    enrol_upload(actor=actor_of(bank), upload_id=upload.pk)
    numbers = [one["number"] for one in client.get(address).context["accepted"]]
    assert all(numbers)
    assert len(set(numbers)) == 2


@pytest.mark.parametrize(("rows", "state"), [(3, "mapping"), (2, "failed")])
def test_a_sheet_with_one_row_too_many_is_not_read(client, bank, settings, rows, state):
    settings.YULIN_UPLOAD_LIMIT_ROWS = rows  # the head is a row of the sheet too
    post_file(client, workbook(line(1), line(2)))
    upload = Upload.objects.get()
    check_upload(actor=actor_of(bank), upload_id=upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.error and upload.error["code"]) == (
        state,
        "FILE.TOO_MANY_CELLS" if state == "failed" else None,
    )


def test_the_same_file_again_leads_to_the_same_page(client):
    content = workbook(line(1))
    first, second = post_file(client, content), post_file(client, content)
    assert first["Location"] == second["Location"]
    assert Upload.objects.count() == 1


def test_a_form_without_a_file_says_so(client):
    answer = client.post(reverse("pool:uploads"), {"scheme": "gz-credit-2021"})
    assert answer.status_code == 422
    assert "请选择一个文件" in answer.content.decode()


def test_columns_that_lack_a_field_are_refused_on_the_page(client, bank):
    post_file(client, workbook(line(1)))
    upload = Upload.objects.get()
    check_upload(actor=actor_of(bank), upload_id=upload.pk)
    upload.refresh_from_db()
    columns = {key: value for key, value in posted_columns(upload).items() if value != "loan_number"}
    answer = client.post(reverse("pool:upload-columns", args=[upload.pk]), columns)
    assert answer.status_code == 422
    assert "缺少列：借据编号" in answer.content.decode()


def test_whole_file_mode_stops_while_a_row_is_refused(client, bank):
    post_file(client, workbook(line(1), line(2, 发放金额="-5")))
    upload = Upload.objects.get()
    check_upload(actor=actor_of(bank), upload_id=upload.pk)
    upload.refresh_from_db()
    client.post(reverse("pool:upload-columns", args=[upload.pk]), posted_columns(upload))
    check_upload(actor=actor_of(bank), upload_id=upload.pk)
    client.post(reverse("pool:upload-mode", args=[upload.pk]), {"mode": "whole_file"})
    page = client.get(reverse("pool:upload", args=[upload.pk])).content.decode()
    assert "整批不入库：1行拒绝" in page
    assert reverse("pool:upload-enrol", args=[upload.pk]) not in page


def test_a_broken_file_says_why_and_what_next(client, bank):
    post_file(client, b"%PDF-1.7", name="f.xlsx")
    upload = Upload.objects.get()
    check_upload(actor=actor_of(bank), upload_id=upload.pk)
    page = client.get(reverse("pool:upload", args=[upload.pk])).content.decode()
    assert "FILE.NOT_A_WORKBOOK" in page
    assert "另存为" in page


def test_another_bank_finds_no_such_file(client, bank):
    post_file(client, workbook(line(1)))
    upload = Upload.objects.get()
    stranger = make_client(Role.BANK_CLERK)
    for name in ("upload", "upload-progress", "upload-result", "upload-columns"):
        assert stranger.get(reverse(f"pool:{name}", args=[upload.pk])).status_code == 404
    for name in ("upload-enrol", "upload-mode"):
        assert stranger.post(reverse(f"pool:{name}", args=[upload.pk])).status_code == 404
    manager = make_client(Role.MANAGER_CLERK)
    assert manager.get(reverse("pool:upload", args=[upload.pk])).status_code == 200
    assert manager.post(reverse("pool:upload-enrol", args=[upload.pk])).status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_template_of_a_scheme_is_understood_again(client, language):
    address = reverse("pool:upload-template", args=["gz-credit-2021"]).replace("/zh-hans/", f"/{language}/")
    content = b"".join(client.get(address))
    form = loan_form()
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book.worksheets[0]
    page.append(["x"] * page.max_column)
    out = io.BytesIO()
    book.save(out)
    head = head_of(read_bytes(out.getvalue(), "f.xlsx"), form)
    mapping = guess_mapping(head, form)
    assert mapping.is_sure
    assert all(column.field for column in mapping.columns)
