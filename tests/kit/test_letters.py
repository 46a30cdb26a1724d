from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest

from yulin.kit import letters
from yulin.kit.errors import LetterNotMadeError

TEMPLATE = """
#set document(title: "入库确认函")
#set text(font: "Noto Sans SC", lang: "zh")
#let facts = json(bytes(sys.inputs.facts))
= 入库确认函
编号#facts.number，#facts.firm
"""


@pytest.fixture
def _area(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "confirmation.typ").write_text(TEMPLATE, "utf-8")
    (tmp_path / "letters" / "broken.typ").write_text("#facts.nothing", "utf-8")
    monkeypatch.setattr(letters, "files", lambda _: tmp_path)


@pytest.mark.usefixtures("_area")
def test_letter_holds_its_facts_and_is_the_same_each_time() -> None:
    facts = {"number": "RK-2022-0001", "firm": "示例“科技”\\有限公司#emph"}
    first = letters.make_letter("pool/confirmation", facts)
    assert letters.make_letter("pool/confirmation", facts) == first
    text = pypdf.PdfReader(io.BytesIO(first)).pages[0].extract_text()
    assert "RK-2022-0001" in text
    assert "#emph" in text  # shown, not carried out
    assert len(first) < 100_000


@pytest.mark.usefixtures("_area")
@pytest.mark.parametrize("name", ["pool/broken", "pool/none"])
def test_template_that_cannot_be_set_is_refused(name: str) -> None:
    with pytest.raises(LetterNotMadeError):
        letters.make_letter(name, {})
