"""SCRAM verifiers with a salt that is given, so that the same password of the same person is the same verifier.

libpq makes them with a salt of its own choice; the rest is as it does it (RFC 5802, 7677, SASLprep of RFC 4013), and a
test compares both over arbitrary passwords.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import stringprep
import unicodedata

ITERATIONS = 4096  # libpq's own; the client repeats them at every sign-in
SALT_BYTES = 16

_PROHIBITED = (
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
    stringprep.in_table_a1,  # not assigned in Unicode 3.2
)


def verifier(password: str, salt: str | None = None) -> str:
    """What PostgreSQL keeps of a password. `salt` is "iterations:salt" as the centre says it; None makes a new one."""
    count, salted = (salt or f"{ITERATIONS}:{_text(secrets.token_bytes(SALT_BYTES))}").split(":")
    secret = hashlib.pbkdf2_hmac("sha256", prepared(password), base64.b64decode(salted), int(count))
    stored = hashlib.sha256(_hmac(secret, b"Client Key")).digest()
    return f"SCRAM-SHA-256${count}:{salted}${_text(stored)}:{_text(_hmac(secret, b'Server Key'))}"


def matches(kept: str, password: str) -> bool:
    """Whether a verifier is of this password."""
    salt = kept.split("$")[1]
    return hmac.compare_digest(kept, verifier(password, salt))


def prepared(password: str) -> bytes:
    """SASLprep; what it refuses is taken as it stands, as PostgreSQL does."""
    raw = password.encode()
    if password.isascii():
        return raw
    # In PostgreSQL's order: spaces before what is mapped to nothing, and the forbidden before normalising.
    spaced = "".join(" " if stringprep.in_table_c12(c) else c for c in password)
    mapped = "".join(c for c in spaced if not stringprep.in_table_b1(c))
    normal = unicodedata.normalize("NFKC", mapped)
    if not mapped or any(table(c) for c in mapped for table in _PROHIBITED):
        return raw
    if any(map(stringprep.in_table_d1, mapped)) and (
        any(map(stringprep.in_table_d2, mapped))
        or not (stringprep.in_table_d1(mapped[0]) and stringprep.in_table_d1(mapped[-1]))
    ):
        return raw
    return normal.encode()


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
