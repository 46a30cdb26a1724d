"""Confirmation numbers: scheme, year, a running number without gaps; and the code that proves a letter.

`GZ21-2022-0000123` is the 123rd confirmation of 2022 under `gz-credit-2021`. The running number is drawn under a lock
in the transaction that confirms, so a number that was drawn and not used cannot exist.
"""

from __future__ import annotations

import hashlib
import hmac

# Words that most schemes carry and that tell none from another.
_COMMON_WORDS = frozenset({"credit", "tech"})
_WORD_LETTERS = 3
_CODE_LETTERS = 12
# No 0, O, 1, I, L: a person reads the code from paper.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def number_prefix(scheme_id: str) -> str:
    """Return the letters that open a scheme's confirmation numbers.

    >>> number_prefix("gz-credit-2021"), number_prefix("zs-ip-2021"), number_prefix("us-sba-7a")
    ('GZ21', 'ZSIP21', 'USSBA7A')
    """
    place, *rest = scheme_id.split("-")
    is_dated = bool(rest) and len(rest[-1]) == 4 and rest[-1].isdigit()
    year = rest.pop()[-2:] if is_dated else ""
    if not is_dated:
        return (place + "".join(word[:_WORD_LETTERS] for word in rest)).upper()
    return (place + "".join(word[:_WORD_LETTERS] for word in rest if word not in _COMMON_WORDS) + year).upper()


def confirmation_number(prefix: str, year: int, running: int) -> str:
    """Return the confirmation number of the `running`-th loan of a year.

    >>> confirmation_number("GZ21", 2022, 123)
    'GZ21-2022-0000123'
    """
    return f"{prefix}-{year}-{running:07d}"


def verification_code(secret: bytes, number: str) -> str:
    """Return the code printed on the letter of a confirmation: nobody without the secret can make it from a number.

    >>> len(verification_code(b"secret", "GZ21-2022-0000123"))
    12
    """
    value = int.from_bytes(hmac.new(secret, number.encode(), hashlib.sha256).digest(), "big")
    letters = []
    for _ in range(_CODE_LETTERS):
        value, index = divmod(value, len(_ALPHABET))
        letters.append(_ALPHABET[index])
    return "".join(letters)
