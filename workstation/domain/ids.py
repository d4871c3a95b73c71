"""Ids: UUID version 7 for what people write, name-based ids for what a bank's file delivers."""

from __future__ import annotations

import uuid

# Namespace of all ids derived from a bank's own references, so that the same file gives the same ids.
BANK_NAMESPACE = uuid.UUID("6f1c54a0-6a5e-5d0c-9d3a-0d6f5a1e2b77")


def uuid7(unix_ms: int, entropy: bytes) -> str:
    """RFC 9562 version 7: 48 bits of Unix milliseconds, then ten bytes of entropy. Sorts by time."""
    if len(entropy) != 10:
        raise ValueError("uuid7 needs ten bytes of entropy")
    value = (unix_ms & 0xFFFFFFFFFFFF) << 80 | int.from_bytes(entropy)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def bank_id(*reference: str) -> str:
    """The id of a bank's record: the same references always give the same id."""
    return str(uuid.uuid5(BANK_NAMESPACE, "\x1f".join(reference)))
