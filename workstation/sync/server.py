"""Where the centre is. Apart from the link, so that naming a server loads no database driver."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workstation.domain.errors import InputError
from workstation.domain.message import msg

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# A name or an IPv4 address with a port if need be, an IPv6 address in brackets with one, or bare without.
_PLACE = re.compile(r"(?:\[(?P<v6>[0-9a-fA-F]*:[0-9a-fA-F:.]+)\]|(?P<name>[^\s:\[\]/]+))(?::(?P<port>[0-9]{1,5}))?")
_BARE_V6 = re.compile(r"[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")


@dataclass(frozen=True, slots=True)
class Server:
    """Where the centre is. TLS with `verify-full` for any host but the loopback.

    `host` may name several, with commas, each with a port of its own if need be (`db1.bank,db2.bank:5433`): a primary
    and its standbys. The one that takes writes is found by asking them in this order.
    """

    host: str
    port: int = 5432
    database: str = "workstation"
    sslrootcert: str = ""
    pooled: bool = False  # reached through a pool that cannot bind the sign-in to the TLS channel, as PgBouncer

    @property
    def id(self) -> str:
        """How the keyring knows this server."""
        return f"{self.host}:{self.port}/{self.database}"

    @property
    def places(self) -> tuple[tuple[str, int], ...]:
        """Every host with its port, in order. Raises `InputError`."""
        return tuple(_place(part.strip(), self.port) for part in self.host.split(","))

    @property
    def loopback(self) -> bool:
        """Whether no host is beyond this machine; one that is puts TLS on all of them."""
        return all(host in LOOPBACK for host, _ in self.places)

    @property
    def target(self) -> dict[str, str]:
        """`host`, `port` and, for several, `target_session_attrs`, as libpq takes them."""
        places = self.places
        found = {"host": ",".join(host for host, _ in places), "port": ",".join(str(port) for _, port in places)}
        return found if len(places) == 1 else {**found, "target_session_attrs": "read-write"}


def _place(text: str, port: int) -> tuple[str, int]:
    if _BARE_V6.fullmatch(text):
        return text, port
    found = _PLACE.fullmatch(text)
    given = int(found["port"] or port) if found else 0
    if found is None or not 0 < given < 65536:
        raise InputError(msg("{host} is not a host, or a host with its port.", host=text), field="host")
    return found["v6"] or found["name"], given
