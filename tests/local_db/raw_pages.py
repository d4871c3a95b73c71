"""The plain bytes of every page of a store, free ones too: read past SQLite, as somebody with the key could."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE, RESERVED, SALT = 4096, 80, 16  # SQLCipher 4: 16 bytes IV and 64 bytes HMAC end each page


def plain_bytes(path: Path, key: bytes) -> bytes:
    data = path.read_bytes()
    assert len(data) % PAGE == 0
    plain = []
    for start in range(0, len(data), PAGE):
        page = data[start : start + PAGE]
        body = page[SALT if start == 0 else 0 : PAGE - RESERVED]
        vector = page[PAGE - RESERVED : PAGE - RESERVED + 16]
        reader = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
        plain.append(reader.update(body) + reader.finalize())
    return b"".join(plain)
