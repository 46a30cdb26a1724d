"""A published scheme whose limit points at a rate: it knows the rate of each day, by the law of this book."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.people import make_actor, make_demo_book
from tests.factories.pool import make_law

from yulin.people.enums import Role
from yulin.pool.adapters.packs import laws_of
from yulin.rules.adapters.shipped import shipped_texts
from yulin.rules.services import draft_pack, publish_pack

pytestmark = pytest.mark.django_db
SCHEME = "hb-knowledge-2025"


def most_ppm(on):
    return laws_of(SCHEME)[-1].pack.scheme.limits["rate"].most_ppm(on)


def test_a_published_scheme_knows_the_rate_of_a_day_and_a_newer_quote_once_it_is_published():
    make_demo_book(date(2025, 7, 1))
    make_law(SCHEME)
    assert laws_of(SCHEME)[-1].pack is laws_of(SCHEME)[-1].pack  # what is compiled of it is kept
    assert (most_ppm(date(2025, 7, 1)), most_ppm(date(2026, 9, 20))) == (45_000, None)
    text = shipped_texts("rate-lpr")["pack.yaml"]
    newer = text.replace("2025-05-20: 3.00%}\n    until: 2026-09-20", "2025-05-20: 3.00%, 2026-09-20: 2.90%}")
    maker, checker = make_actor(Role.AUTHORITY_OFFICER), make_actor(Role.AUTHORITY_CHECKER)
    publish_pack(actor=checker, draft_id=draft_pack(actor=maker, texts={"pack.yaml": newer}).pk)
    assert (most_ppm(date(2025, 7, 1)), most_ppm(date(2026, 9, 20))) == (45_000, 44_000)
