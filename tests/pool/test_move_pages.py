"""The pages of keep-or-move: compared, proposed, decided by another, refused with the reason, taken along."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.people import make_client, make_demo_book
from tests.factories.pool import FIRM_CODES, make_bank, make_enrolment, make_law

from yulin.people.enums import Role
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.models import Enrolment, SchemeMove

pytestmark = pytest.mark.django_db


@pytest.fixture
def compared():
    """The address of the comparison of two Guangzhou schemes with one loan in force under the older."""
    make_demo_book(date(2022, 1, 19))
    old, new = make_law("gz-credit-2018"), make_law()
    one = make_enrolment(make_bank()[1], old, disbursed_on=date(2020, 8, 3), due_on=date(2021, 8, 3))
    Enrolment.objects.filter(pk=one.pk).update(state="conditional", conditional_until=date(2022, 12, 31))
    return f"moves/preview/?from={old.published_id}&to={new.published_id}"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_move_from_comparison_to_report(compared, language):
    officer, checker = make_client(Role.AUTHORITY_OFFICER), make_client(Role.MANAGER_CHECKER)
    assert officer.get(f"/{language}/moves/").status_code == 200
    page = officer.get(f"/{language}/{compared}")
    assert (page.status_code, page.context["shown"].report["can_move"]) == (200, 1)
    assert page.context["form"]["rule"].value() == "keep"  # what the new scheme says
    without_reason = officer.post(f"/{language}/{compared}", {"rule": "move", "note": ""})
    assert (without_reason.status_code, SchemeMove.objects.exists()) == (422, False)
    answer = officer.post(f"/{language}/{compared}", {"rule": "move", "note": "局务会议定"})
    one = SchemeMove.objects.get()
    assert answer["Location"] == f"/{language}/moves/{one.pk}/"
    again = officer.post(f"/{language}/{compared}", {"rule": "keep", "note": "局务会议定"})
    assert (again.status_code, "POOL.MOVE.WAITS" in again.content.decode()) == (422, True)
    own = officer.get(answer["Location"])
    assert (own.context["form"], own.context["is_own"]) == (None, True)
    assert (
        f"/{language}/moves/{one.pk}/" in make_client(Role.AUTHORITY_CHECKER).get(f"/{language}/home/").content.decode()
    )
    decided = checker.post(f"/{language}/moves/{one.pk}/decide/", {"decision": "approve"})
    assert decided["Location"] == f"/{language}/moves/{one.pk}/"
    assert Enrolment.objects.get().scheme_id == "gz-credit-2021"
    second = checker.post(f"/{language}/moves/{one.pk}/decide/", {"decision": "refuse", "note": "x"})
    assert (second.status_code, "POOL.MOVE.DECIDED" in second.content.decode()) == (422, True)
    auditor = make_client(Role.AUDITOR)
    assert auditor.get(f"/{language}/moves/{one.pk}/?show=staying").context["page"].paginator.count == 0
    sheet = b"".join(auditor.get(f"/{language}/moves/{one.pk}/?format=csv").streaming_content).decode()
    assert ("50%" in sheet, len(sheet.strip().splitlines())) == (True, 2)


def test_what_cannot_be_compared_says_why(compared):
    client = make_client(Role.AUTHORITY_OFFICER)
    backwards = client.get(
        "/zh-hans/moves/preview/?from={1}&to={0}".format(
            *(part.split("=")[1] for part in compared.split("?")[1].split("&"))
        )
    )
    assert (backwards.status_code, "POOL.MOVE.NOT_REPLACED" in backwards.content.decode()) == (422, True)
    nothing = client.get("/zh-hans/moves/preview/")
    assert (nothing.status_code, "RULES.PACK.UNKNOWN" in nothing.content.decode()) == (404, True)


def test_the_comparison_asks_as_much_of_the_database_for_three_banks_as_for_one(compared):
    client, old = make_client(Role.AUTHORITY_OFFICER), law_by_id(Enrolment.objects.get().pack_id)
    counts = []
    for more in (0, 2):
        for code in FIRM_CODES[1 : 1 + more]:
            days = {"disbursed_on": date(2020, 8, 3), "due_on": date(2021, 8, 3), "firm_code": code}
            make_enrolment(make_bank()[1], old, **days)
        Enrolment.objects.update(state="conditional", conditional_until=date(2022, 12, 31))
        client.get(f"/zh-hans/{compared}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/zh-hans/{compared}").context["shown"].report["loans_in_all"] == 1 + more
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 30
