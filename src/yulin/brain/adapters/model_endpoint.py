"""A model behind an OpenAI-compatible address, off unless the operator names one: asked once, within bounds.

The call ends after its seconds whatever the other side does, follows no redirect, and reads no more than its bound.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from yulin.base.text import Text
from yulin.brain.errors import ModelAnswerError

MOST_ANSWER_BYTES = 1_000_000
_OK = 200


def model_host() -> str:
    """Return the host of the model's address; empty where none is named."""
    return urlsplit(settings.YULIN_MODEL_URL).netloc.rpartition("@")[2]


def answer_of(messages: Sequence[dict[str, str]]) -> str:
    """Return what the model says to some messages. Raises: BRAIN.MODEL.ANSWER."""
    said = _posted(json.dumps({"model": settings.YULIN_MODEL_NAME, "messages": list(messages), "temperature": 0}))
    try:
        content = json.loads(said)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        why = Text("回答不是约定的格式", "its answer has not the form that was agreed on")
        raise ModelAnswerError(why=why) from error
    if not isinstance(content, str):
        raise ModelAnswerError(why=Text("回答不是文字", "its answer is no text"))
    return content


def _posted(body: str) -> bytes:
    parts, seconds = urlsplit(settings.YULIN_MODEL_URL), float(settings.YULIN_MODEL_SECONDS)
    connection = _connection(parts, seconds)
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if settings.YULIN_MODEL_KEY:
        headers["Authorization"] = f"Bearer {settings.YULIN_MODEL_KEY}"
    # A model that sends a byte now and then would outlast every timeout of the socket.
    held: list[socket.socket] = []
    is_over = Event()
    ending = Timer(seconds, _cut, [held, is_over])
    ending.start()
    try:
        connection.connect()
        held.append(connection.sock)
        connection.request("POST", f"{parts.path.rstrip('/')}/chat/completions", body.encode(), headers)
        answer = connection.getresponse()
        read = answer.read(MOST_ANSWER_BYTES + 1)
    except (OSError, HTTPException, ValueError) as error:
        if is_over.is_set() or isinstance(error, TimeoutError):
            why = Text("%(n)s秒内没有回答完", "it did not answer within %(n)s seconds").with_values(n=int(seconds))
        else:
            why = Text("无法连接（%(error)s）", "it could not be reached (%(error)s)")
            why = why.with_values(error=type(error).__name__)
        raise ModelAnswerError(why=why) from error
    finally:
        ending.cancel()
        connection.close()
    if is_over.is_set():
        why = Text("%(n)s秒内没有回答完", "it did not answer within %(n)s seconds").with_values(n=int(seconds))
        raise ModelAnswerError(why=why)
    if answer.status != _OK:
        why = Text("返回HTTP %(status)s", "it answered HTTP %(status)s").with_values(status=answer.status)
        raise ModelAnswerError(why=why)
    if len(read) > MOST_ANSWER_BYTES:
        why = Text("回答超过%(n)s字节", "its answer is longer than %(n)s bytes").with_values(n=MOST_ANSWER_BYTES)
        raise ModelAnswerError(why=why)
    return read


def _connection(parts: SplitResult, seconds: float) -> HTTPConnection:
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ModelAnswerError(why=Text("没有配置外部模型", "no model is set up"))
    if parts.scheme == "http":
        return HTTPConnection(parts.hostname, parts.port, timeout=seconds)
    return HTTPSConnection(parts.hostname, parts.port, timeout=seconds, context=ssl.create_default_context())


def _cut(held: list[socket.socket], is_over: Event) -> None:
    is_over.set()
    for sock in held:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
