"""A made-up authority and an organisation's certificate under it, as PKCS#12."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

PASSWORD = "a made-up password"


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, text)])


def organisation(folder: Path, *, days: int = 30, begins: timedelta = timedelta(days=-1)) -> bytes:
    """The PKCS#12 of 示例催收; the authority's certificate is written to `CA.pem` in the folder."""
    start = datetime.now(UTC) + begins
    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    above = (
        x509.CertificateBuilder()
        .subject_name(_name("A made-up authority"))
        .issuer_name(_name("A made-up authority"))
        .public_key(root.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(root, hashes.SHA256())
    )
    own = (
        x509.CertificateBuilder()
        .subject_name(_name("示例催收"))
        .issuer_name(above.subject)
        .public_key(key.public_key())
        .serial_number(2)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(root, hashes.SHA256())
    )
    (folder / "CA.pem").write_bytes(above.public_bytes(serialization.Encoding.PEM))
    encryption = serialization.BestAvailableEncryption(PASSWORD.encode())
    return pkcs12.serialize_key_and_certificates(b"organisation", key, own, [above], encryption)
