"""Files of invented policies: a PDF of cards, a scanned PDF, DOCX, a portal's page, JSON, the exchange form's CSV."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

CARDS = (
    (
        "1. 示例市科技贷款贴息",
        "示科规〔2024〕3 号",
        "每户每年最高不超过 20 万元。",
        "自 2024 年 1 月起，有效期三年",
    ),
    ("2. 示例市孵化器房租减免", "/", "第一年免收场地租金。", "每年 3 月左右"),
    (
        "3. 示例市首台套奖励",
        "示科规〔2024〕5 号",
        "首台套产品给予 50 万元奖励。",
        "2024 年 5 月 1 日起至 2026 年 4 月 30 日止",
    ),
)
PAGE = """<!DOCTYPE html><html><head><title>示例办法 - 示例市政府</title><meta charset="utf-8">
<script>var a="奖励999万元";</script></head><body><header>示例市人民政府</header>
<nav><a href="/">首页</a><a href="/x">政务公开</a></nav>
<div class="path"><a href="/">首页</a> &gt; <a href="/z">政策文件</a></div><h1>示例市专利资助办法</h1>
<p>发布机构：示例市知识产权局</p><p>发文字号：示知〔2023〕8号</p><p>发布时间：2023-06-01 点击数：88</p>
<p>一、支持对象</p><p>本市注册的企业。</p><p>二、资助标准</p><p>（一）国内发明专利每件给予2,000元&nbsp;资助，单个企业年度最高不超过10万元。</p>
<p>三、附则</p><p>本办法自2023年7月1日起施行，有效期至2022年6月30日。</p>
<ul><li><a href="/1">关于另一事项的通知</a></li><li><a href="/2">关于又一事项的通知</a></li></ul>
<footer>主办单位：示例市人民政府</footer></body></html>"""
AID = (
    "id_aid;aid_nom;aid_objet;aid_operations_el;aid_conditions;aid_montant;aid_benef;aid_validation;couverture_geo;"
    "id_domaine;handicapes;femmes;seniors;jeunes;date_fin;status;effectif;duree_projet;age_entreprise;"
    "complements_sources;complements_formulaires;complements_reglements;projets;profils;natures;territoires;contacts;"
    "financeurs\n"
    '12;Aide à l\'essai;"<p>Objet de l\'aide</p>\n<p>en deux lignes</p>";"Études; essais";"Être une PME\n\n- saine";'
    '"Jusqu\'à 5 000 €";PME;;Nationale;Innovation;0;1;0;0;31/12/2027;;moins de 50;;;;;;;;Subvention;;Contact;Région\n'
    "13;Aide close;Objet;;;;;;;;0;0;0;0;;archivee;;;;;;;;;;;;\n"
    "14;;Sans nom;;;;;;;;0;0;0;0;;;;;;;;;;;;;;\n"
)


def cards_pdf() -> bytes:
    """Return a PDF of three cards on three pages, with page numbers."""
    import pylopdf_fonts_zh_cn
    import typst

    pages = []
    for number, (title, code, support, schedule) in enumerate(CARDS, 1):
        lines = [
            str(number), title, title.split(". ")[1], "依据文件 《示例市科技政策若干规定》",
            "发文机构 示例市科学技术局", f"发文字号 {code}", "发布日期 2024-01-05",
            "工具分类 资金支持 服务对象 全市科技企业", "服务内容", "1．支持方式", f"（1）{support}",
            "条件要求", "本市注册，无失信记录。", f"时间/频度 {schedule}", "联络方式 示例市科学技术局：12345678",
        ]  # fmt: skip
        said = " \\\n".join(line.replace("[", "\\[").replace("/", "\\/") for line in lines)
        pages.append(f"#[{said}]")
    source = '#set text(font: "Noto Sans SC", size: 10pt)\n' + "\n#pagebreak()\n".join(pages)
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(Path(pylopdf_fonts_zh_cn.__file__).parent)])
    return typst.compile(source.encode(), font_paths=fonts)


def empty_pdf(pages: int = 2) -> bytes:
    """Return a PDF whose pages hold no text, as a scanned one."""
    import pypdfium2

    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(300, 400)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def long_pdf(pages: int, *lines: str) -> bytes:
    """Return a PDF of as many pages, each with these lines in a font that is not embedded; made in an instant."""
    system = b"<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >>"
    fonts = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /CIDSystemInfo %s >>" % system,
    )
    shown = "".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -16 Td " for line in lines)
    stream = f"BT /F1 10 Tf 50 780 Td {shown}ET".encode()
    has = b"/Resources << /Font << /F1 3 0 R >> >> /Contents 5 0 R"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] %s >>" % has
    objects = [*fonts, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream), *[page] * pages]
    kids = b" ".join(b"%d 0 R" % (number + 6) for number in range(pages))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, kids)
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, said in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, said)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return bytes(out) + b"xref\n0 %d\n0000000000 65535 f \n%s%s" % (len(objects) + 1, table, tail)


def docx(*paragraphs: str) -> bytes:
    """Return a DOCX of these paragraphs and a table of one row."""
    said = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    cells = "".join(f"<w:tc><w:p><w:r><w:t>{one}</w:t></w:r></w:p></w:tc>" for one in ("联系电话", "87654321"))
    row = f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = f'<?xml version="1.0"?><w:document xmlns:w="{space}"><w:body>{said}{row}</w:body></w:document>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", xml)
    return out.getvalue()


def crawled() -> bytes:
    """Return what a crawler kept of three pages: a policy, a page that is not there, a list of names."""
    head = "示例区人民政府 首页 政务公开 发布机构 : 示例区科技局 发文字号 : - 发布时间： 2024-11-21 点击数： 1545 "
    text = (
        "示例区贴息办法 （征求意见稿） 一、适用对象 本区企业。 二、支持方式 （一）贴息。最高给予100万元贴息。"
        + "支持创新。" * 300
    )
    items = [
        {"policy_id": "A1", "title": "示例区贴息办法", "content": head + text + "在实施过", "region": "示例区",
         "max_amount": 1_000_000, "requirements": ["信用良好"], "department": "公安分局", "publish_date": ""},
        {"policy_id": "A2", "title": "示例", "content": "抱歉！您访问的页面不存在。", "publish_date": ""},
        {"policy_id": "A3", "title": "贴息审核通过名单", "content": "甲公司", "publish_date": ""},
    ]  # fmt: skip
    return json.dumps(items, ensure_ascii=False).encode()
