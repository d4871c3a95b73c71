"""Dialling over HTTP against a real server: each answer it may give, and what never leaves for it."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.telephony.pbx import SECRET, Pbx
from workstation.telephony.adapter import Call, DiallingFailed, Moment
from workstation.telephony.http_hook import LONGEST_ANSWER, HttpHook, checked_url

CALL = Call("0197e3c5-0000-7000-8000-000000000001", "+8613800006620", "801")


@pytest.fixture
def pbx() -> Iterator[Pbx]:
    made = Pbx()
    yield made
    made.close()


def quick() -> Iterator[float]:
    while True:
        yield 0.005


def hook(pbx: Pbx, *, secret: str | None = SECRET, seconds: float = 8.0) -> HttpHook:
    return HttpHook(pbx.url, lambda: secret, seconds=seconds, pauses=quick)


def refused(pbx: Pbx, **how: object) -> DiallingFailed:
    """What dialling is refused with."""
    with pytest.raises(DiallingFailed) as caught:
        hook(pbx, **how).dial(CALL)  # type: ignore[arg-type]
    assert "8613800006620" not in str(caught.value) + repr(caught.value) + repr(CALL)
    return caught.value


def test_a_call_is_dialled_with_its_id_as_the_key(pbx: Pbx) -> None:
    hook(pbx).dial(CALL)
    [(method, path, headers, body)] = pbx.asked
    assert (method, path) == ("POST", "/api/calls")
    assert body == {"id": CALL.id, "number": "+8613800006620", "extension": "801"}
    assert headers["idempotency-key"] == CALL.id
    assert headers["authorization"] == f"Bearer {SECRET}"


def test_the_same_call_twice_is_one_call(pbx: Pbx) -> None:
    hook(pbx).dial(CALL)
    hook(pbx).dial(CALL)
    assert len(pbx.asked) == 2
    assert len(pbx.dialled) == 1


@pytest.mark.parametrize(
    ("status", "words", "unsure"),
    [
        (401, "secret", False),
        (403, "secret", False),
        (409, "busy", False),
        (422, "refused the number", False),
        (404, "no telephone system", False),
        (500, "fault (500)", True),
        (503, "fault (503)", True),
        (418, "(418)", False),
    ],
)
def test_each_refusal_says_what_to_do(pbx: Pbx, status: int, words: str, unsure: bool) -> None:
    pbx.status = status
    error = refused(pbx)
    assert words in error.message.plain()
    assert error.unsure is unsure


def test_a_redirect_is_not_followed(pbx: Pbx) -> None:
    other = Pbx()
    pbx.status, pbx.location = 307, f"{other.url}/calls"
    assert "no telephone system" in refused(pbx).message.plain()
    other.close()
    assert other.asked == [], "the secret would have gone to another host"


def test_no_answer_in_time_leaves_it_unsure_and_the_repeat_does_not_call_twice(pbx: Pbx) -> None:
    pbx.hold = threading.Event()
    assert refused(pbx, seconds=0.2).unsure
    pbx.hold.set()
    hook(pbx).dial(CALL)
    assert len(pbx.dialled) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"", b"ok", b"[]", b"{}", b'{"state": "sleeping"}', b'{"state": 1}', b'\xff{"state": "ringing"}',
        b'{"state": "ringing"}' + b" " * LONGEST_ANSWER,
    ],
)  # fmt: skip
def test_an_answer_that_is_none_leaves_it_unsure(pbx: Pbx, body: bytes) -> None:
    pbx.body = body
    assert refused(pbx).unsure


def test_nobody_there() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(DiallingFailed, match="cannot be reached") as caught:
            HttpHook(url, lambda: SECRET).dial(CALL)
    assert not caught.value.unsure


def test_a_server_that_speaks_something_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(DiallingFailed) as caught:
            HttpHook(f"http://127.0.0.1:{listening.getsockname()[1]}", lambda: SECRET).dial(CALL)
        thread.join()
    assert caught.value.unsure


@pytest.mark.parametrize("secret", [None, "", "two words", "line\r\nX-Evil: 1", "密码"])
def test_without_a_secret_that_fits_into_a_header_nothing_is_sent(pbx: Pbx, secret: str | None) -> None:
    assert refused(pbx, secret=secret).field == "secret"
    assert pbx.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "pbx.example.org",
        "http://pbx.example.org/api",
        "http://127.0.0.1.example.org/",
        "http://localhost@evil.example/",
        "https://user:word@pbx.example.org/",
        "https://pbx.example.org/?a=1",
        "https://pbx.example.org/#a",
        "https://pbx.example.org/\r\nHost: evil",
        "https://pbx.example.org/a b",
        "https://pbx.example.org:99999/",
        "https://pbx.example.org:0/",
        "https://[::1",
        "https:///api",
        "ftp://pbx.example.org/",
        "file:///etc/passwd",
        "https://例子.cn/",
    ],
)
def test_only_https_and_this_computer(url: str) -> None:
    with pytest.raises(DiallingFailed) as caught:
        checked_url(url)
    assert caught.value.field == "url"


@pytest.mark.parametrize(
    "url", ["https://pbx.example.org", "https://10.0.0.4:8443/api/", "http://localhost:8080", "http://[::1]:1/"]
)
def test_addresses_that_are_taken(url: str) -> None:
    assert checked_url(url).hostname


# ---- TLS ----


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Key and certificate of 127.0.0.1 in one file, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pbx")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "pbx.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


@pytest.fixture
def secure_pbx(certificate: Path) -> Iterator[Pbx]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    made = Pbx(context)
    yield made
    made.close()


def test_a_certificate_nobody_vouches_for_gets_nothing(secure_pbx: Pbx) -> None:
    error = refused(secure_pbx)
    assert "certificate" in error.message.plain()
    assert not error.unsure
    assert secure_pbx.asked == []


def test_one_the_computer_trusts_is_dialled_through(
    secure_pbx: Pbx, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    hook(secure_pbx).dial(CALL)
    assert len(secure_pbx.dialled) == 1


# ---- how a call goes on ----


def follow(pbx: Pbx, moves: dict[str, str], stop: threading.Event | None = None) -> list[Moment]:
    """Follow a dialled call to its end; each state that is told sets the server to the next one of `moves`."""
    stop = stop or threading.Event()
    told: list[Moment] = []

    def tell(moment: Moment) -> None:
        told.append(moment)
        following = moves.get(moment.state)
        if following:
            pbx.calls[CALL.id] = following

    made = hook(pbx)
    made.dial(CALL)
    pbx.calls[CALL.id] = moves["ringing"]
    made.follow(CALL, tell, stop)
    return told


def test_answered_and_ended_are_told_once_each(pbx: Pbx) -> None:
    told = follow(pbx, {"ringing": "answered", "answered": "ended"})
    assert [moment.state for moment in told] == ["answered", "ended"]


def test_a_call_nobody_takes_ends_without_an_answer(pbx: Pbx) -> None:
    assert [moment.state for moment in follow(pbx, {"ringing": "ended"})] == ["ended"]


def test_seconds_in_the_state_are_told_but_never_more_than_the_call_is_old(pbx: Pbx) -> None:
    pbx.seconds = 7_000.0
    [ended] = follow(pbx, {"ringing": "ended"})
    assert 0.0 <= ended.ago < 60.0
    pbx.calls.clear()
    pbx.seconds = -5.0
    [ended] = follow(pbx, {"ringing": "ended"})
    assert ended.ago == 0.0


def test_a_call_the_system_forgot_has_ended(pbx: Pbx) -> None:
    made, told = hook(pbx), []
    made.dial(CALL)
    pbx.calls.clear()
    made.follow(CALL, told.append, threading.Event())
    assert [moment.state for moment in told] == ["ended"]


def test_faults_on_the_way_are_asked_past(pbx: Pbx) -> None:
    made, told = hook(pbx), []
    made.dial(CALL)
    pbx.calls[CALL.id], pbx.body = "ended", b"<html>"
    pauses = 0

    def healing() -> Iterator[float]:
        nonlocal pauses
        while True:
            pauses += 1
            if pauses == 4:
                pbx.body = None
            yield 0.005

    HttpHook(pbx.url, lambda: SECRET, pauses=healing).follow(CALL, told.append, threading.Event())
    assert [moment.state for moment in told] == ["ended"]
    assert pauses == 4


def test_a_state_that_goes_back_is_not_told(pbx: Pbx) -> None:
    made, told, stop = hook(pbx), [], threading.Event()
    made.dial(CALL)
    pbx.calls[CALL.id] = "answered"

    def tell(moment: Moment) -> None:
        told.append(moment.state)
        pbx.calls[CALL.id] = "ringing"

    asked_back = 0

    def pauses() -> Iterator[float]:
        nonlocal asked_back
        while True:
            asked_back += "answered" in told
            if asked_back == 4:
                pbx.calls[CALL.id] = "ended"
            yield 0.005

    HttpHook(pbx.url, lambda: SECRET, pauses=pauses).follow(CALL, tell, stop)
    assert told == ["answered", "ended"]


def test_stop_ends_the_following(pbx: Pbx) -> None:
    stop = threading.Event()
    stop.set()
    assert follow(pbx, {"ringing": "answered"}, stop) == []


def test_hanging_up_ends_the_call_and_twice_does_no_harm(pbx: Pbx) -> None:
    made = hook(pbx)
    made.dial(CALL)
    made.hang_up(CALL)
    pbx.calls.clear()
    made.hang_up(CALL)
    assert pbx.hung_up == [CALL.id]


def test_hanging_up_that_fails_says_so(pbx: Pbx) -> None:
    made = hook(pbx)
    made.dial(CALL)
    pbx.status = 500
    with pytest.raises(DiallingFailed, match="500"):
        made.hang_up(CALL)


# ---- the test of the settings ----


def test_a_dry_run_calls_nobody(pbx: Pbx) -> None:
    hook(pbx).test("801")
    [(_, _, _, body)] = pbx.asked
    assert body == {"dry_run": True, "extension": "801"}
    assert pbx.dialled == []


def test_a_system_that_does_not_know_the_dry_run(pbx: Pbx) -> None:
    pbx.body = b'{"state": "ringing"}'
    with pytest.raises(DiallingFailed):
        hook(pbx).test("801")


@pytest.mark.parametrize("extension", ["", "8 01", "801;802", "801\n"])
def test_a_dry_run_wants_an_extension(pbx: Pbx, extension: str) -> None:
    with pytest.raises(DiallingFailed) as caught:
        hook(pbx).test(extension)
    assert caught.value.field == "extension"
    assert pbx.asked == []
