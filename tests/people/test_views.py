from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client
from tests.factories.people import make_actor, make_client, make_demo_book, make_membership, make_organisation

from yulin.base.errors import CalendarNotAnnouncedError
from yulin.base.text import Text
from yulin.people import services
from yulin.people.adapters.calendar import work_calendar
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import AuditEntry, CalendarDay, Membership, User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_demo_sign_in_lists_users_and_signs_in(language: str) -> None:
    make_demo_book()
    seat = make_membership(Role.BANK_CLERK)
    client = Client()
    page = client.get(f"/{language}/demo/")
    assert page.status_code == 200
    assert seat.organisation.name.in_language(language) in page.content.decode()
    answer = client.post(f"/{language}/demo/", {"membership": seat.pk})
    assert (answer.status_code, answer["Location"]) == (302, f"/{language}/home/")
    assert client.session["_auth_user_id"] == str(seat.user_id)


def test_demo_sign_in_does_not_exist_on_a_real_book() -> None:
    seat = make_membership(Role.BANK_CLERK)
    client = Client()
    assert client.get("/zh-hans/demo/").status_code == 404
    assert client.post("/zh-hans/demo/", {"membership": seat.pk}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_demo_sign_in_leads_nowhere_else() -> None:
    make_demo_book()
    seat = make_membership(Role.BANK_CLERK)
    answer = Client().post("/zh-hans/demo/", {"membership": seat.pk, "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/zh-hans/home/"


def test_nobody_signed_in_is_sent_to_sign_in_and_back() -> None:
    answer = Client().get("/zh-hans/notices/?page=2")
    assert (answer.status_code, answer["Location"]) == (
        302,
        "/zh-hans/account/login/?next=/zh-hans/notices/%3Fpage%3D2",
    )


def test_role_without_the_right_gets_the_page_that_says_so() -> None:
    answer = make_client(Role.BANK_CLERK).get("/zh-hans/audit/")
    assert answer.status_code == 403
    assert "当前身份不能打开这个页面" in answer.content.decode()


def test_switching_role_changes_the_actor() -> None:
    bank = make_organisation()
    clerk = make_membership(Role.BANK_CLERK, bank)
    manager = make_membership(Role.BANK_MANAGER, bank, user=clerk.user)
    client = Client()
    client.force_login(clerk.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/zh-hans/people/").status_code == 403
    assert client.post("/zh-hans/role/", {"membership": manager.pk}).status_code == 302
    assert client.get("/zh-hans/people/").status_code == 200


def test_role_of_somebody_else_cannot_be_taken() -> None:
    other = make_membership(Role.AUTHORITY_CHECKER)
    client = make_client(Role.BANK_CLERK)
    answer = client.post("/zh-hans/role/", {"membership": other.pk})
    assert answer.status_code == 422
    assert "PEOPLE.ROLE.NOT_HELD" in answer.content.decode()


def test_notice_is_read_by_pressing_it() -> None:
    bank = make_organisation()
    client = make_client(Role.BANK_CLERK, bank)
    notice = services.notify(
        actor=SYSTEM_ACTOR,
        organisation_id=bank.pk,
        kind="test",
        title=Text("补报10月月报", "Send October's return"),
        path="/zh-hans/returns/",
    )
    assert "未读1条" in client.get("/zh-hans/notices/").content.decode()
    assert client.post(f"/zh-hans/notices/{notice.pk}/")["Location"] == "/zh-hans/returns/"
    assert "未读0条" in client.get("/zh-hans/notices/").content.decode()
    assert make_client(Role.BANK_CLERK).post(f"/zh-hans/notices/{notice.pk}/").status_code == 404


def test_authority_sets_a_calendar_day() -> None:
    client = make_client(Role.AUTHORITY_OFFICER)
    answer = client.post("/en/calendar/", {"day": "2027-02-08", "is_workday": "no", "note": "春节"})
    assert answer["Location"] == "/en/calendar/?year=2027"
    day = CalendarDay.objects.get()
    assert (day.day, day.is_workday) == (date(2027, 2, 8), False)
    assert "Day off" in client.get("/en/calendar/?year=2027").content.decode()


def test_year_counts_once_the_authority_confirmed_it() -> None:
    client = make_client(Role.AUTHORITY_OFFICER)
    with pytest.raises(CalendarNotAnnouncedError):
        work_calendar().add_workdays(date(2026, 12, 30), 3)
    client.post("/zh-hans/calendar/", {"day": "2027-01-01", "is_workday": "no", "note": "元旦"})
    client.post("/zh-hans/calendar/2027/", {"document": "示例〔2026〕1号"})
    assert work_calendar().add_workdays(date(2026, 12, 30), 3) == date(2027, 1, 5)


def test_manager_adds_and_ends_a_person_of_the_own_organisation() -> None:
    bank = make_organisation()
    client = make_client(Role.BANK_MANAGER, bank)
    form = {"username": "chen", "name": "陈示例", "role": "bank_clerk", "password": "one-long-secret"}
    assert client.post("/zh-hans/people/", form).status_code == 302
    seat = Membership.objects.get(user__username="chen")
    assert (seat.organisation_id, seat.role) == (bank.pk, "bank_clerk")
    assert client.post("/zh-hans/people/", form | {"username": "CHEN"}).status_code == 422
    assert client.post("/zh-hans/people/", form | {"username": "x", "role": "authority_checker"}).status_code == 422
    assert make_client(Role.BANK_MANAGER).post(f"/zh-hans/people/{seat.pk}/end/").status_code == 404
    client.post(f"/zh-hans/people/{seat.pk}/end/")
    assert not Membership.objects.filter(pk=seat.pk, valid_until__isnull=True).exists()


def test_manager_resets_a_password_of_the_own_organisation_only() -> None:
    bank = make_organisation()
    client, seat = make_client(Role.BANK_MANAGER, bank), make_membership(Role.BANK_CLERK, bank)
    assert client.post(f"/zh-hans/people/{seat.pk}/password/", {"password": "short"}).status_code == 422
    assert client.post(f"/zh-hans/people/{seat.pk}/password/", {"password": "another-long-one"}).status_code == 302
    assert User.objects.get(pk=seat.user_id).check_password("another-long-one")
    other = make_membership(Role.BANK_CLERK)
    assert client.post(f"/zh-hans/people/{other.pk}/password/", {"password": "another-long-one"}).status_code == 404
    make_membership(Role.BANK_CLERK, other.organisation, user=seat.user)
    assert client.post(f"/zh-hans/people/{seat.pk}/password/", {"password": "yet-another-one"}).status_code == 403


def test_second_step_is_asked_for_once_it_is_set_up() -> None:
    from allauth.mfa.totp.internal import auth

    user = make_membership(Role.BANK_CLERK).user
    client = Client()
    client.post("/zh-hans/account/login/", {"login": user.username, "password": "a-long-password"})
    asked = client.get("/zh-hans/account/2fa/totp/activate/")["Location"]
    assert client.get(asked).status_code == 200
    client.post(asked, {"password": "a-long-password"})
    page = client.get("/zh-hans/account/2fa/totp/activate/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    code = auth.format_hotp_value(auth.hotp_value(secret, next(auth.yield_hotp_counters_from_time())))
    assert client.post("/zh-hans/account/2fa/totp/activate/", {"code": code}).status_code == 302
    again = Client()
    answer = again.post("/zh-hans/account/login/", {"login": user.username, "password": "a-long-password"})
    assert answer["Location"].startswith("/zh-hans/account/2fa/authenticate/")
    assert again.get("/zh-hans/notices/").status_code == 302
    assert "动态码" in again.get("/zh-hans/account/2fa/authenticate/").content.decode()
    assert again.post("/zh-hans/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    cache.clear()  # the same code is refused a second time
    assert again.post("/zh-hans/account/2fa/authenticate/", {"code": code})["Location"] == "/zh-hans/home/"
    assert again.get("/zh-hans/notices/").status_code == 200


def test_second_step_can_be_required(settings) -> None:
    settings.YULIN_REQUIRE_SECOND_STEP = True
    client = make_client(Role.BANK_CLERK)
    assert client.get("/zh-hans/notices/")["Location"] == "/zh-hans/account/2fa/totp/activate/"
    make_demo_book()
    assert client.get("/zh-hans/notices/").status_code == 200


def test_auditor_reads_and_exports_the_trail() -> None:
    client = make_client(Role.AUDITOR)
    services.seal_audit_trail()
    assert client.get("/zh-hans/audit/?action=people.").status_code == 200
    lines = b"".join(client.get("/zh-hans/audit/lines.jsonl").streaming_content).decode().splitlines()
    assert len(lines) >= AuditEntry.objects.count()


def test_sign_in_by_name_and_password() -> None:
    actor = make_actor(Role.BANK_CLERK)
    user = User.objects.get(pk=actor.user_id)
    client = Client()
    page = client.get("/zh-hans/account/login/")
    assert page.status_code == 200
    answer = client.post("/zh-hans/account/login/", {"login": user.username, "password": "a-long-password"})
    assert (answer.status_code, answer["Location"]) == (302, "/zh-hans/home/")
    assert client.get("/zh-hans/account/2fa/").status_code == 200
    assert AuditEntry.objects.filter(action="people.sign_in", actor_user_id=user.pk).count() == 1


def test_nobody_can_register_from_outside() -> None:
    client = Client()
    assert "不能自行注册" in client.get("/zh-hans/account/signup/").content.decode()
    client.post("/zh-hans/account/signup/", {"username": "eve", "password1": "one-long-secret"})
    assert not User.objects.filter(username="eve").exists()


def test_district_organisation_has_its_code() -> None:
    assert make_organisation(OrganisationKind.DISTRICT).district_code == "440112"
