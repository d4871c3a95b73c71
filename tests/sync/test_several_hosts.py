"""A centre at several addresses: how they are named, and that the one that takes writes is found."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import psycopg
import pytest

from tests.central.server import PASSWORD, CentralDatabase
from workstation.domain.errors import InputError
from workstation.sync.server import Server


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port of the loopback that nobody answers at, kept from others for the time of the test."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def sign_in(server: Server) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(**server.target, dbname=server.database, user="li.na", password=PASSWORD, connect_timeout=8)


def test_one_host_is_asked_for_nothing_more() -> None:
    assert Server("db.bank", 5433).target == {"host": "db.bank", "port": "5433"}


@pytest.mark.parametrize(
    ("host", "places"),
    [
        ("db1.bank,db2.bank", (("db1.bank", 5432), ("db2.bank", 5432))),
        (" db1.bank:5433 , db2.bank ", (("db1.bank", 5433), ("db2.bank", 5432))),
        ("127.0.0.1:5433,127.0.0.1:5434", (("127.0.0.1", 5433), ("127.0.0.1", 5434))),
        ("[::1]:5433,::1", (("::1", 5433), ("::1", 5432))),
        ("fe80::2,[2001:db8::1]", (("fe80::2", 5432), ("2001:db8::1", 5432))),
    ],
)
def test_each_host_may_have_its_port(host: str, places: tuple[tuple[str, int], ...]) -> None:
    server = Server(host)
    assert server.places == places
    assert server.target == {
        "host": ",".join(name for name, _ in places),
        "port": ",".join(str(port) for _, port in places),
        "target_session_attrs": "read-write",
    }


@pytest.mark.parametrize(
    "host", ["", "db1.bank,", "db1.bank:0", "db1.bank:70000", "db:x", "a b", "[db]:5432", "http://db"]
)
def test_what_is_no_host_is_said(host: str) -> None:
    with pytest.raises(InputError) as caught:
        _ = Server(host).places
    assert caught.value.field == "host"


def test_one_host_beyond_this_machine_makes_all_of_them_so() -> None:
    assert Server("127.0.0.1:1,localhost,[::1]:3").loopback
    assert not Server("127.0.0.1,db2.bank").loopback


def test_the_host_that_is_away_is_passed_over(central: CentralDatabase, dead_port: int) -> None:
    alive = central.server
    server = Server(f"{alive.host}:{dead_port},{alive.host}:{alive.port}", database=central.name)
    with sign_in(server) as conn:
        assert conn.info.port == alive.port


def test_a_server_that_only_reads_is_passed_over(central: CentralDatabase) -> None:
    """A standby says that it is read only; here the server says so for one person's sessions."""
    alive = central.server
    server = Server(f"{alive.host}:{alive.port},{alive.host}:{alive.port}", database=central.name)
    with sign_in(server) as conn:
        assert conn.execute("SELECT 1").fetchone() == (1,)
    with central.connect(autocommit=True) as conn:
        conn.execute(f'ALTER ROLE "li.na" IN DATABASE "{central.name}" SET default_transaction_read_only = on')
    with pytest.raises(psycopg.OperationalError, match="read-only"):
        sign_in(server)
