"""An audit pack recomputes as equal on bare Python, and as different after anything in it was changed."""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yulin.demo.load import load_demo_book
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.services import seal_transfers
from yulin.ledger.services import sealing as ledger_sealing
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.services import audit, seal_audit_trail
from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.models import Claim, Enrolment
from yulin.pool.services.audit_packs.write_audit_pack import SCRIPTS, write_audit_pack

pytestmark = pytest.mark.django_db
FOLDER = Path(str(files("yulin.pool.core.audit_pack") / "scripts"))
YEAR = PackScope(year=2022)
# Columns that a check recomputes from other columns: changed by one fen they differ even under a new manifest.
PROVEN = {
    "enrolments.csv": set(),
    "claims.csv": {"principal_fen", "loss_base_fen", "decided_base_fen", "public_fen", "over_cap_fen"},
    "claim_deductions.csv": {"amount_fen"},
    "sheet_lines.csv": {"amount_fen"},
    "vouchers.csv": {"amount_fen"},
    "recoveries.csv": {"gross_fen", "cost_fen", "net_fen", "remitted_fen", "carried_fen", "refund_due_fen"},
    "recovery_lines.csv": {"amount_fen"},
    "remittances.csv": {"amount_fen"},
    "ledger/accounts.csv": {"posted_fen", "held_out_fen", "held_in_fen"},
    "ledger/balances.csv": {"posted_fen", "held_out_fen", "held_in_fen"},
    "ledger/holds.csv": {"rest_fen"},
}


def write(asked: PackScope, actor=SYSTEM_ACTOR) -> bytes:
    out = io.BytesIO()
    write_audit_pack(actor=actor, scope=asked, out=out)
    return out.getvalue()


def recompute(pack: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    """Unpack, and run the pack's own script with a Python that sees nothing but the standard library."""
    with zipfile.ZipFile(io.BytesIO(pack)) as unpacked:
        unpacked.extractall(folder)
    command = [sys.executable, "-I", "-S", str(folder / "recompute.py")]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)


@lru_cache(maxsize=1)
def scripts() -> dict[str, object]:
    """Return the main script's names, as Python runs it, for checks in this process."""
    sys.path.insert(0, str(FOLDER))
    try:
        names: dict[str, object] = {"__file__": str(FOLDER / "recompute.py"), "__name__": "recompute"}
        exec(compile((FOLDER / "recompute.py").read_text(encoding="utf-8"), "recompute.py", "exec"), names)
    finally:
        sys.path.remove(str(FOLDER))
    return names


def differs(pack: bytes, folder: Path) -> bool:
    path = folder / "changed.zip"
    path.write_bytes(pack)
    return scripts()["main"]([str(path)]) == 1  # type: ignore[operator]


def changed(pack: bytes, new: Mapping[str, bytes], *, is_manifest_mended: bool = False) -> bytes:
    """Return a pack with other files in it, and if asked with a manifest that fits them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pack)) as old, zipfile.ZipFile(out, "w") as fresh:
        manifest = json.loads(old.read("manifest.json"))
        for one in manifest["files"]:
            content = new.get(one["name"], old.read(one["name"]))
            if is_manifest_mended:
                one |= {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            fresh.writestr(one["name"], content)
        fresh.writestr("manifest.json", json.dumps(manifest))
    return out.getvalue()


def table(pack: bytes, name: str) -> tuple[list[str], list[list[str]]]:
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        head, *rows = csv.reader(io.StringIO(opened.read(name).decode("utf-8-sig"), newline=""))
    return head, rows


def table_bytes(head: list[str], rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue().encode("utf-8-sig")


def names_of(pack: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        return opened.namelist()


def money_cells(pack: bytes, name: str, columns: set[str] | None = None) -> list[tuple[int, int]]:
    """Return the row and column of every amount of a table."""
    head, rows = table(pack, name)
    wanted = [i for i, column in enumerate(head) if column.endswith("_fen") and (columns is None or column in columns)]
    return [(row, i) for row in range(len(rows)) for i in wanted if rows[row][i]]


@pytest.fixture(scope="module")
def packs(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[dict[str, bytes]]:
    """The pack of the demo book's year, sealed, and that of one paid claim."""
    with django_db_blocker.unblock(), transaction.atomic(), scope(EVERYTHING):
        load_demo_book()
        _seal_all()
        paid = Claim.objects.filter(state="paid").order_by("pk").first()
        assert paid is not None
        year, again, claim = write(YEAR), write(YEAR), write(PackScope(claim=paid.number, with_documents=True))
        active = Enrolment.objects.filter(state="active", outstanding_fen__gt=0).order_by("pk").first()
        loan = write(PackScope(loan=active.number))
        of_scheme = write(PackScope(year=2022, scheme=paid.scheme_id))
        yield {"year": year, "again": again, "claim": claim, "loan": loan, "scheme": of_scheme}
        transaction.set_rollback(True)
    clock.forget_pin()


def _seal_all() -> None:
    """Seal what this transaction wrote, in several seals, as if it had been written by one that has ended."""
    with connection.cursor() as cursor, pytest.MonkeyPatch.context() as patched:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for written in ("ledger_transfer", "people_auditentry"):
            cursor.execute(f"SELECT relforcerowsecurity FROM pg_class WHERE relname = '{written}'")
            is_forced = cursor.fetchone()[0]
            cursor.execute(f"ALTER TABLE {written} DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY")
            cursor.execute(f"UPDATE {written} SET transaction = 1")
            forced = ", FORCE ROW LEVEL SECURITY" if is_forced else ""
            cursor.execute(f"ALTER TABLE {written} ENABLE TRIGGER USER{forced}")
        patched.setattr(ledger_sealing, "BATCH", 2_000)
        patched.setattr(audit, "BATCH", 50)
        assert seal_transfers() > 5_000
        assert seal_audit_trail() > 100


@pytest.mark.slow
@pytest.mark.parametrize("name", ["year", "claim", "loan", "scheme"])
def test_a_pack_recomputes_as_equal_on_bare_python(packs, tmp_path, name):
    done = recompute(packs[name], tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.count("相符 equal") == 17  # every check, and the result
    assert "不符" not in done.stdout


@pytest.mark.slow
def test_a_part_says_what_it_does_not_show(packs, tmp_path):
    said = recompute(packs["loan"], tmp_path).stdout
    assert "seals here in part" in said
    assert "their balances are not shown" in said
    assert "seals here in part" not in recompute(packs["year"], tmp_path / "year").stdout


@pytest.mark.slow
def test_the_same_book_gives_the_same_bytes_but_for_the_instant(packs):
    with zipfile.ZipFile(io.BytesIO(packs["year"])) as year, zipfile.ZipFile(io.BytesIO(packs["again"])) as again:
        assert year.namelist() == again.namelist()
        for name in year.namelist()[:-1]:
            assert year.read(name) == again.read(name)
        manifests = [json.loads(one.read("manifest.json")) for one in (year, again)]
    assert [one.pop("made_at") for one in manifests] != ["", ""]
    assert manifests[0] == manifests[1]


@pytest.mark.slow
def test_one_changed_fen_in_any_money_column_differs(packs, tmp_path):
    pack, seen = packs["year"], 0
    for name in [one for one in names_of(pack) if one.endswith(".csv")]:
        cells = money_cells(pack, name)
        for row, column in {column: (row, column) for row, column in reversed(cells)}.values():
            head, rows = table(pack, name)
            rows[row][column] = str(int(rows[row][column]) + 1)
            assert differs(changed(pack, {name: table_bytes(head, rows)}), tmp_path), (name, head[column])
            seen += 1
    assert seen > 30


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(name for name, columns in PROVEN.items() if columns))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(chosen=st.data())
def test_one_changed_fen_is_found_even_if_the_manifest_was_mended(packs, tmp_path_factory, name, chosen):
    pack = packs["year"]
    cells = counting_cells(pack, name)
    row, column = chosen.draw(st.sampled_from(cells))
    step = chosen.draw(st.sampled_from([-1, 1, 10_000]))
    head, rows = table(pack, name)
    rows[row][column] = str(int(rows[row][column]) + step)
    mended = changed(pack, {name: table_bytes(head, rows)}, is_manifest_mended=True)
    assert differs(mended, tmp_path_factory.mktemp("changed")), (rows[row], head[column])


@lru_cache(maxsize=16)
def counting_cells(pack: bytes, name: str) -> list[tuple[int, int]]:
    """Return the proven amounts of rows that are law: a decided claim, a receipt that stands, a voucher not void."""
    head, rows = table(pack, name)
    lines = [dict(zip(head, row, strict=True)) for row in rows]
    return [cell for cell in money_cells(pack, name, PROVEN[name]) if _is_law(name, lines[cell[0]])]


def _is_law(name: str, line: Mapping[str, str]) -> bool:
    if name == "claims.csv":
        return line["state"] in {"decided", "noticed", "approved", "paid", "recalled"}
    return not line.get("undone_on") and line.get("state") != "void"


@pytest.mark.slow
@pytest.mark.parametrize("act", ["removed", "swapped"])
@pytest.mark.parametrize("is_mended", [False, True])
def test_a_removed_or_swapped_row_differs(packs, tmp_path, act, is_mended):
    pack = packs["year"]
    names = ["vouchers.csv", "recovery_lines.csv", "sheet_lines.csv", "ledger/accounts.csv", "audit/places.csv"]
    for name in names if act == "removed" or not is_mended else ["ledger/places.csv", "audit/places.csv"]:
        head, rows = table(pack, name)
        rows = rows[1:] if act == "removed" else [rows[1], rows[0], *rows[2:]]
        if name == "ledger/accounts.csv" and is_mended:
            continue  # an account that is left out can be seen by the manifest alone
        assert differs(changed(pack, {name: table_bytes(head, rows)}, is_manifest_mended=is_mended), tmp_path), name
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        for name in ("ledger/transfers.tsv", "audit/entries.jsonl"):
            lines = opened.read(name).splitlines(keepends=True)
            lines = [*lines[:2], *lines[3:]] if act == "removed" else [lines[0], lines[2], lines[1], *lines[3:]]
            if name == "audit/entries.jsonl" and act == "swapped" and is_mended:
                continue  # each entry is sealed by its own hash: their order in the file says nothing
            content = b"".join(lines)
            assert differs(changed(pack, {name: content}, is_manifest_mended=is_mended), tmp_path), name


@pytest.mark.slow
def test_a_changed_transfer_breaks_the_chain_and_the_balances(packs, tmp_path, capsys):
    with zipfile.ZipFile(io.BytesIO(packs["year"])) as opened:
        lines = opened.read("ledger/transfers.tsv").splitlines(keepends=True)
    fields = lines[1].split(b"\t")
    fields[6] = str(int(fields[6]) + 1).encode()
    content = b"".join([lines[0], b"\t".join(fields), *lines[2:]])
    assert differs(changed(packs["year"], {"ledger/transfers.tsv": content}, is_manifest_mended=True), tmp_path)
    said = capsys.readouterr().out
    assert "不符 differs  总账：封存链" in said
    assert "不符 differs  总账：余额与冻结" in said


@pytest.mark.slow
def test_a_strange_file_a_missing_file_and_another_law_differ(packs, tmp_path):
    year = packs["year"]
    done = recompute(year, tmp_path)
    assert done.returncode == 0
    (tmp_path / "more.txt").write_text("x")
    command = [sys.executable, "-I", "-S", str(tmp_path / "recompute.py")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
    (tmp_path / "more.txt").unlink()
    (tmp_path / "facts.jsonl").unlink()
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
    law = next(name for name in names_of(year) if name.endswith("law.json"))
    assert differs(changed(year, {law: b"{}"}, is_manifest_mended=True), tmp_path)


@pytest.mark.slow
def test_a_claim_s_pack_carries_its_papers_and_nobody_else_s(packs):
    pack = packs["claim"]
    head, rows = table(pack, "claim_documents.csv")
    hashes = {row[head.index("sha256")] for row in rows}
    papers = {name.removeprefix("documents/") for name in names_of(pack) if name.startswith("documents/")}
    assert papers - {"missing.jsonl"} == hashes
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        for one in hashes:
            assert hashlib.sha256(opened.read(f"documents/{one}")).hexdigest() == one
    assert len(table(pack, "enrolments.csv")[1]) == 1


def test_the_scripts_need_python_3_8_and_its_library_alone() -> None:
    lengths = []
    for name in SCRIPTS:
        text = (FOLDER / name).read_text(encoding="utf-8")
        tree = ast.parse(text, feature_version=(3, 8))
        lengths.append(len(text.splitlines()))
        imported = {
            one.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names
        }
        imported |= {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert imported <= set(sys.stdlib_module_names) | {one.removesuffix(".py") for one in SCRIPTS}
    assert max(lengths) <= 500
