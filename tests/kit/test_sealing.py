"""Sealers run in turn; one that fails keeps no other from sealing and is tried again."""

from threading import Event

import pytest

from yulin.kit import sealing


@pytest.fixture
def sealers(monkeypatch):
    monkeypatch.setattr(sealing, "_SEALERS", {})


@pytest.mark.django_db
@pytest.mark.usefixtures("sealers")
def test_a_sealer_that_fails_is_named_and_the_others_go_on():
    ran = []

    def fails():
        ran.append("first")
        raise RuntimeError("the database is away")

    sealing.seal_with("first", fails)
    sealing.seal_with("second", lambda: ran.append("second") or 0)
    assert sealing.seal_once() == ["first"]
    assert sealing.seal_once() == ["first"]
    assert ran == ["first", "second"] * 2


@pytest.mark.django_db
@pytest.mark.usefixtures("sealers")
def test_sealing_goes_on_until_it_is_told_to_stop():
    stopping, count = Event(), []

    def sealer():
        count.append(1)
        if len(count) == 3:
            stopping.set()
        return 1

    sealing.seal_with("only", sealer)
    sealing.keep_sealing(stopping, pause_seconds=0)
    assert len(count) == 3


def test_the_audit_trail_has_a_sealer():
    assert "people.audit" in sealing._SEALERS
