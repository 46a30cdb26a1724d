"""Pages of laws: what is published rules here, two versions stand side by side, and the law is public."""

from __future__ import annotations

from datetime import date
from threading import Thread

import pytest
from django.test import Client
from tests.factories.people import TODAY, make_actor, make_client, make_demo_book, make_organisation

from yulin.people.enums import OrganisationKind, Role
from yulin.rules.adapters import shipped
from yulin.rules.adapters.shipped import shipped_pack_ids, shipped_texts
from yulin.rules.selectors import _law_of_book, law_packs, law_versions, read_all_law, versions_of_law
from yulin.rules.services import draft_pack, draft_shipped_pack, publish_pack

pytestmark = pytest.mark.django_db
LAW = "title-techsme-2017"


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


def changed(start: str = "2022-06-01", staff: int = 300) -> dict[str, str]:
    texts = shipped_texts(LAW)
    law = texts["pack.yaml"].replace("from: 2017-05-03", f"from: {start}")
    return {"pack.yaml": law.replace("staff_count <= 500", f"staff_count <= {staff}")}


def publish(texts: dict[str, str] | None = None):
    bureau = make_organisation(OrganisationKind.AUTHORITY)
    maker, checker = make_actor(Role.AUTHORITY_OFFICER, bureau), make_actor(Role.AUTHORITY_CHECKER, bureau)
    draft = draft_pack(actor=maker, texts=texts) if texts else draft_shipped_pack(actor=maker, pack_id=LAW)
    return publish_pack(actor=checker, draft_id=draft.pk)


def days(pack_id: str = LAW) -> list[tuple[date, date | None]]:
    return [(p.effective_from, p.effective_until) for p in law_packs("title") if p.id == pack_id]


def test_what_ships_rules_until_the_first_published_version_begins():
    assert days() == [(date(2017, 5, 3), None)]
    publish(changed())
    assert days() == [(date(2017, 5, 3), date(2022, 6, 1)), (date(2022, 6, 1), None)]
    old, new = (pack for pack in law_packs("title") if pack.id == LAW)
    assert (old.rules("new_application", date(2022, 5, 31)), old.rules("new_application", date(2022, 6, 1))) == (
        True,
        False,
    )
    assert new.rules("new_application", date(2022, 6, 1))


def test_a_published_version_ends_the_published_one_before():
    publish()
    publish(changed())
    assert days() == [(date(2017, 5, 3), date(2022, 6, 1)), (date(2022, 6, 1), None)]
    assert all(one.row for one in law_versions() if one.pack.id == LAW)


def test_a_pack_that_replaces_an_open_one_ends_it():
    text = changed()["pack.yaml"].replace(f"id: {LAW}", "id: title-techsme-2022\nreplaces: title-techsme-2017")
    publish({"pack.yaml": text})
    assert days() == [(date(2017, 5, 3), date(2022, 6, 1))]
    assert [one.pack.id for one in versions_of_law(LAW)] == [LAW, "title-techsme-2022"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_law_has_a_page_that_anybody_may_read(language):
    client = Client()
    listed = client.get(f"/{language}/laws/").content.decode()
    for one in law_versions():
        assert one.pack.document in listed
        page = client.get(f"/{language}/laws/{one.pack.id}/?version={one.key}")
        assert page.status_code == 200, one.key
        text = page.content.decode()
        assert all(f'id="{row.id}"' in text for row in one.pack.rows() if row.where != one.pack.where)


def test_the_diff_shows_the_number_that_moved_and_the_effect_is_not_for_everybody():
    row = publish(changed())
    address = f"/zh-hans/laws/compare/?old={LAW}@shipped&new={LAW}@{row.pk}"
    text = Client().get(address).content.decode()
    assert "staff_count &lt;= 500" in text
    assert "staff_count &lt;= 300" in text
    assert "law-effect" not in text
    assert "law-effect" in make_client(Role.BANK_CLERK).get(address).content.decode()
    assert Client().get(f"/zh-hans/law-effect/?old={LAW}@shipped&new={LAW}@{row.pk}").status_code == 302


def test_an_unknown_version_is_not_found():
    assert Client().get("/zh-hans/laws/none-such/").status_code == 404
    assert Client().get(f"/zh-hans/laws/{LAW}/?version={LAW}@99999").status_code == 404
    assert Client().get("/zh-hans/laws/compare/?old=x&new=y").status_code == 404


def test_the_text_is_given_as_it_is():
    answer = Client().get(f"/zh-hans/laws/{LAW}/pack.yaml")
    assert answer.content.decode() == shipped_texts(LAW)["pack.yaml"]


@pytest.mark.parametrize("is_published", [True, False])
def test_the_cases_of_a_version_that_a_later_one_ends_hold_as_they_were_written(client, is_published):
    old = publish() if is_published else None
    publish(changed())
    shown = client.get(f"/en/laws/{LAW}/?version={LAW}@{old.pk if old else 'shipped'}")
    assert shown.context["version"].pack.effective_until == date(2022, 6, 1)
    assert shown.context["cases"]
    assert shown.context["failing"] == []


def test_the_law_is_read_ahead_once_however_many_ask_and_the_list_then_reads_none(monkeypatch):
    read: list[str] = []

    def reading(texts, vocabulary):
        read.append(texts["pack.yaml"])
        return load(texts, vocabulary)

    load = shipped.load_pack
    monkeypatch.setattr(shipped, "load_pack", reading)
    shipped._pack.cache_clear()
    threads = [Thread(target=read_all_law) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    _law_of_book.cache_clear()
    assert sorted(read) == sorted(shipped_texts(each)["pack.yaml"] for each in shipped_pack_ids())
    assert Client().get("/en/laws/").status_code == 200
    assert len(read) == len(shipped_pack_ids())
