"""Files of policies read: each form, each layout, and what is bad in them."""

from __future__ import annotations

import json
from datetime import date

import pytest
from tests.factories.policy_files import AID, PAGE, cards_pdf, crawled, docx, empty_pdf

from yulin.brain.adapters.policy_files import How, form_of, read_policy_file
from yulin.brain.core.policies import Ending
from yulin.brain.errors import PolicyFileError, PolicyProfileError

WAN = 1_000_000


def read(name: str, content: bytes, **how: object):
    return read_policy_file(name, content, How(**how))


@pytest.mark.slow
def test_a_guide_of_cards_becomes_one_policy_a_card_with_its_page():
    file = read("guide.pdf", cards_pdf())
    assert (file.form, file.profile, file.pages, file.left_out) == ("pdf", "policy-cards", 3, ())
    assert [one.key for one in file.readings] == ["1-1", "1-2", "1-3"]
    assert [one.place for one in file.readings] == ["1", "2", "3"]
    loan, rent, first = file.readings
    assert (loan.title, loan.document_number) == ("示例市科技贷款贴息", "示科规〔2024〕3号")
    assert (loan.authority, loan.issued_on) == ("示例市科学技术局", date(2024, 1, 5))
    assert dict(loan.parts) == {
        "purpose": "示例市科技贷款贴息",
        "basis": "《示例市科技政策若干规定》",
        "tools": "资金支持",
        "audience": "全市科技企业",
        "operations": "1．支持方式\n（1）每户每年最高不超过20万元。",
        "conditions": "本市注册，无失信记录。",
        "schedule": "自2024年1月起，有效期三年",
        "contact": "示例市科学技术局：12345678",
    }
    assert (loan.amount_fen, loan.terms.ends_on) == (20 * WAN, date(2026, 12, 31))
    assert (rent.document_number, rent.amount_fen, rent.terms.ending) == ("", None, Ending.UNKNOWN)
    assert (first.amount_fen, first.terms.ends_on) == (50 * WAN, date(2026, 4, 30))


def test_a_scanned_pdf_has_no_text_and_says_so():
    (one,) = read("扫描件.pdf", empty_pdf()).readings
    assert (one.title, one.text, one.defects) == ("扫描件", "", ("no_text",))


def test_a_page_is_read_without_its_menus_and_scripts():
    file = read("x.html", PAGE.encode(), area="广东")
    (one,) = file.readings
    assert (file.form, file.profile, one.title) == ("html", "portal-page", "示例市专利资助办法")
    assert (one.document_number, one.authority, one.area) == ("示知〔2023〕8号", "示例市知识产权局", "广东")
    assert one.issued_on == date(2023, 6, 1)
    assert one.parts == (
        ("audience", "一、支持对象\n本市注册的企业。"),
        ("operations", "二、资助标准\n（一）国内发明专利每件给予2,000元资助，单个企业年度最高不超过10万元。"),
        ("body", "三、附则\n本办法自2023年7月1日起施行，有效期至2022年6月30日。"),
    )
    assert (one.amount_fen, one.terms.opens_on, one.terms.ends_on) == (10 * WAN, date(2023, 7, 1), None)
    assert one.defects == ("end_before_start",)


def test_what_a_crawler_guessed_gives_way_to_the_text():
    file = read("c.json", crawled(), area="上海")
    assert [(one.title, one.why) for one in file.left_out] == [
        ("示例", "not_found"),
        ("贴息审核通过名单", "list_of_names"),
    ]
    (one,) = file.readings
    assert (one.key, one.authority, one.area, one.document_number) == ("A1", "示例区科技局", "上海/示例区", "")
    assert (one.amount_fen, one.issued_on) == (100 * WAN, date(2024, 11, 21))
    assert one.defects == ("text_cut", "for_comment")
    assert one.parts[0] == ("body", "示例区贴息办法（征求意见稿）")
    assert "信用良好" not in one.text
    assert "首页" not in one.text


def test_the_exchange_form_is_read_with_line_breaks_in_its_cells():
    file = read("aides.csv", AID.encode(), known_on=date(2026, 5, 1))
    assert (file.form, file.profile) == ("csv", "aides-entreprises")
    assert [(one.title, one.why) for one in file.left_out] == [("4", "no_title")]
    open_one, archived = file.readings
    parts = dict(open_one.parts)
    assert (open_one.key, open_one.title) == ("12", "Aide à l'essai")
    assert parts["purpose"] == "Objet de l'aide\nen deux lignes"
    assert parts["conditions"] == "Être une PME\n- saine"
    assert [text for part, text in open_one.parts if part == "audience"] == ["PME", "妇女"]
    assert (open_one.terms.ends_on, open_one.amount_fen) == (date(2027, 12, 31), None)
    assert open_one.defects == ("amount_unreadable",)
    assert archived.terms.archived_on == date(2026, 5, 1)


def test_a_docx_is_read_with_its_tables():
    content = docx("示例市孵化器办法", "一、申报条件", "面积不少于一千平方米。", "示例市科学技术局", "2024年3月1日")
    (one,) = read("办法.docx", content).readings
    assert one.title == "示例市孵化器办法"
    assert one.parts == (
        ("body", "示例市孵化器办法"),
        ("conditions", "一、申报条件\n面积不少于一千平方米。\n示例市科学技术局\n2024年3月1日\n联系电话87654321"),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_is_read_in_the_encodings_that_bureaus_use(encoding):
    text = "示例市贷款贴息办法\n一、支持对象\n科技企业。\n"
    (one,) = read("a.txt", text.encode(encoding)).readings
    assert (one.title, one.defects) == ("示例市贷款贴息办法", ())


def test_broken_bytes_are_read_as_far_as_they_go_and_said_to_be_broken():
    broken = "示例市贷款贴息办法\n一、支持对象\n".encode() + b"\xff\xff\x80" + "科技企业。".encode()
    (one,) = read("a.txt", broken).readings
    assert one.defects == ("broken_encoding",)
    assert "科技企业" in one.text


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.pdf", b"%PDF-1.7 nothing", "readable PDF"),
        ("a.docx", b"PK\x03\x04 nothing", "readable DOCX"),
        ("a.docx", docx("x").replace(b"word/document.xml", b"word/documant.xml"), "readable DOCX"),
        ("a.xlsx", b"PK\x03\x04", "workbook"),
        ("a.txt", b"", "empty"),
        ("a.bin", b"\x00\x01\x02", "no text"),
        ("a.json", b'[{"a": ', "valid JSON"),
        ("a.json", b'[{"a": "b"}]', "known title"),
        ("a.csv", b"x;y\n1;2\n", "known title"),
    ],
)
def test_a_file_that_is_not_what_it_claims_is_refused_with_the_reason(name, content, why):
    with pytest.raises(PolicyFileError) as refused:
        read(name, content)
    assert why in refused.value.envelope("en")["message"]


def test_a_doctype_is_never_read():
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(PolicyFileError):
        read("a.docx", out.getvalue())


def test_an_unknown_layout_is_named():
    with pytest.raises(PolicyProfileError) as refused:
        read("a.txt", "一二三四五".encode(), profile="nothing")
    assert refused.value.facts == {"found": "nothing"}


def test_keys_that_repeat_in_a_file_stay_apart():
    items = [{"id": "a", "title": f"办法{n}", "text": f"支持{n}。"} for n in range(2)]
    file = read("a.json", json.dumps(items, ensure_ascii=False).encode())
    assert [one.key for one in file.readings] == ["a", "a~2"]


def test_a_form_is_known_by_its_content_before_its_name():
    assert form_of("a.txt", b"%PDF-1.4") == "pdf"
    assert form_of("a.txt", b"<html><body>x") == "html"
    assert form_of("a.dat", "政策".encode()) == "txt"
