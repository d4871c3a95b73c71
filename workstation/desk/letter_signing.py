"""Signed copies of letters: the organisation's certificate from the keyring, its signature behind the letter."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from letters.form import write_whole
from letters.signing import sign
from workstation.domain.message import msg
from workstation.security import signing
from workstation.security.credentials import Credentials
from workstation.security.signing import NoSignature, Signer


def kept_signer(credentials: Credentials | None = None) -> Signer:
    """The organisation's certificate of this machine. Raises `NoSignature`, or a `KeyringProblem`."""
    return signing.kept(credentials or Credentials())


def signed(pdf: bytes, signer: Signer, now: datetime | None = None) -> bytes:
    """`pdf` and, behind it, the signature. Raises `NoSignature` when the certificate is not valid now."""
    moment = now or datetime.now(UTC)
    first = signer.certificate.not_valid_before_utc
    if not first <= moment <= signer.until:
        raise NoSignature(
            msg(
                "The certificate for signing is valid from {first} to {last} only. Give the new one first.",
                first=first.date(),
                last=signer.until.date(),
            )
        )
    return sign(
        pdf,
        signer.certificate.public_bytes(Encoding.DER),
        signer.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        [above.public_bytes(Encoding.DER) for above in signer.chain],
    )


def sign_file(file: Path, out: Path, signer: Signer) -> dict[str, object]:
    """Write a signed copy of `file` to `out`, whole or not at all, and say what was made."""
    pdf = file.read_bytes()
    copy = signed(pdf, signer)
    write_whole(out, copy)
    return {
        "file": str(out),
        "sha256": hashlib.sha256(copy).hexdigest(),
        "letter_sha256": hashlib.sha256(pdf).hexdigest(),
        "signer": signer.name,
        "until": signer.until.date().isoformat(),
    }
