"""What processes share of what they worked out."""

from __future__ import annotations

import os
import subprocess
import sys
from uuid import uuid4

import pytest
from django.core.cache import caches

from yulin.kit.kept import KeptFiles, forget_kept, kept


def _never() -> str:
    raise AssertionError("worked out anew")


def test_a_value_is_worked_out_once_for_what_it_depends_on():
    of = uuid4()
    assert kept("tried", (of, 1), lambda: "one") == "one"
    assert kept("tried", (of, 1), _never) == "one"
    assert kept("tried", (of, 2), lambda: "two") == "two"
    assert kept("otherwise", (of, 1), lambda: "three") == "three"


@pytest.mark.slow
def test_another_process_finds_it():
    of = str(uuid4())
    assert kept("tried", of, lambda: (1, "二", None)) == (1, "二", None)
    program = f"""
import os, django
from django.conf import settings
settings.configure(CACHES={{"kept": {{"BACKEND": "yulin.kit.kept.KeptFiles",
                                     "LOCATION": os.path.join(os.environ["YULIN_HOME"], "cache")}}}})
from yulin.kit.kept import kept
print(kept("tried", {of!r}, lambda: "worked out anew"))
"""
    said = subprocess.run([sys.executable, "-c", program], env=os.environ, capture_output=True, text=True, check=True)
    assert said.stdout == "(1, '二', None)\n"


def test_where_nothing_can_be_kept_the_value_is_worked_out_each_time(monkeypatch, caplog):
    def is_full(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    of = uuid4()
    with monkeypatch.context() as now:
        now.setattr(type(caches["kept"]), "set", is_full)
        assert kept("tried", of, lambda: "one") == "one"
    assert "nothing was kept of tried" in caplog.text
    assert kept("tried", of, lambda: "two") == "two"


def test_what_another_version_worked_out_is_forgotten():
    of = uuid4()
    assert kept("tried", of, lambda: "before") == "before"
    forget_kept()
    assert kept("tried", of, lambda: "after") == "after"


def test_of_too_many_values_some_go(tmp_path):
    cache = KeptFiles(str(tmp_path), {"OPTIONS": {"MAX_ENTRIES": 300}})
    for number in range(600):
        cache.set(str(number), number)
    assert 0 < len(list(tmp_path.iterdir())) <= 300 + 50
