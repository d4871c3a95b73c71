"""One secret over as many keyring entries as it needs, so written that a crash leaves the old one or the new one whole.

The Windows Credential Locker takes 2,560 bytes an entry (`CRED_MAX_CREDENTIAL_BLOB_SIZE`, wincred.h), in UTF-16: 1,280
characters. What is longer goes into numbered parts `<name> #a1`, `<name> #a2` …, and the entry itself becomes a head
that names them. The parts of a new secret go beside the old ones (`#b1` …) and the head, one entry, is written last:
whoever stops in between has the old head over the old parts. The same way on every system, so that what is tested here
is what runs there, and a keyring's content can move to another one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import platform
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

PART_UNITS = 1_200  # UTF-16 code units an entry may have: below the limit of 1,280

_HEAD = "collector-workstation parts "
_HEAD_FORM = re.compile(re.escape(_HEAD) + r"([ab]) ([1-9]\d{0,3}) ([0-9a-f]{64})")
_SLOTS = ("a", "b")
# Another program may replace the secret between reading the head and its parts. And about one in a hundred sessions
# with KWallet's Secret Service (5.103) agrees on a wrong key: what is read is garbage or empty, writing is an error.
_TRIES = 4


class NotKept(Exception):
    """The keyring does not give back what it was given."""


class Torn(Exception):
    """An entry names parts that are not there or are not what was written. Not an error of our own: the keyring's."""


def put(backend: KeyringBackend, service: str, name: str, secret: str) -> None:
    """Keep `secret` (any text) under `name`, in place of what was there. What backends raise passes through."""
    head = _head(_read(backend, service, name))
    if _fits(secret):
        _write(backend, service, name, secret)
        if head is not None:
            _drop_parts(backend, service, name, _SLOTS)
        return
    slot = "b" if head is not None and head[0] == "a" else "a"
    _drop_parts(backend, service, name, (slot,))  # what an interrupted write left
    text = base64.b64encode(secret.encode("utf-8", "surrogatepass")).decode("ascii")
    parts = [text[at : at + PART_UNITS] for at in range(0, len(text), PART_UNITS)]
    for number, part in enumerate(parts, 1):
        _write(backend, service, _part(name, slot, number), part)
    digest = hashlib.sha256(text.encode("ascii")).hexdigest()
    _write(backend, service, name, f"{_HEAD}{slot} {len(parts)} {digest}")
    _drop_parts(backend, service, name, [other for other in _SLOTS if other != slot])


def get(backend: KeyringBackend, service: str, name: str) -> str | None:
    """The secret kept under `name`, or None. Raises `Torn` when parts of it are missing or foreign."""
    for _ in range(_TRIES):
        text = _read(backend, service, name)
        head = _head(text)
        if head is None:
            return text
        slot, count, digest = head
        parts = [_read(backend, service, _part(name, slot, number)) or "" for number in range(1, count + 1)]
        whole = "".join(parts)
        if hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest() == digest:
            try:
                return base64.b64decode(whole, validate=True).decode("utf-8", "surrogatepass")
            except (binascii.Error, ValueError) as error:
                raise Torn(name) from error
    raise Torn(name)


def drop(backend: KeyringBackend, service: str, name: str) -> None:
    """Remove the secret and all parts of it, also what an interrupted write left; no error when there is none."""
    if _read(backend, service, name) is not None:
        backend.delete_password(service, name)
    _drop_parts(backend, service, name, _SLOTS)


def _read(backend: KeyringBackend, service: str, name: str) -> str | None:
    text: str | None = ""
    for left in reversed(range(_TRIES)):
        try:
            text = backend.get_password(service, name)
        except UnicodeDecodeError as error:
            if not left:
                raise Torn(name) from error
            continue
        if text != "":
            break
    return text


def _write(backend: KeyringBackend, service: str, name: str, text: str) -> None:
    """Set the entry and read it back: one that drops what it is given must not pass for one that keeps it."""
    for left in reversed(range(_TRIES)):
        try:
            backend.set_password(service, name, text)
        except _passing_errors():
            if not left:
                raise
            continue
        if _read(backend, service, name) == text:
            return
    raise NotKept(name)


def _passing_errors() -> tuple[type[Exception], ...]:
    if platform.system() != "Linux":
        return ()
    from jeepney import DBusErrorResponse

    return (DBusErrorResponse,)


def _fits(secret: str) -> bool:
    # A password that looks like a head would be taken for one.
    return len(secret.encode("utf-16-le", "surrogatepass")) // 2 <= PART_UNITS and not secret.startswith(_HEAD)


def _head(text: str | None) -> tuple[str, int, str] | None:
    found = _HEAD_FORM.fullmatch(text) if text is not None else None
    return None if found is None else (found[1], int(found[2]), found[3])


def _part(name: str, slot: str, number: int) -> str:
    return f"{name} #{slot}{number}"


def _drop_parts(backend: KeyringBackend, service: str, name: str, slots: tuple[str, ...] | list[str]) -> None:
    for slot in slots:
        count = 0
        while _read(backend, service, _part(name, slot, count + 1)) is not None:
            count += 1
        # From the last to the first: what an interruption leaves is found by the next counting.
        for number in range(count, 0, -1):
            backend.delete_password(service, _part(name, slot, number))
