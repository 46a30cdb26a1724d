"""Role × address: every named page, every role and nobody, answered as the table of rights says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation
from tests.factories.people import make_client
from tests.web.pages import FOREIGN, PAGES

from yulin.people.core.rights import ROLES_OF_KIND, may
from yulin.people.enums import Action, Role

ROLES = sorted({role for roles in ROLES_OF_KIND.values() for role in roles})
NO_UUID = "00000000-0000-4000-8000-000000000000"
DUMMIES = {"int": 4_000_000, "str": "none-such", "slug": "none-such", "path": "none-such", "uuid": NO_UUID}


def named_patterns(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from named_patterns(each, inner)
        elif each.name:
            yield f"{namespace}{each.name}", each


def addresses() -> dict[str, str]:
    found = {}
    with translation.override("zh-hans"):
        for name, pattern in named_patterns(get_resolver()):
            if name.startswith(FOREIGN):
                continue
            wanted = {
                key: "2021-12"
                if key == "month"
                else DUMMIES.get(
                    type(kind).__name__.removesuffix("Converter").lower().replace("string", "str"), "none-such"
                )
                for key, kind in pattern.pattern.converters.items()
            }
            found[name] = reverse(name, kwargs=wanted)
    return found


def test_every_named_page_stands_in_the_table() -> None:
    assert sorted(set(addresses()) - set(PAGES)) == []


def is_sent_to_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and "/account/login/" in answer["Location"]


def wrong_answers(client: Client, is_allowed: Callable[[Action | None], bool]) -> list[tuple[str, str, int]]:
    """Ask every page by every method; a method that no one may use (405) opens nothing."""
    wrong = []
    for name, address in addresses().items():
        for method in (client.get, client.post):
            answer = method(address)
            if answer.status_code == 405:
                continue
            is_open = answer.status_code != 403 and not is_sent_to_sign_in(answer)
            if is_open != is_allowed(PAGES.get(name)) or answer.status_code >= 500:
                wrong.append((name, method.__name__, answer.status_code))
    return wrong


@pytest.mark.django_db
def test_nobody_signed_in_sees_public_pages_only() -> None:
    assert wrong_answers(Client(), lambda action: action is None) == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_the_table_gives_it_and_nothing_else(role: Role) -> None:
    assert wrong_answers(make_client(role), lambda action: action is None or may(role, action)) == []
