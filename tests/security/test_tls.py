"""TLS against a real PostgreSQL: the right one is accepted, every other refused in words; no password leaves."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from psycopg.conninfo import make_conninfo

from tests.security.tls_server import LOGIN, PASSWORD, REMOTE, TlsServer, started, with_tls
from workstation import settings
from workstation.central import check_line, tls
from workstation.domain.errors import InputError
from workstation.sync import link, trust
from workstation.sync.server import Server

PROGRAMS = with_tls()
pytestmark = pytest.mark.skipif(PROGRAMS is None, reason="no PostgreSQL with TLS here: apt install postgresql")
NAMES = [REMOTE, "127.0.0.3"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsServer]:
    assert PROGRAMS is not None
    for server in started(tmp_path_factory.mktemp("tls"), PROGRAMS):
        tls.init(server.folder, NAMES)
        yield server


@pytest.fixture
def right(running: TlsServer) -> TlsServer:
    """Serving the right certificate, as the administrator set it up."""
    running.present(running.folder)
    return running


def refused(server: Server) -> str:
    with pytest.raises(link.NotTrusted) as distrusted:
        link.connect(server, LOGIN, PASSWORD)
    assert distrusted.value.code == "not_trusted"
    sentence = str(distrusted.value)
    host, port = server.places[0]
    assert sentence.startswith(f"What answers at {host}:{port} is not trusted as the centre")
    assert "Your password was not sent" in sentence
    return sentence


def test_the_right_one_is_accepted_encrypted_and_bound(right: TlsServer) -> None:
    with link.connect(right.remote, LOGIN, PASSWORD) as conn:
        version, mechanism = conn.execute(
            "SELECT version, current_user FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        ).fetchall()[0]
        assert version in {"TLSv1.2", "TLSv1.3"}
        assert mechanism == LOGIN
    with pytest.raises(link.WrongPassword):
        link.connect(right.remote, LOGIN, PASSWORD + "x")


def test_the_authority_in_the_data_folder_is_used_without_a_setting(right: TlsServer, workstation_home: Path) -> None:
    server = replace(right.remote, sslrootcert="")
    assert "an authority that is not known here" in refused(server), "the system knows no authority of this house"
    settings.home().mkdir(parents=True, exist_ok=True)
    (settings.home() / trust.CA_FILE).write_bytes((right.folder / "ca.crt").read_bytes())
    link.connect(server, LOGIN, PASSWORD).close()


def test_an_expired_certificate(running: TlsServer, tmp_path: Path) -> None:
    old = datetime.now(UTC) - timedelta(days=tls.SERVER_DAYS + 10)
    for name in ("ca.crt", "ca.key"):
        (tmp_path / name).write_bytes((running.folder / name).read_bytes())
    tls.issue(tmp_path, NAMES, now=old)
    running.present(tmp_path)
    assert "its certificate has expired" in refused(running.remote)
    with psycopg.connect(make_conninfo(running.server.superuser_dsn, sslmode="prefer")) as conn:
        (finding,) = [f for f in check_line.line(conn) if "certificate" in f.message.plain()]
    assert "no seat comes in" in finding.message.plain()


def test_a_certificate_that_is_not_valid_yet(running: TlsServer, tmp_path: Path) -> None:
    for name in ("ca.crt", "ca.key"):
        (tmp_path / name).write_bytes((running.folder / name).read_bytes())
    tls.issue(tmp_path, NAMES, now=datetime.now(UTC) + timedelta(days=3))
    running.present(tmp_path)
    assert "look at this computer's clock" in refused(running.remote)


def test_a_certificate_for_another_name(running: TlsServer, tmp_path: Path) -> None:
    for name in ("ca.crt", "ca.key"):
        (tmp_path / name).write_bytes((running.folder / name).read_bytes())
    tls.issue(tmp_path, ["db.bank.example"])
    running.present(tmp_path)
    assert "its certificate is for another name" in refused(running.remote)


def test_a_certificate_of_another_authority(running: TlsServer, tmp_path: Path) -> None:
    tls.init(tmp_path / "other", NAMES)
    running.present(tmp_path / "other")
    assert "an authority that is not known here" in refused(running.remote)


def test_a_certificate_signed_by_itself(running: TlsServer, tmp_path: Path) -> None:
    key, certificate = self_signed()
    (tmp_path / "server.key").write_bytes(key)
    (tmp_path / "server.crt").write_bytes(certificate)
    running.present(tmp_path)
    assert "signed by itself" in refused(running.remote)


def test_a_server_that_does_not_encrypt(right: TlsServer) -> None:
    right.set(ssl="off")
    assert "it does not encrypt" in refused(right.remote)
    with psycopg.connect(make_conninfo(right.server.superuser_dsn, sslmode="prefer")) as conn:
        said = [f.message.plain() for f in check_line.line(conn)]
    assert any("without TLS. Run “central tls init”" in sentence for sentence in said)


def test_a_server_of_yesterday(right: TlsServer) -> None:
    right.set(ssl_min_protocol_version="TLSv1", ssl_max_protocol_version="TLSv1.1")
    assert "no TLS that is still safe" in refused(right.remote)


def test_a_file_of_authorities_that_is_not_there(right: TlsServer, tmp_path: Path) -> None:
    gone = replace(right.remote, sslrootcert=str(tmp_path / "gone.crt"))
    assert "gone.crt cannot be read" in refused(gone)
    (tmp_path / "gone.crt").write_text("no certificate")
    assert "cannot be read" in refused(gone)


def test_who_stands_in_between_with_a_certificate_of_the_same_authority_is_found_out(
    right: TlsServer, tmp_path: Path
) -> None:
    """A proxy that the verification of names would let pass: the sign-in is bound to the channel and fails."""
    with Proxy(right) as proxy:
        assert "somebody may stand between" in refused(replace(right.remote, host=f"{REMOTE}:{proxy.port}", port=5432))
        # Where a pool is allowed to stand there, it is still found out as long as the server offers the binding.
        pooled = replace(right.remote, host=f"{REMOTE}:{proxy.port}", pooled=True)
        assert "somebody may stand between" in refused(pooled)


@pytest.mark.parametrize("asks", [3, 5], ids=["in the clear", "as md5"])
def test_a_password_is_never_given_to_who_asks_for_it_otherwise_than_by_scram(asks: int) -> None:
    """Also on the loopback, where no TLS is asked: somebody else may have the port first."""
    with Asker(asks) as asker:
        sentence = refused(Server("127.0.0.1", asker.port, "postgres"))
    assert "would give it away" in sentence
    assert PASSWORD.encode() not in asker.heard
    assert LOGIN.encode() in asker.heard


def test_an_own_server_is_set_up_renewed_and_left_alone_when_it_cannot_be(running: TlsServer, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="renew"):
        tls.init(running.folder, NAMES)
    folder = tmp_path / "house"
    authority, server = tls.init(folder, NAMES)
    assert {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()} == {
        "ca.crt": 0o644, "ca.key": 0o600, "server.crt": 0o644, "server.key": 0o600
    }  # fmt: skip
    assert folder.stat().st_mode & 0o777 == 0o700
    before = server.file.read_bytes()
    renewed = tls.issue(folder, [])
    assert renewed.names == tuple(NAMES), "for whom it was before"
    assert renewed.file.read_bytes() != before
    issuer = x509.load_pem_x509_certificate(authority.file.read_bytes())
    x509.load_pem_x509_certificate(renewed.file.read_bytes()).verify_directly_issued_by(issuer)
    assert tls.until(renewed.file.read_bytes()) - datetime.now(UTC) < timedelta(days=398)

    running.present(folder)
    running.set(ssl="off")
    dsn = make_conninfo(running.server.superuser_dsn, sslmode="prefer")
    with pytest.raises(tls.TlsError):
        tls.enable(dsn, "nowhere.crt", "nowhere.key")
    psycopg.connect(dsn).close()
    tls.enable(dsn, "server.crt", "server.key")
    seat = replace(running.remote, sslrootcert=str(folder / "ca.crt"))
    link.connect(seat, LOGIN, PASSWORD).close()
    with psycopg.connect(dsn) as conn:
        said = [f.message.plain() for f in check_line.line(conn)]
    assert len(said) == 0, said


def test_rules_that_let_in_without_scram_are_named(right: TlsServer) -> None:
    rules = right.server.data / "pg_hba.conf"
    before = rules.read_text()
    try:
        rules.write_text(before + "host all all 10.0.0.0/8 md5\nhostssl all all 10.1.0.0/16 trust\n")
        right.set(ssl="on")
        with psycopg.connect(make_conninfo(right.server.superuser_dsn, sslmode="prefer")) as conn:
            said = [f.message.plain() for f in check_line.line(conn)]
    finally:
        rules.write_text(before)
        right.set(ssl="on")
    assert sum("Write scram-sha-256 there" in sentence for sentence in said) == 2
    assert sum("Write hostssl there" in sentence for sentence in said) == 1


def self_signed() -> tuple[bytes, bytes]:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, REMOTE)])
    now = datetime.now(UTC)
    made = tls._begun(name, name, key, now, now + timedelta(days=30)).add_extension(
        x509.SubjectAlternativeName([tls._general(REMOTE)]), critical=False
    )
    return tls._private(key), made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


class Listener:
    """A thread that serves whoever comes to a free port, with `_serve`."""

    def __init__(self, host: str) -> None:
        self._door = socket.create_server((host, 0))
        self.port: int = self._door.getsockname()[1]
        self._threads: list[threading.Thread] = []

    def __enter__(self):  # type: ignore[no-untyped-def]
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._door.close()

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return
            self._start(self._serve, caller)

    def _serve(self, caller: socket.socket) -> None:
        raise NotImplementedError


class Asker(Listener):
    """Passes for a PostgreSQL without TLS that wants the password itself (3) or its md5 (5)."""

    def __init__(self, asks: int) -> None:
        super().__init__("127.0.0.1")
        self.heard = b""
        self._asks = asks

    def _serve(self, caller: socket.socket) -> None:
        with caller:
            caller.settimeout(5)
            try:
                while data := caller.recv(4096):
                    if data == struct.pack(">ii", 8, 80877103):
                        caller.sendall(b"N")
                        continue
                    self.heard += data
                    salt = b"salt" if self._asks == 5 else b""
                    caller.sendall(b"R" + struct.pack(">ii", 8 + len(salt), self._asks) + salt)
            except OSError:
                return


class Proxy(Listener):
    """Ends the TLS of the seat with a certificate of the same authority, and speaks TLS to the real server itself."""

    def __init__(self, behind: TlsServer) -> None:
        super().__init__(REMOTE)
        self._behind = behind
        # The authority signs another server of the same name, as it does for a machine that took its place.
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        folder = behind.folder.parent / "proxy"
        folder.mkdir(exist_ok=True)
        for name in ("ca.crt", "ca.key"):
            (folder / name).write_bytes((behind.folder / name).read_bytes())
        made = tls.issue(folder, NAMES)
        self._context.load_cert_chain(made.file, made.key)

    def _serve(self, caller: socket.socket) -> None:
        request = struct.pack(">ii", 8, 80877103)
        caller.recv(8)
        caller.sendall(b"S")
        outward = socket.create_connection((REMOTE, self._behind.server.port))
        outward.sendall(request)
        outward.recv(1)
        unverified = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
        try:
            near, far = self._context.wrap_socket(caller, server_side=True), unverified.wrap_socket(outward)
        except OSError:
            return
        self._start(_pump, near, far)
        _pump(far, near)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
