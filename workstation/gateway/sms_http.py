"""Text messages through a provider's adapter over HTTPS. Its form is a contract: docs/operations.md."""

from __future__ import annotations

import http.client
import json
import re
import ssl
from collections.abc import Callable
from functools import cache
from typing import Literal, NamedTuple
from urllib.parse import SplitResult, urlsplit

import msgspec

from workstation.domain.message import Message, msg
from workstation.gateway.outgoing import LOOPBACK, NotNow, Outgoing, Refused, Unsure, WayClosed, reference

SECONDS = 30.0  # for one question and its answer
LONGEST_ANSWER = 64 * 1024  # bytes
# +86 139 1234 5678, with the spaces and dashes people write; the provider gets digits and a leading plus only.
_NUMBER = re.compile(r"\+?[0-9]{5,15}")
_BETWEEN = re.compile(r"[ ().\-]")
# Not the message's fault: the secret, the address, or something in between.
_OURS = frozenset({401, 403, 404, 405, 407, 421})
_LATER = frozenset({429, 503})  # by the contract nothing was taken


class Taken(msgspec.Struct, frozen=True):
    """The answer to a message that was taken."""

    reference: str = ""


class Became(msgspec.Struct, frozen=True):
    state: Literal["sent", "delivered", "failed"]


class _Answer(NamedTuple):
    status: int
    body: bytes


class SmsHttp:
    """`secret` is asked for once. Raises `WayClosed` for an address that is not HTTPS."""

    def __init__(self, url: str, secret: Callable[[], str | None], *, seconds: float = SECONDS) -> None:
        self._url = _checked(url)
        self._secret, self._seconds = cache(secret), seconds

    def ready(self) -> None:
        """Nothing to sign in to; each question has a connection of its own. The secret must be there."""
        self._headers()

    def send(self, message: Outgoing) -> str:
        number = _BETWEEN.sub("", message.address)
        if _NUMBER.fullmatch(number) is None:
            raise Refused("bad_address")
        if re.search(r"[\x00\ud800-\udfff]", message.text):
            raise Refused("bad_text")
        headers = self._headers() | {"Idempotency-Key": message.id, "Content-Type": "application/json"}
        body = json.dumps({"id": message.id, "to": number, "text": message.text}).encode()
        connection = self._connected()
        try:
            answer = _asked(connection, "POST", self._path("/messages"), body, headers)
        except (OSError, http.client.HTTPException) as error:
            raise Unsure("no_answer") from error
        finally:
            connection.close()
        return _taken(answer)

    def became(self, message_id: str) -> str:
        """What the provider says later: `sent` while it does not know more, or does not keep it."""
        connection = self._connected()
        try:
            answer = _asked(connection, "GET", self._path(f"/messages/{message_id}"), None, self._headers())
            return msgspec.json.decode(answer.body, type=Became).state if answer.status == 200 else "sent"
        except (OSError, http.client.HTTPException, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _closed(msg("The SMS provider did not say what became of a message.")) from error
        finally:
            connection.close()

    def close(self) -> None:
        """Nothing is kept open."""

    def _path(self, path: str) -> str:
        return self._url.path.rstrip("/") + path

    def _headers(self) -> dict[str, str]:
        secret = self._secret()
        if not secret or re.search(r"[^\x21-\x7e]", secret):
            raise _closed(msg("There is no secret for the SMS provider. Run “gateway setup”."))
        return {"Authorization": f"Bearer {secret}", "Accept": "application/json"}

    def _connected(self) -> http.client.HTTPConnection:
        """Never by a proxy, never to another host whatever an answer says."""
        host, port = self._url.hostname or "", self._url.port
        connection: http.client.HTTPConnection
        if self._url.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(host, port, timeout=self._seconds, context=context)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=self._seconds)
        try:
            connection.connect()
        except ssl.SSLError as error:
            raise _closed(
                msg("The certificate of {host} is not one this computer trusts. Nothing was sent.", host=host)
            ) from error
        except (OSError, UnicodeError, http.client.HTTPException) as error:
            raise _closed(msg("The SMS provider at {host} cannot be reached. Nothing was sent.", host=host)) from error
        return connection


def _asked(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> _Answer:
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    return _Answer(response.status, response.read(LONGEST_ANSWER))


def _taken(answer: _Answer) -> str:
    """The provider's reference; else why it was not sent, or that nobody knows."""
    status = answer.status
    if status in {200, 201, 202}:
        try:
            return reference(msgspec.json.decode(answer.body, type=Taken).reference)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return ""  # taken all the same
    if status in _LATER:
        raise NotNow(f"http_{status}")
    if status in _OURS or 300 <= status < 400:
        raise _closed(
            msg("The SMS provider refused the question ({status}): check its address and the secret.", status=status)
        )
    if 400 <= status < 500:
        raise Refused(f"http_{status}")
    raise Unsure(f"http_{status}")  # a server in between may have given up on one that sends all the same


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port_known = parts.port != 0
    except ValueError:
        raise _bad_url() from None
    plain = url.isascii() and url.isprintable() and not re.search(r"[ ?#]", url)
    if not plain or not parts.hostname or not port_known or parts.username is not None or parts.password is not None:
        raise _bad_url()
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return parts
    raise _bad_url()


def _bad_url() -> WayClosed:
    return _closed(msg("The address of the SMS provider begins with https://; http only on this computer."))


def _closed(message: Message) -> WayClosed:
    return WayClosed(message, field="sms")
