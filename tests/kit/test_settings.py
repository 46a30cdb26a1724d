from __future__ import annotations

import stat
from pathlib import Path

import pytest

from yulin.exchange.adapters.bounds import Bounds, upload_bounds
from yulin.kit.limits import BYTES_PER_MB, upload_limit_bytes
from yulin.settings.environment import (
    SettingError,
    database,
    home_folder,
    read_flag,
    read_list,
    read_number,
    secret_key,
    upload_limits,
)


def test_flag_is_yes_or_no(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_flag("YULIN_X", default=True) is True
    monkeypatch.setenv("YULIN_X", "No")
    assert read_flag("YULIN_X", default=True) is False
    monkeypatch.setenv("YULIN_X", "perhaps")
    with pytest.raises(SettingError, match="YULIN_X"):
        read_flag("YULIN_X", default=True)


def test_number_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YULIN_X", "1.5")
    with pytest.raises(SettingError, match="YULIN_X"):
        read_number("YULIN_X", 1)


def test_number_below_its_least_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YULIN_X", "0")
    assert read_number("YULIN_X", 5) == 0
    with pytest.raises(SettingError, match="must be 1 or more"):
        read_number("YULIN_X", 5, least=1)


def test_one_setting_bounds_every_file(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    for name in ("YULIN_UPLOAD_LIMIT_MB", "YULIN_UPLOAD_LIMIT_ROWS"):
        monkeypatch.delenv(name, raising=False)
    assert upload_limits() == (Bounds().file_bytes // BYTES_PER_MB, Bounds().rows)
    settings.YULIN_UPLOAD_LIMIT_MB, settings.YULIN_UPLOAD_LIMIT_ROWS = 2, 7
    assert upload_limit_bytes() == 2_000_000
    assert upload_bounds() == Bounds(file_bytes=2_000_000, rows=7)


def test_list_has_no_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YULIN_X", " a, b ,,")
    assert read_list("YULIN_X") == ["a", "b"]


def test_secret_key_is_made_once_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YULIN_SECRET_KEY", raising=False)
    key = secret_key(tmp_path / "home")
    assert len(key) > 50
    assert secret_key(tmp_path / "home") == key
    assert stat.S_IMODE((tmp_path / "home" / "secret_key").stat().st_mode) == 0o600


def test_home_is_the_folder_here_if_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YULIN_HOME")
    monkeypatch.chdir(tmp_path)
    assert home_folder() == Path("~/.local/share/yulin").expanduser()
    (tmp_path / ".yulin").mkdir()
    assert home_folder() == tmp_path / ".yulin"


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://yulin:secret@db:5433/pool?sslmode=require",
        "host=db port=5433 user=yulin password=secret dbname=pool sslmode=require",
    ],
)
def test_database_is_named_by_url_or_words(dsn: str) -> None:
    settings = database(dsn, pool_size=4)
    assert (settings["NAME"], settings["HOST"], settings["PORT"], settings["USER"]) == ("pool", "db", "5433", "yulin")
    assert settings["OPTIONS"] == {"sslmode": "require", "pool": {"min_size": 1, "max_size": 4, "timeout": 20}}
