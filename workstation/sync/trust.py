"""Whether the other side is the centre: what libpq is told to insist on, and why it refused, in words.

TLS 1.2 or newer, the server's certificate verified with its name, the sign-in by SCRAM and nothing else, bound to that
very TLS channel: a clear password is never sent, and whoever stands in between, with any certificate, is found out.
"""

from __future__ import annotations

import socket
import ssl
import struct
from typing import Any

from workstation import settings
from workstation.domain.message import Message, msg
from workstation.sync.server import Server

CA_FILE = "ca.crt"  # in the data folder, where an administrator puts it
_SSL_REQUEST = struct.pack(">ii", 8, 80877103)
_PROBE_SECONDS = 4.0

_ANOTHER_NAME = msg("its certificate is for another name")
_UNKNOWN_AUTHORITY = msg("its certificate comes from an authority that is not known here")
# What libpq says, and what it means.
_SAID: tuple[tuple[tuple[str, ...], Message], ...] = (
    (("channel binding",), msg("somebody may stand between you and it: the sign-in belongs to another connection")),
    (("did not complete authentication",), msg("it lets you in without proving that it knows you")),
    (("method requirement",), msg("it asked for the password in a way that would give it away")),
    (("does not support SSL",), msg("it does not encrypt")),
    (("does not match host name",), _ANOTHER_NAME),
    (
        ("unsupported protocol", "protocol version", "wrong version", "no protocols"),
        msg("it speaks no TLS that is still safe"),
    ),
    (
        ("root certificate file", "could not load"),
        msg("the file of certificate authorities {file} cannot be read"),
    ),
)
# OpenSSL's verdict of a certificate: X509_V_ERR_…
_CERTIFICATE = {
    9: msg("its certificate is not valid yet: look at this computer's clock"),
    10: msg("its certificate has expired"),
    18: msg("its certificate is signed by itself"),
    19: _UNKNOWN_AUTHORITY,
    20: _UNKNOWN_AUTHORITY,
    21: _UNKNOWN_AUTHORITY,
    62: _ANOTHER_NAME,
    64: _ANOTHER_NAME,
}


def parameters(server: Server) -> dict[str, Any]:
    """For libpq. On the loopback there is no line to listen on, and no TLS is asked; SCRAM is."""
    only_scram = {"require_auth": "scram-sha-256"}
    if server.loopback:
        return {**only_scram, "sslmode": "prefer"}
    return {
        **only_scram,
        "sslmode": "verify-full",
        "sslrootcert": authorities(server),
        "ssl_min_protocol_version": "TLSv1.2",
        # PgBouncer hands the proof of the client on and cannot bind it to the channel.
        "channel_binding": "prefer" if server.pooled else "require",
    }


def authorities(server: Server) -> str:
    """The file of the certificate authorities: the one named, the one in the data folder, or the system's own."""
    kept = settings.home() / CA_FILE
    return server.sslrootcert or (str(kept) if kept.is_file() else "system")


def distrust(text: str, server: Server) -> Message | None:
    """Why the other side is not trusted, from what libpq said; None when that was not it."""
    for signs, why in _SAID:
        if any(sign in text for sign in signs):
            return msg(why.text, file=authorities(server)) if "{file}" in why.text else why
    no_answer = any(sign in text for sign in ("SSL SYSCALL", "closed unexpectedly", "invalid response"))
    if not no_answer and ("certificate" in text or "SSL" in text):
        return _CERTIFICATE.get(_verdict(server), msg("its certificate could not be verified"))
    return None


def _verdict(server: Server) -> int:
    """OpenSSL's own reason, which libpq keeps to itself: asked again, of the first host, without signing in."""
    host, port = server.places[0]
    known = authorities(server)
    try:
        context = ssl.create_default_context(cafile=None if known == "system" else known)
        with socket.create_connection((host, port), timeout=_PROBE_SECONDS) as plain:
            plain.sendall(_SSL_REQUEST)
            if plain.recv(1) == b"S":
                context.wrap_socket(plain, server_hostname=host).close()
    except ssl.SSLCertVerificationError as refused:
        return refused.verify_code
    except OSError:
        pass  # then it stays at the general sentence
    return 0
