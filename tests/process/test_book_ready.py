"""A command on a database of an earlier version, or of none, says what to run first, and shows no stack trace."""

from __future__ import annotations

import contextlib

import pytest

from yulin.cli.__main__ import main


@pytest.mark.parametrize(
    "words",
    [
        ("demo", "load"),
        ("ledger", "verify"),
        ("people", "client", "list"),
        ("exchange", "enrol", "loans.csv", "--scheme", "gz-credit-2021", "--bank", "B01"),
    ],
)
def test_a_database_that_is_behind_is_named(monkeypatch, capsys, words):
    monkeypatch.setattr("yulin.cli.instance.database_ready", contextlib.nullcontext)
    monkeypatch.setattr("yulin.cli.preparation.waiting_migrations", lambda: ["pool.0001", "pool.0002"])
    assert main(words) == 1
    said = capsys.readouterr()
    assert "2 steps behind" in said.out + said.err
    assert "yulin prepare" in said.out + said.err
