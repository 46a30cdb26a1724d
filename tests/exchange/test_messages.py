"""Messages to partners' systems against a real server: down, slow, broken, redirecting, private, replayed."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tests.factories.people import make_actor, make_organisation

from yulin.exchange.adapters.posting import post
from yulin.exchange.core.messages import MOST_ATTEMPTS, signed_content
from yulin.exchange.errors import MessageNotDeadError, MessageNotFoundError
from yulin.exchange.models import Message
from yulin.exchange.services import sending
from yulin.exchange.services.sending import (
    NewMessage,
    Outgoing,
    compose_with,
    queue_messages,
    replay_message,
    send_due_messages,
)
from yulin.kit import clock
from yulin.kit.row_security import organisation_scope, scope
from yulin.kit.signing import key_id, public_key
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import AuditEntry, Organisation

pytestmark = pytest.mark.django_db
TOPIC = "test.news"


class Receiver(BaseHTTPRequestHandler):
    """A partner's server: each path is a way to behave; what it got is kept."""

    got: list[tuple[str, dict[str, str], bytes]] = []  # noqa: RUF012 - shared by all of a test

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
        if self.path == "/slow":
            time.sleep(2)
        if self.path == "/drip":
            self.wfile.write(b"HTTP/1.1 ")
            for _ in range(20):
                time.sleep(0.1)
                try:
                    self.wfile.write(b"2")
                    self.wfile.flush()
                except OSError:
                    return
            return
        status = {"/ok": 204, "/gone": 410, "/away": 302}.get(self.path, 500)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/ok")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(settings) -> Iterator[str]:
    settings.YULIN_WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    Receiver.got = []
    found = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{found.server_address[1]}"
    found.shutdown()
    found.server_close()


@pytest.fixture
def bank() -> Organisation:
    return make_organisation(OrganisationKind.BANK)


@pytest.fixture(autouse=True)
def _composers() -> Iterator[None]:
    before = dict(sending._COMPOSERS)
    yield
    sending._COMPOSERS.clear()
    sending._COMPOSERS.update(before)


def say(url: str) -> None:
    compose_with(TOPIC, lambda _, subject: Outgoing(url, {"fact": "人数", **subject}))


def queue(bank: Organisation, key: str = "k1") -> int:
    return queue_messages(actor=SYSTEM_ACTOR, messages=[NewMessage(bank.pk, TOPIC, key, {"n": 1})])


def make_due() -> None:
    Message.objects.update(next_at=clock.now() - timedelta(seconds=1))


def test_a_message_arrives_once_signed_and_the_signature_covers_id_time_and_body(server: str, bank) -> None:
    say(f"{server}/ok")
    queue(bank)
    assert send_due_messages() == {"sent": 1}
    assert send_due_messages() == {}
    [(path, headers, body)] = Receiver.got
    message = Message.objects.get()
    assert (path, headers["webhook-id"], headers["webhook-key-id"]) == ("/ok", str(message.pk), key_id())
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    told = json.loads(body)
    assert (told["id"], told["topic"], told["fact"], told["n"]) == (str(message.pk), TOPIC, "人数", 1)
    kind, _, signature = headers["webhook-signature"].partition(",")
    assert kind == "v1a"
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key()))
    at = int(headers["webhook-timestamp"])
    key.verify(base64.b64decode(signature), signed_content(headers["webhook-id"], at, body))
    for forged in (
        signed_content("other", at, body),
        signed_content(headers["webhook-id"], at + 1, body),
        signed_content(headers["webhook-id"], at, body + b" "),
    ):
        with pytest.raises(InvalidSignature):
            key.verify(base64.b64decode(signature), forged)


def test_one_key_queues_one_message(bank) -> None:
    assert (queue(bank), queue(bank), queue(bank, "k2")) == (1, 0, 1)
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/500", 500, "the receiver answered 500"),
        ("/gone", 410, "the receiver answered 410"),
        ("/away", 302, "a redirect (302) is not followed"),
    ],
)
def test_what_is_not_taken_is_tried_again_later_and_later(
    server: str, bank, path: str, status: int, error: str
) -> None:
    say(server + path)
    queue(bank)
    waits = []
    for attempt in range(1, MOST_ATTEMPTS + 1):
        make_due()
        before = clock.now()
        counts = send_due_messages()
        message = Message.objects.get()
        assert (message.attempts, message.last_status, message.last_error) == (attempt, status, error)
        waits.append(round((message.next_at - before).total_seconds()))
        assert counts == ({"dead": 1} if attempt == MOST_ATTEMPTS else {"waiting": 1})
    assert waits[:4] == [30, 60, 120, 240]
    assert waits[-2] == 21_600
    assert {path for path, _, _ in Receiver.got} == {path}
    assert len({headers["webhook-id"] for _, headers, _ in Receiver.got}) == 1
    make_due()
    assert send_due_messages() == {}


def test_a_dead_message_is_replayed_by_its_organisation_under_the_same_id(server: str, bank) -> None:
    say(f"{server}/500")
    queue(bank)
    own, other = make_actor(Role.BANK_MANAGER, bank), make_actor(Role.BANK_MANAGER)
    with pytest.raises(MessageNotDeadError):
        replay_message(actor=own, message_id=Message.objects.get().pk)
    Message.objects.update(attempts=MOST_ATTEMPTS - 1)
    send_due_messages()
    dead = Message.objects.get()
    assert dead.state == "dead"
    with scope(organisation_scope(other.organisation_id)), pytest.raises(MessageNotFoundError):
        replay_message(actor=other, message_id=dead.pk)
    with scope(organisation_scope(bank.pk)):
        replay_message(actor=own, message_id=dead.pk)
    say(f"{server}/ok")
    assert send_due_messages() == {"sent": 1}
    assert Receiver.got[-1][1]["webhook-id"] == str(dead.pk)
    assert AuditEntry.objects.filter(action="exchange.replay_message").count() == 1


def test_a_receiver_that_is_down_keeps_the_message_and_does_not_hold_up_others(server: str, bank) -> None:
    other = make_organisation(OrganisationKind.BANK)
    down = "http://127.0.0.1:9"
    compose_with(TOPIC, lambda who, _: Outgoing(down if who == bank.pk else f"{server}/ok", {}))
    for number in range(3):
        queue(bank, f"down{number}")
    queue(other, "ok")
    assert send_due_messages() == {"waiting": 1, "sent": 1}
    assert sorted(Message.objects.values_list("state", "attempts")) == [
        ("sent", 1),
        ("waiting", 0),
        ("waiting", 0),
        ("waiting", 1),
    ]
    assert "refused" in Message.objects.get(attempts=1, state="waiting").last_error.lower()


def test_what_may_not_be_said_any_more_is_withdrawn_and_never_sent(server: str, bank) -> None:
    compose_with(TOPIC, lambda _, __: None)
    queue(bank)
    assert send_due_messages() == {"withdrawn": 1}
    assert Receiver.got == []


@pytest.mark.parametrize("path", ["/slow", "/drip"])
def test_a_receiver_that_takes_too_long_is_cut_off(server: str, path: str) -> None:
    began = time.monotonic()
    found = post(server + path, b"{}", {}, seconds=0.5)
    assert time.monotonic() - began < 1.8
    assert (found.status, found.has_arrived) == (None, False)
    assert "0.5 s" in found.error


@pytest.mark.parametrize(
    "url",
    [
        "{server}/ok",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://10.0.0.1/x",
        "https://192.168.1.1/x",
        "https://169.254.169.254/latest",
        "https://0.0.0.0/x",
        "https://2130706433/x",
        "https://224.0.0.1/x",
        "https://100.64.0.1/x",
    ],
)
def test_private_addresses_are_refused_unless_the_operator_allows_them(server: str, settings, url: str) -> None:
    settings.YULIN_WEBHOOK_NETWORKS = []
    found = post(url.format(server=server), b"{}", {}, seconds=1)
    assert found.status is None
    assert "private" in found.error
    assert Receiver.got == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://1.1.1.1/x", "https"),
        ("ftp://127.0.0.1/x", "no plain http"),
        ("http://me:word@127.0.0.1/x", "no plain http"),
        ("http://", "no plain http"),
        ("http://no-such-host.invalid/x", ""),
    ],
)
def test_addresses_that_are_none_are_answers_and_no_faults(server: str, url: str, said: str) -> None:
    found = post(url, b"{}", {}, seconds=1)
    assert (found.status, found.has_arrived) == (None, False)
    assert said in found.error
    assert found.error


def test_messages_are_seen_by_their_organisation_only(bank) -> None:
    queue(bank)
    other = make_organisation(OrganisationKind.BANK)
    for reach, count in (("all", 1), ("none", 0), (organisation_scope(bank.pk), 1), (organisation_scope(other.pk), 0)):
        with scope(reach):
            assert Message.objects.count() == count
