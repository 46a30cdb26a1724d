"""The API of `/api/v1`: OpenAPI 3.1, refusals as problem+json with the codes of the screens.

Each area's `api.py` offers a `router`; `yulin.urls` mounts them.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import django_auth

import yulin
from yulin.base.errors import YulinError
from yulin.kit.errors import BadRequestError, NotAllowedHereError, NotFoundError, NotSignedInError
from yulin.kit.problems import problem_response


class Problem(Schema):
    """A refusal, after RFC 9457: what was found and needed, what to do next, and the code that the screens show."""

    type: str
    title: str
    status: int
    code: str
    hint: str
    facts: dict[str, Any]


# What every route may answer beside its own; all are application/problem+json.
PROBLEMS: dict[int, type[Schema]] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)


class _Api(NinjaAPI):
    """An API whose description names the content type that refusals really have."""

    def get_openapi_schema(self, *args: Any, **options: Any) -> OpenAPISchema:
        """Return the description."""
        schema = super().get_openapi_schema(*args, **options)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if int(status) in PROBLEMS:
                        response["content"] = {"application/problem+json": response["content"]["application/json"]}
        return schema


def make_api() -> NinjaAPI:
    """Return the API, without routers, guarded by the session of a signed-in person unless a route says otherwise."""
    api = _Api(
        title="Yulin",
        version=yulin.__version__,
        description="科技金融服务平台接口 · The technology-finance platform's API",
        urls_namespace="api",
        auth=django_auth,
    )

    @api.exception_handler(YulinError)
    def refused(_request: HttpRequest, error: YulinError) -> HttpResponse:
        return problem_response(error)

    @api.exception_handler(ValidationError)
    def not_understood(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        places = [{"place": ".".join(map(str, one["loc"])), "found": one["msg"]} for one in error.errors]
        return problem_response(BadRequestError(places=places), status=422)

    @api.exception_handler(AuthenticationError)
    def not_signed_in(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return problem_response(NotSignedInError())

    @api.exception_handler(PermissionDenied)
    def not_allowed(_request: HttpRequest, _error: Any) -> HttpResponse:
        return problem_response(NotAllowedHereError())

    @api.exception_handler(Http404)
    def not_found(_request: HttpRequest, _error: Any) -> HttpResponse:
        return problem_response(NotFoundError())

    return api
