"""Only over TLS, only to whom the computer trusts, only with the right password; else nothing is even claimed."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from tests.gateway.conftest import House, Made
from tests.gateway.providers import MAIL_LOGIN, MAIL_PASSWORD, SECRET, SmsProvider
from workstation.gateway.outgoing import WayClosed
from workstation.gateway.sms_http import SmsHttp
from workstation.gateway.smtp import Smtp
from workstation.settings import MailServer

# The servers here take passwords over TLS from the first byte, of which aiosmtpd's option knows nothing.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")


def untouched(house: House, message: str) -> bool:
    """It waits as if nobody had looked at it."""
    rows = house.owner("SELECT state, attempts FROM message_delivery WHERE message_id = %s", message)
    return rows == [("waiting", 0)] and house.results(message) == []


def mail_way(box: object, **changed: object) -> Smtp:
    password = str(changed.pop("password", MAIL_PASSWORD))
    values = {"host": "127.0.0.1", "port": box.port, "security": "starttls", "sender": "card@bank.example"}  # type: ignore[attr-defined]
    return Smtp(MailServer(**{**values, **changed}), lambda: password, seconds=10)  # type: ignore[arg-type]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_leaves_over_tls_to_a_server_the_computer_trusts(
    house: House, mail_box: Made, tls: ssl.SSLContext, certificate: Path, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mail_box(tls=tls, starttls=security == "starttls", must_sign_in=True)
    message = house.queue(channel="email", subject="x")
    way = mail_way(box, security=security, login=MAIL_LOGIN)
    tally = house.round(ways={"email": way})
    assert "certificate" in tally.problems["email"].message.plain()
    assert untouched(house, message)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tally = house.round(ways={"email": mail_way(box, security=security, login=MAIL_LOGIN, password="wrong")})
    assert "password" in tally.problems["email"].message.plain()
    assert untouched(house, message)
    assert house.round(ways={"email": way}).sent == 1
    assert len(box.taken) == 1


def test_a_password_no_mail_server_takes_closes_the_way(house: House, mail_box: Made) -> None:
    box = mail_box(must_sign_in=True)
    message = house.queue(channel="email", subject="x")
    way = mail_way(box, security="none", login=MAIL_LOGIN, password="密码")
    assert set(house.round(ways={"email": way}).problems) == {"email"}
    assert untouched(house, message)


def test_a_server_without_tls_gets_nothing(house: House) -> None:
    message = house.queue(channel="email", subject="x")
    tally = house.round(ways={"email": mail_way(house.mail)})
    assert "no TLS" in tally.problems["email"].message.plain()
    assert untouched(house, message)


def test_a_server_that_asks_for_a_sign_in_nobody_set_up_refuses_the_sender(house: House, mail_box: Made) -> None:
    box = mail_box(must_sign_in=True)
    message = house.queue(channel="email", subject="x")
    tally = house.round(ways={"email": mail_way(box, security="none")})
    assert set(tally.problems) == {"email"}
    assert (house.state(message), house.results(message), box.taken) == ("waiting", [], [])


def test_a_provider_that_is_not_there_holds_its_channel_only(house: House) -> None:
    letter, text = house.queue(0, "email", subject="x"), house.queue(1)
    house.mail.close()
    tally = house.round(most=1)
    assert (tally.sent, set(tally.problems)) == (1, {"email"})
    assert untouched(house, letter)
    assert house.state(text) == "sent"


@pytest.mark.parametrize("host", ["mail.example", "10.0.0.1", "127.0.0.1.example"])
def test_mail_without_tls_is_for_this_computer_only(host: str) -> None:
    with pytest.raises(WayClosed):
        Smtp(MailServer(host=host, security="none", sender="a@b.example"), lambda: None)


@pytest.mark.parametrize("sender", ["", "a", "a@b\r\nBcc: c@d", "Bank <a@b.example>", "a@b.example,c@d.example"])
def test_a_sender_is_one_address(sender: str) -> None:
    with pytest.raises(WayClosed):
        Smtp(MailServer(host="mail.example", sender=sender), lambda: None)


def test_a_senders_name_cannot_add_a_header() -> None:
    with pytest.raises(WayClosed):
        Smtp(MailServer(host="mail.example", sender="a@b.example", sender_name="Bank\r\nBcc: c@d"), lambda: None)


@pytest.mark.parametrize(
    "url",
    ["http://sms.example", "ftp://sms.example", "sms.example", "https://", "https://u:p@sms.example", "https://x/?a=b",
     "https://sms.example\r\n", "http://127.0.0.1.example", "https://sms.example:0"],
)  # fmt: skip
def test_text_messages_leave_over_https_only(url: str) -> None:
    with pytest.raises(WayClosed):
        SmsHttp(url, lambda: SECRET)


def test_a_provider_nobody_vouches_for_gets_nothing_and_one_that_is_trusted_does(
    house: House, tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = SmsProvider(tls)
    message = house.queue()
    way = SmsHttp(provider.url, lambda: SECRET)
    assert "certificate" in house.round(ways={"sms": way}).problems["sms"].message.plain()
    assert provider.asked == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    house.open_hold()
    assert house.round(ways={"sms": way}).sent == 1
    assert message in provider.texts
    provider.close()


@pytest.mark.parametrize("secret", ["", "wrong", "with a space", "line\r\nX-Header: y"])
def test_a_wrong_secret_fails_no_message(house: House, secret: str) -> None:
    message = house.queue()
    tally = house.round(ways={"sms": SmsHttp(house.sms.url, lambda: secret)})
    assert set(tally.problems) == {"sms"}
    assert (house.state(message), house.sms.texts) == ("waiting", {})
    house.open_hold()
    assert house.round().sent == 1
