"""Schemes that are law, loan tables and enrolled loans for tests."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import polars as pl
from tests.factories.people import make_actor, make_organisation

from yulin.base.ids import make_uscc
from yulin.exchange.core.columns import guess_mapping
from yulin.exchange.core.fields import loan_form, return_form
from yulin.exchange.core.typing import head_of
from yulin.exchange.enums import UploadKind
from yulin.exchange.models import Upload
from yulin.exchange.selectors import upload_for
from yulin.exchange.services import read_upload, receive_upload, save_mapping
from yulin.exchange.services.receiving import Parcel
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Organisation
from yulin.pool.adapters.packs import laws_of
from yulin.pool.core.deciding import Law
from yulin.pool.models import Enrolment
from yulin.pool.services.check_returns import check_returns
from yulin.pool.services.check_upload import check_upload
from yulin.pool.services.enrol_table import Enrolled, Order, enrol_table
from yulin.rules.adapters.shipped import shipped_texts
from yulin.rules.services import draft_pack, publish_pack

WAN = 1_000_000
GUANGZHOU = ("gz-huangpu-tech", "gz-nansha-tech", "gz-credit-2021")
FIRM_CODES = tuple(make_uscc("440101", serial) for serial in range(1, 31))
_numbers = count(1)


def make_law(*pack_ids: str, values: dict[str, Any] | None = None, currency: str = "CNY") -> Law:
    """Publish shipped packs by two people, return the last as law; Guangzhou 2021 with its districts by default.

    `values` are what the manager fills into the last of them; `currency` is what all their amounts are in.
    """
    maker, checker = make_actor(Role.AUTHORITY_OFFICER), make_actor(Role.AUTHORITY_CHECKER)
    for pack_id in pack_ids or GUANGZHOU:
        filled = values if pack_id == (pack_ids or GUANGZHOU)[-1] else None
        texts = shipped_texts(pack_id)
        if currency != "CNY":
            texts = {**texts, "pack.yaml": f"currency: {currency}\n{texts['pack.yaml']}"}
        draft = draft_pack(actor=maker, texts=texts, manager_values=filled)
        publish_pack(actor=checker, draft_id=draft.pk)
    return laws_of((pack_ids or GUANGZHOU)[-1])[-1]


def make_bank(name: str = "") -> tuple[Organisation, Actor]:
    """Make a bank and one of its clerks."""
    bank = make_organisation(OrganisationKind.BANK, name=name)
    return bank, make_actor(Role.BANK_CLERK, bank)


def loan(**fields: Any) -> dict[str, Any]:
    """Return one loan that Guangzhou 2021 confirms by itself, with `fields` changed."""
    number = next(_numbers)
    return {
        "row": number + 1,
        "bank_branch": "示例支行",
        "firm_name": "广州示例青芒传感技术有限公司",
        "firm_code": FIRM_CODES[0],
        "loan_number": f"JJ{number:010d}",
        "contract_number": f"HT{number:010d}",
        "disbursed_on": date(2021, 8, 2),
        "due_on": date(2022, 8, 2),
        "loan_amount_fen": 480 * WAN,
        "line_fen": 1_000 * WAN,
        "annual_rate_ppm": 43_500,
        "mode": "bank",
        "security": "credit",
        "purpose": "流动资金",
        "district_code": "440112",
        "has_valid_hnte": True,
        "sector": "iab",
        "industry": "software",
    } | fields


def loan_table(*loans: dict[str, Any]) -> pl.DataFrame:
    """Return loans as the typed table that reading a file gives."""
    kinds = {"row": pl.UInt32, "loan_amount_fen": pl.Int64, "line_fen": pl.Int64, "annual_rate_ppm": pl.Int64}
    optional = {"has_valid_hnte": pl.Boolean, "predecessor_loan_number": pl.String, "eligible_amount_fen": pl.Int64}
    schema = {**kinds, **optional, "district_code": pl.String}
    present = {name: kind for name, kind in schema.items() if any(name in one for one in loans)}
    return pl.DataFrame(list(loans), schema_overrides=present)


def enrol(actor: Actor, law: Law, *loans: dict[str, Any], **options: Any) -> Enrolled:
    """Enrol loans of the actor's bank."""
    assert actor.organisation_id is not None
    return enrol_table(actor=actor, order=Order(actor.organisation_id, [law], **options), loans=loan_table(*loans))


def make_enrolment(actor: Actor, law: Law, **fields: Any) -> Enrolment:
    """Enrol one loan and return its enrolment."""
    one = loan(**fields)
    result = enrol(actor, law, one)
    return Enrolment.objects.get(pk=result.ids[one["row"]])


LOAN_HEADS = {
    "机构名称": "bank_branch",
    "企业名称": "firm_name",
    "统一社会信用代码": "firm_code",
    "借据编号": "loan_number",
    "合同编号": "contract_number",
    "发放日期": "disbursed_on",
    "到期日期": "due_on",
    "发放金额": "loan_amount_fen",
    "授信额度": "line_fen",
    "年利率": "annual_rate_ppm",
    "担保方式": "security",
    "贷款用途": "purpose",
    "注册地区划": "district_code",
    "是否高新技术企业": "has_valid_hnte",
}
RETURN_HEADS = {
    "借据编号": "loan_number",
    "贷款余额": "outstanding_fen",
    "逾期天数": "overdue_days",
    "五级分类": "five_class",
    "贷款状态": "loan_status",
}
_SAID = {"credit": "信用", True: "是", False: "否", None: "", "normal": "正常", "substandard": "次级"}


def sheet_of(rows: list[dict[str, Any]], heads: dict[str, str]) -> bytes:
    """Return rows as the CSV file that a bank would send."""
    lines = [",".join(heads), *(",".join(_cell(name, row.get(name)) for name in heads.values()) for row in rows)]
    return ("\ufeff" + "\n".join(lines) + "\n").encode()


def _cell(name: str, value: Any) -> str:
    if name.endswith("_fen") and value is not None:
        return f"{value / 100:.2f}"
    if name.endswith("_ppm"):
        return f"{value / 10_000}"
    return str(_SAID.get(value, value) if not isinstance(value, int) or isinstance(value, bool) else value)


def send(
    actor: Actor, content: bytes, *, kind: UploadKind = UploadKind.LOANS, file_name: str = "", **options: Any
) -> Upload:
    """Send a file, confirm its columns and have it checked."""
    parcel = Parcel(bank_id=actor.organisation_id or 0, kind=kind, **options)
    upload, _ = receive_upload(
        actor=actor, parcel=parcel, file_name=file_name or f"{kind}.csv", content=content, limit_bytes=100_000_000
    )
    if upload.state == "received":
        form = return_form() if kind == UploadKind.RETURNS else loan_form()
        sheet, _ = read_upload(upload, form)
        save_mapping(actor=actor, upload_id=upload.pk, mapping=guess_mapping(head_of(sheet, form), form))
        (check_returns if kind == UploadKind.RETURNS else check_upload)(actor=actor, upload_id=upload.pk)
    return upload_for(actor, upload.pk)
