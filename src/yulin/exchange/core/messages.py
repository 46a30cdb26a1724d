"""How a message to a partner's system is signed, and when one that did not arrive is tried again.

The form is that of Standard Webhooks: `webhook-id` is the same at every attempt, so that a receiver drops what it has
had; the signature (Ed25519, `v1a`) is over id, timestamp and body, so that an old message cannot be played again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

MOST_ATTEMPTS = 12
_FIRST_SECONDS, _LONGEST_SECONDS = 30, 6 * 3600
Network = IPv4Network | IPv6Network


def seconds_to_wait(attempts: int) -> int | None:
    """Return after how many seconds a message is tried again that failed so many times; None: no more.

    >>> [seconds_to_wait(n) for n in (1, 2, 3, 10, 11, 12)]
    [30, 60, 120, 15360, 21600, None]
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    return min(_FIRST_SECONDS << (attempts - 1), _LONGEST_SECONDS)


@dataclass(frozen=True)
class Signer:
    """Who signs: the function over bytes, and the name of the key that proves it."""

    sign: Callable[[bytes], str]
    key_id: str


def headers_of(message_id: str, timestamp: int, body: bytes, signer: Signer) -> dict[str, str]:
    """Return the headers of one attempt.

    >>> headers_of("m1", 7, b"{}", Signer(lambda content: content.decode(), "k1"))["webhook-signature"]
    'v1a,m1.7.{}'
    """
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Yulin",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-key-id": signer.key_id,
        "webhook-signature": f"v1a,{signer.sign(signed_content(message_id, timestamp, body))}",
    }


def signed_content(message_id: str, timestamp: int, body: bytes) -> bytes:
    """Return the bytes that are signed."""
    return f"{message_id}.{timestamp}.".encode() + body


def is_reachable(address: str, allowed: tuple[Network, ...]) -> bool:
    """Tell whether a message may go to an IP address: a public one, or one in a network that the operator allows.

    >>> is_reachable("10.0.0.1", ()), is_reachable("::ffff:127.0.0.1", ()), is_reachable("1.1.1.1", ())
    (False, False, True)
    """
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found.sixtofour or found
    return (found.is_global and not found.is_multicast) or is_allowed(str(found), allowed)


def is_allowed(address: str, allowed: tuple[Network, ...]) -> bool:
    """Tell whether an IP address lies in a network that the operator allows by setting."""
    found = ip_address(address)
    return any(found.version == network.version and found in network for network in allowed)
