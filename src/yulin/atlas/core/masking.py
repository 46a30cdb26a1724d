"""Numbers of people inside texts, masked for all who have no duty to know them.

An identity number keeps its place of issue and its last four signs, a mobile number its first three and last four.
"""

from __future__ import annotations

import re

# Seventeen digits with a day of birth in the middle, then a digit or X; a USCC has no day there.
_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])(\d{6})(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(\d{3}[\dXx])(?![0-9A-Za-z])"
)
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")


def masked(text: str) -> str:
    """Return a text without whole numbers of people.

    >>> masked("法定代表人：440106199003071234，13812345678")
    '法定代表人：440106********1234，138****5678'
    """
    return _MOBILE.sub(r"\1****\2", _IDENTITY.sub(r"\1********\2", text))
