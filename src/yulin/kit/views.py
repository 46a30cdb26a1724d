"""Pages for what went wrong: not found, not allowed, a fault. They say what to do next and never show a traceback."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from yulin.base.text import Text
from yulin.kit.problems import is_machine

_log = logging.getLogger("yulin.kit")


def _page(request: HttpRequest, status: int, code: str, title: Text, advice: Text) -> HttpResponse:
    if is_machine(request):
        body = {"type": f"/docs/errors#{code}", "title": title.en, "status": status, "code": code, "hint": advice.en}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    return render(
        request, "kit/fault.html", {"status": status, "code": code, "title": title, "advice": advice}, status=status
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Say that there is no such page."""
    return _page(
        request,
        404,
        "KIT.NOT_FOUND",
        Text("没有这个页面", "There is no such page"),
        Text(
            "地址可能已变更，或该记录不属于本机构。从首页或列表进入。",
            "The address may have changed, or the record is not yours. Start from the home page or a list.",
        ),
    )


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Say that the role does not include this page."""
    return _page(
        request,
        403,
        "PEOPLE.NOT_ALLOWED",
        Text("当前身份不能打开这个页面", "Your present role may not open this page"),
        Text(
            "在右上角切换身份，或联系本机构管理员。",
            "Switch your role at the top right, or ask your organisation's manager.",
        ),
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Say that the request cannot be understood."""
    return _page(
        request,
        400,
        "KIT.BAD_REQUEST",
        Text("请求无法识别", "The request could not be understood"),
        Text("返回上一页，重新打开后再试。", "Go back, open the page again and retry."),
    )


def forged_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form is too old or came from elsewhere."""
    _log.warning("form without a valid token", extra={"path": request.path, "reason": reason})
    return _page(
        request,
        403,
        "KIT.FORM.EXPIRED",
        Text("表单已过期，没有提交", "The form has expired and was not sent"),
        Text(
            "返回上一页刷新后重新提交；已填的内容浏览器会保留。",
            "Go back, reload and send it again; the browser keeps what you typed.",
        ),
    )


def fault(request: HttpRequest, *_: Any) -> HttpResponse:
    """Say that Yulin itself failed. Nothing was half-written; the log has the cause."""
    title = Text("系统出错，本次操作没有写入", "Yulin failed; nothing was written")
    advice = Text(
        "稍后再试；如再次出现，把时间和页面地址告诉运维人员。",
        "Try again later; if it happens again, tell the operator the time and the address.",
    )
    try:
        return _page(request, 500, "KIT.FAULT", title, advice)
    except Exception:
        _log.exception("the page that tells of a fault failed too")
        words = "".join(f"<p>{text.zh}<br>{text.en}</p>" for text in (title, advice))
        return HttpResponse(f"<!doctype html><meta charset=utf-8><title>500</title>{words}", status=500)
