"""Posts a message to an address outside: never to a private one, never along a redirect, never for long.

The name is resolved once, every address that it has is checked, and the connection goes to the one that was checked, so
that a name which changes its mind between the check and the call leads nowhere.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_network
from threading import Event, Timer
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from yulin.exchange.core.messages import Network, is_allowed, is_reachable

SECONDS = 10.0  # for all of it: to connect, to send, and to be answered
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Posted:
    """What came of one attempt: the status of the answer, or what went wrong."""

    status: int | None
    error: str = ""

    @property
    def has_arrived(self) -> bool:
        """Whether the receiver took the message."""
        return self.status is not None and 200 <= self.status < 300


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS) -> Posted:
    """Post a message and return what came of it; whatever goes wrong outside is an answer, not an error."""
    try:
        parts = urlsplit(url)
        address = _address_of(parts)
    except (OSError, ValueError) as error:
        return Posted(None, _said(error))
    connection = _connection(parts, address, seconds)
    # A receiver that sends a byte now and then would outlast every timeout of the socket.
    is_over = Event()
    ending = Timer(seconds, _cut, [connection, is_over])
    ending.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body=body, headers=dict(headers))
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        is_late = is_over.is_set() or isinstance(error, TimeoutError)
        return Posted(None, f"no answer within {seconds:g} s" if is_late else _said(error))
    finally:
        ending.cancel()
        connection.close()
    return Posted(status, f"a redirect ({status}) is not followed" if 300 <= status < 400 else "")


def allowed_networks() -> tuple[Network, ...]:
    """Return the private networks that the operator allows messages to go to."""
    return tuple(ip_network(one, strict=False) for one in settings.YULIN_WEBHOOK_NETWORKS)


def _address_of(parts: SplitResult) -> str:
    """Return the checked IP address of an address; one that may not be reached is refused."""
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        raise ValueError("the address is no plain http or https address")
    found = socket.getaddrinfo(parts.hostname, parts.port or _PORTS[parts.scheme], type=socket.SOCK_STREAM)
    addresses = [str(one[4][0]).partition("%")[0] for one in found]
    allowed = allowed_networks()
    if not all(is_reachable(one, allowed) for one in addresses):
        raise ValueError("the address is private; the operator may allow it by YULIN_WEBHOOK_NETWORKS")
    if parts.scheme == "http" and not all(is_allowed(one, allowed) for one in addresses):
        raise ValueError("a public address needs https")
    return addresses[0]


class _ToAddress(HTTPConnection):
    """A connection to an IP address that was checked, whatever the name says by now."""

    def __init__(self, address: str, **options: Any) -> None:
        super().__init__(**options)
        self._address = address

    def connect(self) -> None:
        """Connect to the checked address."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)


class _ToAddressTls(HTTPSConnection):
    """The same over TLS: the certificate has to be that of the name."""

    def __init__(self, address: str, *, context: ssl.SSLContext, **options: Any) -> None:
        super().__init__(context=context, **options)
        self._address, self._tls = address, context

    def connect(self) -> None:
        """Connect to the checked address, and check the name."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def _connection(parts: SplitResult, address: str, seconds: float) -> HTTPConnection:
    options = {"host": parts.hostname or "", "port": parts.port or _PORTS[parts.scheme], "timeout": seconds}
    if parts.scheme == "https":
        return _ToAddressTls(address, context=ssl.create_default_context(), **options)
    return _ToAddress(address, **options)


def _cut(connection: HTTPConnection, is_over: Event) -> None:
    is_over.set()
    sock = connection.sock
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _said(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:300]
