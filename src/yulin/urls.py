"""All addresses: pages under /zh-hans/ and /en/, the API under /api/v1/, files of the programs under /static/."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from yulin.kit.api import make_api

# Lowest area first; an area without pages or without an API has no such module.
_AREAS = ("people", "rules", "ledger", "exchange", "atlas", "pool", "brain", "web")


def _has(module: str) -> bool:
    spec = find_spec(module)
    return spec is not None and spec.origin is not None


api = make_api()
for _area in _AREAS:
    if _has(f"yulin.{_area}.api"):
        # Tokens are everybody's: /api/v1/token.
        api.add_router("/" if _area == "people" else f"/{_area}/", f"yulin.{_area}.api.router")

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    *i18n_patterns(
        path("account/", include("allauth.urls")),
        *(path("", include(f"yulin.{area}.urls")) for area in _AREAS if _has(f"yulin.{area}.urls")),
        prefix_default_language=True,
    ),
]

handler400 = "yulin.kit.views.bad_request"
handler403 = "yulin.kit.views.not_allowed"
handler404 = "yulin.kit.views.not_found"
handler500 = "yulin.kit.views.fault"
