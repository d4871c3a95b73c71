"""Sealed values: AES-256-GCM with a fresh nonce, bound to what they are for, so that none can stand in for another."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class Unsealable(Exception):
    """Another key, or the value was changed. Not told to people: the caller knows which value it was."""


def seal(key: bytes, value: bytes, purpose: str) -> bytes:
    """Nonce, ciphertext and tag in one."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value, purpose.encode())


def unseal(key: bytes, sealed: bytes, purpose: str) -> bytes:
    """Raises `Unsealable`."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
    except (InvalidTag, ValueError) as error:
        raise Unsealable from error
