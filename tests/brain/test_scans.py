"""Scanned documents read by a program on the PATH: a stand-in for tesseract, as the environment of this instance."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.db import connection
from tests.brain.test_check_up_pages import text
from tests.factories.people import TODAY, make_actor, make_client, make_demo_book
from tests.factories.policy_files import empty_pdf

from yulin.brain import services
from yulin.brain.adapters import scanned
from yulin.brain.adapters.scanned import MOST_SCANNED_PAGES, missing_engine, scanned_pages
from yulin.brain.errors import ScanUnreadableError
from yulin.brain.models import Policy, PolicyFile, PolicyVersion
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry, Notice

pytestmark = pytest.mark.django_db

WORDS = (
    (1, 1, "96", "示例市"), (1, 2, "90", "贷款"), (1, 3, "92.5", "贴息办法"), (2, 1, "-1", ""),
    (2, 2, "88", "一、支持标准"), (3, 1, "70", "每户每年最高"), (3, 2, "80", "20"), (3, 3, "80", "万元。"),
)  # fmt: skip
TABLE = "level\tpage_num\n" + "\n".join(
    f"5\t1\t1\t1\t{line}\t{word}\t0\t0\t9\t9\t{sure}\t{said}" for line, word, sure, said in WORDS
)


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """Give a function that puts a program named tesseract on the PATH: it lists its languages, else runs the script."""

    def put(script: str, languages: str = "chi_sim") -> None:
        (tmp_path / "table.tsv").write_text(TABLE)
        program = tmp_path / "tesseract"
        program.write_text(
            f'#!/bin/sh\nif [ "$1" = --list-langs ]; then echo "List:"; echo {languages}; exit 0; fi\n{script}\n'
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    return put


@pytest.fixture
def reads(engine, tmp_path):
    engine(f'head -c 2 "$1" | grep -q P5 && cat {tmp_path}/table.tsv')


def scan(pages: int = 2) -> PolicyFile:
    return services.take_in_policies(actor=SYSTEM_ACTOR, name="扫描件.pdf", content=empty_pdf(pages)).file


def test_what_was_read_waits_for_another_person_with_how_sure_it_is(reads, officer, bureau):
    file = scan()
    services.ask_for_scan(actor=officer, file_id=file.pk)
    version = services.read_scan(actor=SYSTEM_ACTOR, file_id=file.pk)
    assert version is not None
    assert version.text.startswith("示例市贷款贴息办法\n一、支持标准\n每户每年最高20万元。")
    assert (version.amount_fen, version.sure["text"], version.made_by_id) == (20_000_000, 84, officer.user_id)
    assert version.defects[0] == "ocr"
    assert [(one.number, one.state) for one in version.policy.versions.order_by("number")] == [
        (1, "withdrawn"),
        (2, "proposed"),
    ]
    file.refresh_from_db()
    assert (file.report["scan"]["state"], file.report["scan"]["sure"]) == ("done", 84)
    assert Notice.objects.get(kind="brain.scan").title_zh == "复核识别出的文字：扫描件.pdf"
    checker = make_actor(Role.AUTHORITY_CHECKER, bureau)
    assert services.publish_file(actor=checker, file_id=file.pk) == 0
    assert Policy.objects.get().current is None
    services.decide_version(actor=checker, version_id=version.pk, is_published=True)
    assert Policy.objects.get().current_id == version.pk
    assert services.read_scan(actor=SYSTEM_ACTOR, file_id=file.pk) is None
    assert PolicyVersion.objects.count() == 2


def test_who_asked_for_it_does_not_publish_it(reads, bureau):
    both, file = make_actor(Role.AUTHORITY_CHECKER, bureau), scan()
    services.ask_for_scan(actor=both, file_id=file.pk)
    version = services.read_scan(actor=SYSTEM_ACTOR, file_id=file.pk)
    with pytest.raises(services.policies.SamePersonError):
        services.decide_version(actor=both, version_id=version.pk, is_published=True)


def test_it_is_asked_for_once_and_only_by_an_editor(reads, officer):
    file = scan()
    with pytest.raises(NotAllowedError):
        services.ask_for_scan(actor=make_actor(Role.FIRM_USER), file_id=file.pk)
    for _ in range(2):
        services.ask_for_scan(actor=officer, file_id=file.pk)
    assert AuditEntry.objects.filter(action="brain.ask_for_scan").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'brain.read_scan'")
        assert cursor.fetchone() == (1,)
    other = services.take_in_policies(actor=SYSTEM_ACTOR, name="a.txt", content="办法\n支持企业。".encode()).file
    with pytest.raises(ScanUnreadableError, match="等待识别"):
        services.ask_for_scan(actor=officer, file_id=other.pk)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 3", "第1页识别失败（3）"),
        ("exit 0", "没有识别出文字"),
        ("sleep 30", "超过1秒"),
        ("yes 5 | head -c 60000000", "识别失败"),
        ("printf '\\377\\376\\000no table'", "没有识别出文字"),
    ],
)
def test_a_program_that_fails_says_so_and_leaves_what_was_there(engine, officer, monkeypatch, script, why):
    engine(script)
    monkeypatch.setattr(scanned, "PAGE_SECONDS", 1.0 if "sleep" in script else 20.0)
    file, begun = scan(), time.monotonic()
    services.ask_for_scan(actor=officer, file_id=file.pk)
    assert services.read_scan(actor=SYSTEM_ACTOR, file_id=file.pk) is None
    assert time.monotonic() - begun < 25
    file.refresh_from_db()
    assert file.report["scan"]["state"] == "failed"
    assert why in file.report["scan"]["zh"]
    assert [one.state for one in PolicyVersion.objects.all()] == ["proposed"]
    services.ask_for_scan(actor=officer, file_id=file.pk)  # it can be asked for again
    file.refresh_from_db()
    assert file.report["scan"]["state"] == "waits"


def test_the_program_has_bounds_of_memory_and_of_what_it_writes(engine, tmp_path):
    engine(f"(ulimit -v; ulimit -f; ulimit -c) > {tmp_path}/bounds; env > {tmp_path}/env")
    os.environ["YULIN_SECRET_WORD"] = "never"
    try:
        list(scanned_pages(empty_pdf(1), "a.pdf"))
    finally:
        del os.environ["YULIN_SECRET_WORD"]
    memory, written, core = (tmp_path / "bounds").read_text().split()
    assert (memory, int(written) <= 41_000, core) == (str(2 << 20), True, "0")
    assert "YULIN_SECRET_WORD" not in (tmp_path / "env").read_text()


def test_too_many_pages_are_refused_with_the_figure(reads):
    with pytest.raises(ScanUnreadableError, match=f"{MOST_SCANNED_PAGES + 1}页"):
        list(scanned_pages(empty_pdf(MOST_SCANNED_PAGES + 1), "a.pdf"))


def test_what_is_missing_is_named(engine, monkeypatch, tmp_path):
    engine("exit 0", languages="eng")
    assert "chi_sim" in missing_engine().zh
    monkeypatch.setenv("PATH", str(Path(tmp_path) / "none"))
    assert missing_engine().zh == "未安装tesseract"


def test_the_pages_offer_it_and_say_what_to_install(engine, reads, bureau, monkeypatch, tmp_path):
    client, file = make_client(Role.AUTHORITY_OFFICER, bureau), scan()
    version = PolicyVersion.objects.get()
    pages = [f"/zh-hans/policies/desk/files/{file.pk}/", f"/zh-hans/policies/{version.policy_id}/versions/1/"]
    assert ["识别文字（OCR）" in text(client.get(page)) for page in pages] == [True, True]
    assert "Read by OCR" in text(client.get(pages[0].replace("zh-hans", "en")))
    monkeypatch.setattr(os, "environ", {**os.environ, "PATH": str(tmp_path / "none")})
    for page in pages:
        shown = text(client.get(page))
        assert ("未安装tesseract" in shown, "tesseract-ocr-chi-sim" in shown) == (True, True)
        assert "识别文字（OCR）" not in shown
    monkeypatch.undo()
    engine("exit 0")
    assert client.post(f"{pages[0]}scan/").status_code == 302
    assert "正在识别" in text(client.get(pages[0]))


def test_the_same_scan_taken_in_again_leads_to_the_one_that_waits(bureau):
    first, again = scan(), scan()
    assert again.report["waiting"] != []
    page = text(make_client(Role.AUTHORITY_OFFICER, bureau).get(f"/zh-hans/policies/desk/files/{again.pk}/"))
    assert f'href="/zh-hans/policies/desk/files/{first.pk}/"' in page
    assert "在先前的文件中待识别或补录" in page
