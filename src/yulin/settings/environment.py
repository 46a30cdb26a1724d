"""How settings are read: every one is an environment variable `YULIN_*` with a default and a line in docs/settings.md.

Invariant: nothing else in Yulin reads the environment for a setting, so the table in the docs is the whole list.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})


class SettingError(ValueError):
    """A setting holds something that cannot be understood."""


def read_text(name: str, default: str = "") -> str:
    """Return the setting as it stands, or its default."""
    return os.environ.get(name, default)


def read_flag(name: str, *, default: bool) -> bool:
    """Return a yes/no setting; any other word stops the start."""
    word = os.environ.get(name, "yes" if default else "no").strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise SettingError(f"{name} is {word!r}; it must be yes or no.")


def read_number(name: str, default: int, *, least: int = 0) -> int:
    """Return a whole number that is not below `least`; anything else stops the start."""
    text = os.environ.get(name, str(default))
    try:
        number = int(text)
    except ValueError:
        raise SettingError(f"{name} is {text!r}; it must be a whole number.") from None
    if number < least:
        raise SettingError(f"{name} is {number}; it must be {least} or more.")
    return number


def upload_limits() -> tuple[int, int]:
    """Return the largest file that is taken, in MB, and the most rows of a sheet; also where no instance runs."""
    return (
        read_number("YULIN_UPLOAD_LIMIT_MB", 64, least=1),
        read_number("YULIN_UPLOAD_LIMIT_ROWS", 300_000, least=1),
    )


def read_list(name: str, default: str = "") -> list[str]:
    """Return a comma-separated setting as a list without blanks."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def read_networks(name: str) -> list[str]:
    """Return a comma-separated setting as IP networks; anything else stops the start."""
    found = read_list(name)
    for one in found:
        try:
            ip_network(one, strict=False)
        except ValueError:
            raise SettingError(f"{name} holds {one!r}; it must be networks such as 10.1.2.0/24.") from None
    return found


def home_folder() -> Path:
    """Return the folder that holds all of one instance: `YULIN_HOME`, else `.yulin` here, else the user's own."""
    chosen = read_text("YULIN_HOME")
    if chosen:
        return Path(chosen).expanduser().resolve()
    here = Path.cwd() / ".yulin"
    if here.is_dir():
        return here
    return Path("~/.local/share/yulin").expanduser()


def secret_key(home: Path) -> str:
    """Return `YULIN_SECRET_KEY`, or the key of this instance, made once and readable by its owner alone."""
    given = read_text("YULIN_SECRET_KEY")
    if given:
        return given
    place = home / "secret_key"
    if not place.exists():
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f"secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50), "ascii")
        with contextlib.suppress(FileExistsError):
            place.hardlink_to(draft)  # whole or not at all; of several processes that start, the first one's stays
        draft.unlink()
    return place.read_text("ascii")


def database(dsn: str, *, pool_size: int) -> dict[str, Any]:
    """Return Django's settings for a URL or `key=value` words, with a pool of connections unless its size is 0."""
    words = conninfo_to_dict(dsn)
    options: dict[str, Any] = {
        key: value for key, value in words.items() if key not in {"dbname", "user", "password", "host", "port"}
    }
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 20}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": words.get("dbname", "yulin"),
        "USER": words.get("user", ""),
        "PASSWORD": words.get("password", ""),
        "HOST": words.get("host", ""),
        "PORT": str(words.get("port", "")),
        "OPTIONS": options,
        "ATOMIC_REQUESTS": False,
        # A database that was killed and runs again must not cost each pooled connection a failed page.
        "CONN_HEALTH_CHECKS": bool(pool_size),
    }
