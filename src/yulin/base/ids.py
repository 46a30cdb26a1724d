"""Identifiers of firms and persons: what kind a text is, whether its check character holds, and its normal form.

A personal ID number can pass the check of a unified social credit code (USCC), so persons are looked for first. The
inner organisation code of a USCC only warns: real public bodies carry one that fails.
**Source**: GB 32100-2015 (USCC), GB 11714-1997 (organisation code), GB 11643-1999 (personal ID), GS 15-2006 (old
registration number), document Guo Fa [2015] No. 33.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum

from yulin.base.text import Text

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
USCC_WEIGHTS = tuple(3**place % 31 for place in range(17))
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
PERSON_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
PERSON_CHECKS = "10X98765432"
DEPARTMENTS = "123456789ANY"
PROVINCES = frozenset(
    {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46}
    | {50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83}
)
BIRTH_YEARS = range(1900, 2100)

LEAVE_OUT = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad\-\u2010-\u2015\u2212_'`]+")
_PERSON = re.compile(r"\d{17}[\dX]")
_FLOAT = re.compile(r"\d+(\.\d+)?E\+?\d+|\d+\.\d*")


class IdKind(StrEnum):
    """What an identifier is."""

    USCC = "uscc"
    REGISTRATION_15 = "registration_15"
    ORGANISATION_CODE = "organisation_code"
    PERSONAL_ID = "personal_id"
    NONE = "none"


@dataclass(frozen=True)
class IdCheck:
    """What a text is as an identifier; `normalised` is None when it is none, `original` is the text as given."""

    kind: IdKind
    valid: bool
    normalised: str | None
    warnings: tuple[Text, ...] = ()
    original: str = ""


WRONG_CHECK = Text("校验码不符", "the check character does not fit")
WRONG_INNER_CHECK = Text("其中的组织机构代码校验码不符", "the organisation code inside it fails its own check")
WRONG_LETTER = Text(
    "含有代码中不用的字符（I、O、S、V、Z不用），可能与1、0、5、2混淆",
    "it holds a character that the code never uses (I, O, S, V, Z), perhaps for 1, 0, 5 or 2",
)
WRONG_DIVISION = Text("第3至8位应为区划数字", "places 3 to 8 have to be the digits of a division")
WRONG_DEPARTMENT = Text("第1位不是登记管理部门代码", "place 1 is no registration department")
PERSON_WITH_USCC_CHECK = Text(
    "这是公民身份号码，虽然也通过信用代码校验", "this is a personal ID number, although it passes the USCC check too"
)
USCC_LIKE_PERSON = Text("形似公民身份号码，请核对", "it looks like a personal ID number; please check")
LOST_DIGITS = Text(
    "数字单元格已丢失位数，请把代码列设为文本后重填",
    "a number cell has lost digits; format the column as text and enter it again",
)
OLD_PERSON = Text("可能是15位旧身份证号码", "it may be an old personal ID number of 15 digits")


def normalise_code(text: str) -> str:
    """Return a code in half-width capitals without blanks and hyphens.

    >>> normalise_code(" ９１３５-0100m000100y43 ")
    '91350100M000100Y43'
    """
    return LEAVE_OUT.sub("", unicodedata.normalize("NFKC", text)).upper()


def check_id(text: str) -> IdCheck:
    """Return what kind of identifier a text is and whether it holds.

    >>> check_id("362322198709086409").kind
    <IdKind.PERSONAL_ID: 'personal_id'>
    """
    return replace(_check(normalise_code(text)), original=text)


def uscc_check_char(first_17: str) -> str | None:
    """Return the 18th character of a USCC; None where a character is none of the code's. **Source**: GB 32100-2015.

    >>> uscc_check_char("91350100M000100Y4")
    '3'
    """
    if len(first_17) != 17 or any(char not in USCC_ALPHABET for char in first_17):
        return None
    total = sum(USCC_ALPHABET.index(char) * weight for char, weight in zip(first_17, USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % 31]


def organisation_check_char(first_8: str) -> str:
    """Return the 9th character of an organisation code. **Source**: GB 11714-1997.

    >>> organisation_check_char("M000100Y")
    '4'
    """
    total = sum(ORGANISATION_ALPHABET.index(char) * w for char, w in zip(first_8, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def person_check_char(first_17: str) -> str:
    """Return the 18th character of a personal ID number. **Source**: GB 11643-1999 (ISO 7064 MOD 11-2).

    >>> person_check_char("36232219870908640")
    '9'
    """
    return PERSON_CHECKS[sum(int(digit) * weight for digit, weight in zip(first_17, PERSON_WEIGHTS, strict=True)) % 11]


def registration_check_digit(first_14: str) -> str:
    """Return the 15th digit of an old registration number. **Source**: GS 15-2006 (ISO 7064 MOD 11,10).

    >>> registration_check_digit("11010800000001")
    '6'
    """
    state = 10
    for digit in first_14:
        state = ((state + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - state) % 10)


def make_uscc(division: str, serial: int, *, department: str = "9", category: str = "1", mark: str = "YL") -> str:
    """Return an invented USCC that passes every check; `mark` begins its organisation code and tells it from real ones.

    >>> make_uscc("440112", 1)
    '91440112YL0000012M'
    """
    body = mark + _in_base_31(serial, 8 - len(mark))
    first_17 = department + category + division + body + organisation_check_char(body)
    return f"{first_17}{uscc_check_char(first_17)}"


def _in_base_31(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 31)
        digits.append(USCC_ALPHABET[digit])
    return "".join(reversed(digits))


def is_like_personal_id(code: str) -> bool:
    """Tell whether a normalised code has the form of a personal ID number, with a plausible region and birth date."""
    if not _PERSON.fullmatch(code) or int(code[:2]) not in PROVINCES:
        return False
    year, month, day = int(code[6:10]), int(code[10:12]), int(code[12:14])
    return year in BIRTH_YEARS and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _check(code: str) -> IdCheck:
    if _is_code(code, 18):
        return _check_18(code)
    if len(code) == 15 and code.isascii() and code.isdigit():
        return _check_15(code)
    if len(code) == 9 and _is_code(code, 9) and code[8] in "0123456789X":
        is_valid = organisation_check_char(code[:8]) == code[8]
        return IdCheck(IdKind.ORGANISATION_CODE, is_valid, code, () if is_valid else (WRONG_CHECK,))
    return IdCheck(IdKind.NONE, valid=False, normalised=None, warnings=(LOST_DIGITS,) if _FLOAT.fullmatch(code) else ())


def _is_code(code: str, length: int) -> bool:
    return len(code) == length and code.isascii() and code.isalnum()


def _check_18(code: str) -> IdCheck:
    is_uscc = _is_sound_uscc(code)
    if is_like_personal_id(code):
        if person_check_char(code[:17]) == code[17]:
            return IdCheck(IdKind.PERSONAL_ID, True, code, (PERSON_WITH_USCC_CHECK,) if is_uscc else ())
        if not is_uscc:
            return IdCheck(IdKind.PERSONAL_ID, False, code, (WRONG_CHECK,))
        return IdCheck(IdKind.USCC, True, code, (USCC_LIKE_PERSON,))
    if not is_uscc:
        return IdCheck(IdKind.USCC, False, code, _why_no_uscc(code))
    is_inner_sound = organisation_check_char(code[8:16]) == code[16]
    return IdCheck(IdKind.USCC, True, code, () if is_inner_sound else (WRONG_INNER_CHECK,))


def _is_sound_uscc(code: str) -> bool:
    return not _why_no_uscc(code)


def _why_no_uscc(code: str) -> tuple[Text, ...]:
    if any(char not in USCC_ALPHABET for char in code):
        return (WRONG_LETTER,)
    if not code[2:8].isdigit():
        return (WRONG_DIVISION,)
    if code[0] not in DEPARTMENTS:
        return (WRONG_DEPARTMENT,)
    return () if uscc_check_char(code[:17]) == code[17] else (WRONG_CHECK,)


def _check_15(code: str) -> IdCheck:
    if registration_check_digit(code[:14]) == code[14]:
        return IdCheck(IdKind.REGISTRATION_15, True, code)
    month, day = int(code[8:10]), int(code[10:12])
    is_person = int(code[:2]) in PROVINCES and 1 <= month <= 12 and 1 <= day <= 31
    return IdCheck(IdKind.REGISTRATION_15, False, code, (WRONG_CHECK, *((OLD_PERSON,) if is_person else ())))
