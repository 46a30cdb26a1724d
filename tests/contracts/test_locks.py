"""What is installed is pinned by hash and named without an address."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# Written so that this file does not name them itself.
REGISTRY = re.compile(r"(pyp[i]|pythonhoste[d]|npmj[s]|debia[n])\.(org|com)|files\.pytho[n]")


def committed_files() -> list[Path]:
    command = ["git", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_committed_file_names_a_registry() -> None:
    named = []
    for file in committed_files():
        if file.is_file():
            text = file.read_bytes().decode(errors="ignore")
            named += [f"{file.relative_to(ROOT)}: {found.group()}" for found in REGISTRY.finditer(text)]
    assert named == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_each_requirement_is_exact_and_hashed(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry for entry in entries if not re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", entry)] == []
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_front_end_lock_has_hashes_and_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert [name for name, package in packages.items() if name and not package.get("integrity")] == []


def test_the_locks_hold_what_pyproject_pins() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    pinned = dict(re.findall(r'"([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)"', project))
    locked = dict(re.findall(r"^([\w.-]+)==(\S+)", "\n".join(lock.read_text() for lock in LOCKS), re.MULTILINE))
    assert {name: locked.get(re.sub(r"[._]", "-", name.lower())) for name in pinned} == pinned
