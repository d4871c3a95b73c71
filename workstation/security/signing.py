"""The organisation's signature on what is taken out of the audit: detached CMS by its own certificate.

Anybody can check it without this program: `openssl cms -verify`. The certificate and key come as PKCS#12 and live in
the keyring only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12

from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import msg
from workstation.security.credentials import Credentials

NAME = "audit-signing.p12"  # of the blob in the keyring
_OWNER = "audit-signing"  # under which its password is kept
LEAST_RSA = 2048


class NoSignature(WorkstationError):
    """There is no certificate to sign with, or it is not valid now: nothing is written without a signature."""

    code = "no_signature"


@dataclass(frozen=True, slots=True)
class Signer:
    """A certificate with its key and the chain above it."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def name(self) -> str:
        """Who signs, as the certificate says."""
        return self.certificate.subject.rfc4514_string()

    @property
    def until(self) -> datetime:
        return self.certificate.not_valid_after_utc

    def sign(self, content: bytes, at: datetime | None = None) -> bytes:
        """A detached CMS signature, DER. Raises `NoSignature` when the certificate is not valid at that moment."""
        moment = at or datetime.now(UTC)
        if not self.certificate.not_valid_before_utc <= moment <= self.until:
            raise NoSignature(
                msg(
                    "The certificate for signing is valid from {first} to {last} only. Give the new one first.",
                    first=self.certificate.not_valid_before_utc.date(),
                    last=self.until.date(),
                )
            )
        builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
        builder = builder.add_signer(self.certificate, self.key, hashes.SHA256())
        for above in self.chain:
            builder = builder.add_certificate(above)
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
        return builder.sign(serialization.Encoding.DER, options)


def read(data: bytes, password: str) -> Signer:
    """The signer of a PKCS#12 file. Raises `InputError` with what is wrong; nothing of the key is in it."""
    try:
        loaded = pkcs12.load_key_and_certificates(data, password.encode())
    except ValueError as error:
        raise InputError(msg("This is not a PKCS#12 file, or its password is another."), field="password") from error
    key, certificate, chain = loaded
    if certificate is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise InputError(msg("The file holds no certificate with an RSA or EC key."), field="file")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < LEAST_RSA:
        raise InputError(
            msg("The RSA key has {n} bits; {least} is the least.", n=key.key_size, least=LEAST_RSA), field="file"
        )
    return Signer(certificate, key, tuple(chain))


def keep(credentials: Credentials, data: bytes, password: str) -> Signer:
    """Keep the organisation's certificate in the keyring, after it was read. Raises as `read`."""
    signer = read(data, password)
    credentials.keep_blob(NAME, data)
    credentials.remember_password(_OWNER, _OWNER, password)
    return signer


def kept(credentials: Credentials) -> Signer:
    """The signer in the keyring. Raises `NoSignature` when there is none."""
    data, password = credentials.blob(NAME), credentials.password(_OWNER, _OWNER)
    if data is None or password is None:
        raise NoSignature(
            msg("There is no certificate to sign with on this machine. Give the organisation's PKCS#12 file first.")
        )
    return read(data, password)


def forget(credentials: Credentials) -> None:
    """Take the certificate and its password out of the keyring; nothing happens when there is none."""
    credentials.forget_blob(NAME)
    credentials.forget(_OWNER, _OWNER)
