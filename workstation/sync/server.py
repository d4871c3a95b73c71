"""Where the centre is. Apart from the link, so that naming a server loads no database driver."""

from __future__ import annotations

from dataclasses import dataclass

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Server:
    """Where the centre is. TLS with `verify-full` for any host but the loopback."""

    host: str
    port: int = 5432
    database: str = "workstation"
    sslrootcert: str = ""

    @property
    def id(self) -> str:
        """How the keyring knows this server."""
        return f"{self.host}:{self.port}/{self.database}"
