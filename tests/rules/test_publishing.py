"""Packs become law by two people, and then keep their text."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from tests.factories.people import make_actor, make_organisation

from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.rules.adapters.shipped import shipped_pack, shipped_texts
from yulin.rules.enums import PackState
from yulin.rules.errors import (
    NotADraftError,
    PackKeyError,
    PackNotInForceError,
    PackOverlapError,
    SameHandsError,
    UnknownPackError,
)
from yulin.rules.models import PublishedPack
from yulin.rules.selectors import pack_in_force
from yulin.rules.services import draft_pack, draft_shipped_pack, publish_pack, withdraw_draft

pytestmark = pytest.mark.django_db
SCHEME = "gz-credit-2021"


@pytest.fixture
def bureau():
    return make_organisation(OrganisationKind.AUTHORITY)


@pytest.fixture
def maker(bureau):
    return make_actor(Role.AUTHORITY_OFFICER, bureau)


@pytest.fixture
def checker(bureau):
    return make_actor(Role.AUTHORITY_CHECKER, bureau)


def published(maker, checker, pack_id=SCHEME) -> PublishedPack:
    return publish_pack(actor=checker, draft_id=draft_shipped_pack(actor=maker, pack_id=pack_id).pk)


def test_published_pack_is_the_shipped_one(maker, checker):
    row = published(maker, checker)
    found, pack = pack_in_force(SCHEME, date(2021, 7, 1))
    assert (found, pack.version) == (row, shipped_pack(SCHEME).version)
    assert row.checked_by_id == checker.user_id


def test_a_pack_with_a_typo_is_refused_with_its_line_and_the_nearest_word(maker):
    texts = shipped_texts(SCHEME)
    wrong = {**texts, "pack.yaml": texts["pack.yaml"].replace("firm_year: {at_most:", "firm_year: {at_mots:")}
    with pytest.raises(PackKeyError) as refused:
        draft_pack(actor=maker, texts=wrong)
    line = next(number for number, text in enumerate(wrong["pack.yaml"].splitlines(), 1) if "at_mots" in text)
    assert str(refused.value).startswith(f"{SCHEME}/pack.yaml:{line}")
    assert "at_most" in refused.value.hint.zh
    assert not PublishedPack.objects.exists()


def test_drafting_the_same_text_twice_is_one_draft(maker):
    assert draft_shipped_pack(actor=maker, pack_id=SCHEME) == draft_shipped_pack(actor=maker, pack_id=SCHEME)


def test_the_maker_cannot_publish(bureau, checker):
    draft = draft_shipped_pack(actor=checker, pack_id=SCHEME)
    with pytest.raises(SameHandsError):
        publish_pack(actor=checker, draft_id=draft.pk)


def test_a_bank_cannot_draft():
    with pytest.raises(NotAllowedError):
        draft_shipped_pack(actor=make_actor(Role.BANK_CLERK), pack_id=SCHEME)


@pytest.mark.parametrize(
    ("on", "is_law"),
    [(date(2021, 6, 30), False), (date(2021, 7, 1), True), (date(2025, 9, 30), True), (date(2025, 10, 1), False)],
)
def test_interval_is_half_open(maker, checker, on, is_law):
    published(maker, checker)
    if is_law:
        assert pack_in_force(SCHEME, on)[0].pack_id == SCHEME
    else:
        with pytest.raises(PackNotInForceError):
            pack_in_force(SCHEME, on)


def test_a_pack_nobody_published_is_unknown(maker):
    draft_shipped_pack(actor=maker, pack_id=SCHEME)
    with pytest.raises(UnknownPackError):
        pack_in_force(SCHEME, date(2021, 7, 1))


def _later(texts: dict[str, str], first_day: str) -> dict[str, str]:
    law = texts["pack.yaml"].replace("effective: {from: 2021-07-01", f"effective: {{from: {first_day}")
    assert law != texts["pack.yaml"] or first_day == "2021-07-01"
    return {"pack.yaml": law}


def test_a_later_version_ends_the_one_before(maker, checker):
    first = published(maker, checker)
    later = draft_pack(actor=maker, texts=_later(shipped_texts(SCHEME), "2023-01-01"))
    publish_pack(actor=checker, draft_id=later.pk)
    first.refresh_from_db()
    assert first.effective_until == date(2023, 1, 1)
    assert pack_in_force(SCHEME, date(2022, 12, 31))[0] == first
    assert pack_in_force(SCHEME, date(2023, 1, 1))[0] == later


def test_a_version_that_begins_earlier_is_refused(maker, checker):
    published(maker, checker)
    earlier = draft_pack(actor=maker, texts=_later(shipped_texts(SCHEME), "2020-01-01"))
    with pytest.raises(PackOverlapError):
        publish_pack(actor=checker, draft_id=earlier.pk)


def test_a_withdrawn_draft_cannot_be_published(maker, checker):
    draft = withdraw_draft(actor=maker, draft_id=draft_shipped_pack(actor=maker, pack_id=SCHEME).pk)
    assert draft.state == PackState.WITHDRAWN
    with pytest.raises(NotADraftError):
        publish_pack(actor=checker, draft_id=draft.pk)


@pytest.mark.parametrize("change", [{"content": {}}, {"effective_until": None}, {"state": "draft"}, {"document": "x"}])
def test_the_database_keeps_published_law(maker, checker, change):
    row = published(maker, checker)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedPack.objects.filter(pk=row.pk).update(**change)


def test_the_database_refuses_to_delete_law(maker, checker):
    row = published(maker, checker)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedPack.objects.filter(pk=row.pk).delete()


def test_the_database_wants_four_eyes(maker):
    draft = draft_shipped_pack(actor=maker, pack_id=SCHEME)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedPack.objects.filter(pk=draft.pk).update(checked_by_id=maker.user_id)
