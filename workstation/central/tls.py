"""Certificates for one's own server: a certificate authority of the house, the server's certificate, switching TLS on.

The authority signs nothing but servers of these names and is kept offline; seats get its certificate, `ca.crt`, only.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from psycopg import sql

from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import msg

AUTHORITY_DAYS, SERVER_DAYS = 3650, 397
_BACKDATED = timedelta(hours=1)  # a seat's clock may be behind


class TlsError(WorkstationError):
    """The server did not take the certificate, or does not say what it has."""

    code = "tls"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate's file, whom it is for and until when; beside it lies its key, for its owner alone."""

    file: Path
    names: tuple[str, ...]
    until: datetime

    @property
    def key(self) -> Path:
        return self.file.with_suffix(".key")


def init(folder: Path, names: Sequence[str], *, now: datetime | None = None) -> tuple[Certificate, Certificate]:
    """An authority in `folder` and a certificate for a server of these names and addresses; returns both.

    Raises `InputError` when there is an authority already: a second one would lock out every seat that knows the first.
    """
    if (folder / "ca.crt").exists() or (folder / "ca.key").exists():
        raise InputError(
            msg("{folder} holds an authority already; run “central tls renew”.", folder=str(folder)), field="folder"
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    moment = now or datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Collector workstation, authority of this house")])
    until = moment + timedelta(days=AUTHORITY_DAYS)
    signs = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        _begun(subject, subject, key, moment, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(signs, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(folder / "ca.key", _private(key), 0o600)
    _write(folder / "ca.crt", certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return Certificate(folder / "ca.crt", (), until), issue(folder, names, now=moment)


def issue(folder: Path, names: Sequence[str], *, now: datetime | None = None) -> Certificate:
    """A certificate for a server, signed by the authority in `folder`; without names, for those it had before.

    Written as `server.crt` and `server.key`, each whole or not at all; the seats notice nothing. Raises `InputError`.
    """
    authority, signer = _authority(folder)
    given = tuple(names) or _names_of(folder / "server.crt")
    if not given:
        raise InputError(msg("Name the server as the seats call it, with --name."), field="name")
    moment = now or datetime.now(UTC)
    until = min(moment + timedelta(days=SERVER_DAYS), authority.not_valid_after_utc)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _begun(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, given[0])]), authority.subject, key, moment, until)
        .add_extension(x509.SubjectAlternativeName(list(map(_general, given))), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    _write(folder / "server.key", _private(key), 0o600)
    _write(folder / "server.crt", certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return Certificate(folder / "server.crt", given, until)


def enable(superuser_dsn: str, certificate: str, key: str) -> None:
    """Have the running server offer TLS, 1.2 or newer, with files that lie where it runs; or leave it as it was.

    Raises `TlsError` when it cannot read them: the key has to belong to the server's account and be for it alone.
    """
    with psycopg.connect(superuser_dsn, autocommit=True) as conn:
        wanted = {
            "ssl_cert_file": certificate,
            "ssl_key_file": key,
            "ssl_min_protocol_version": "TLSv1.2",
            "ssl": "on",
        }
        before = {name: str(conn.execute("SELECT current_setting(%s)", [name]).fetchall()[0][0]) for name in wanted}
        _set(conn, wanted)
        if _offers(superuser_dsn):
            return
        _set(conn, before)
        raise TlsError(
            msg(
                "The server does not take {certificate} with {key}; it is as it was. Both files lie on its machine, "
                "belong to its account, and the key has mode 600; its log says more.",
                certificate=certificate,
                key=key,
            )
        )


def until(pem: bytes) -> datetime:
    """When the first certificate of a file ends. Raises `ValueError` for anything else."""
    return x509.load_pem_x509_certificate(pem).not_valid_after_utc


def _set(conn: psycopg.Connection[object], values: dict[str, str]) -> None:
    for name, value in values.items():
        conn.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
    conn.execute("SELECT pg_reload_conf()")


def _offers(dsn: str) -> bool:
    """A new connection is encrypted: what the server says of its settings is not yet what it does."""
    for _ in range(50):
        try:
            with psycopg.connect(dsn, sslmode="require", channel_binding="prefer", connect_timeout=5) as conn:
                row = conn.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
                return row is not None and bool(row[0])
        except psycopg.OperationalError:
            with psycopg.connect(dsn, sslmode="prefer", connect_timeout=5) as conn:
                conn.execute("SELECT pg_sleep(0.1)")
    return False


def _authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    try:
        certificate = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
        key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise InputError(
            msg("{folder} holds no authority that can be read; run “central tls init”.", folder=str(folder)),
            field="folder",
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise InputError(msg("ca.key in {folder} does not belong to ca.crt.", folder=str(folder)), field="folder")
    return certificate, key


def _names_of(file: Path) -> tuple[str, ...]:
    if not file.exists():
        return ()
    names = x509.load_pem_x509_certificate(file.read_bytes()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    return tuple(str(name.value) for name in names.value)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        return x509.DNSName(name)
    except ValueError as error:
        raise InputError(msg("{name} is no name of a server.", name=name), field="name") from error


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, moment: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - _BACKDATED)
        .not_valid_after(until)
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(file: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, and for nobody else's eyes even while it is written."""
    partial = file.with_name(f"{file.name}.{os.getpid()}.part")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as opened:
        opened.write(content)
    partial.replace(file)


def names(given: Iterable[str]) -> tuple[str, ...]:
    """Each once, in order."""
    return tuple(dict.fromkeys(name.strip() for name in given if name.strip()))
