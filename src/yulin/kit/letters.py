"""Letters and decisions as PDF/A-2b, set by typst with the Chinese fonts of a package: no system fonts are needed.

A template is a typst file `<area>/letters/<name>.typ`; it reads its facts by `json(bytes(sys.inputs.facts))` and sets
`font: "Noto Sans SC"` or `"Noto Serif SC"`.

Invariant: the same template and the same facts give the same PDF, byte for byte.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

from yulin.kit.errors import LetterNotMadeError

_FIXED_TIMESTAMP = 0  # seconds since 1970; a template that shows a date gets it among its facts


def make_letter(template: str, facts: Mapping[str, Any]) -> bytes:
    """Return a letter as PDF.

    `template` is `area/name`, as in `pool/confirmation`; `facts` must be plain JSON.

    Raises: `KIT.LETTER.NOT_MADE`.
    """
    area, _, name = template.partition("/")
    place = Path(str(files(f"yulin.{area}"))) / "letters" / f"{name}.typ"
    if not place.is_file():
        raise LetterNotMadeError(template=template, said="no such file")
    try:
        return typst.compile(
            str(place),
            root=str(place.parent),
            font_paths=_fonts(),
            sys_inputs={"facts": json.dumps(facts, ensure_ascii=False, sort_keys=True)},
            pdf_standards=["a-2b"],
            timestamp=_FIXED_TIMESTAMP,
        )
    except RuntimeError as error:
        raise LetterNotMadeError(template=template, said=str(error)) from error


@functools.cache
def _fonts() -> typst.Fonts:
    """Return the Chinese fonts (Noto Sans SC, Noto Serif SC) of the package, which hold Latin letters too."""
    folder = Path(pylopdf_fonts_zh_cn.__file__).parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
