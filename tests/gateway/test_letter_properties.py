"""Whatever somebody types into an address, a subject or a text: one letter to one person, word for word, or nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gateway.providers import SECRET, MailBox, SmsProvider
from workstation.gateway.outgoing import Outgoing, Refused
from workstation.gateway.sms_http import SmsHttp
from workstation.gateway.smtp import Smtp
from workstation.settings import MailServer

HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding",
           "MIME-Version", "X-Peer", "X-MailFrom", "X-RcptTo"}  # fmt: skip
NASTY = st.text(alphabet=st.sampled_from("ab\r\n\t :;,<>@\"'.=?_-\\\x00\x0b\x0c\x1c\x85\u2028账"), max_size=40)
ADDRESS = st.one_of(
    NASTY,
    st.just("a@b.example"),
    st.emails(),
    st.builds("a@b.example{}".format, NASTY),
    st.builds("{}@b.example".format, NASTY),
)


@pytest.fixture(scope="module")
def mail() -> Iterator[MailBox]:
    box = MailBox()
    yield box
    box.close()


@pytest.fixture(scope="module")
def sms() -> Iterator[SmsProvider]:
    provider = SmsProvider()
    yield provider
    provider.close()


@given(address=ADDRESS, subject=st.one_of(st.text(), NASTY), text=st.one_of(st.text(), NASTY))
@settings(max_examples=300)
def test_a_letter_is_one_letter(mail: MailBox, address: str, subject: str, text: str) -> None:
    mail.taken.clear()
    way = Smtp(MailServer(host="127.0.0.1", port=mail.port, security="none", sender="card@bank.example"), lambda: None)
    try:
        way.send(Outgoing("an-id", "email", address, subject, text, 1))
    except Refused:
        assert mail.taken == []
        return
    finally:
        way.close()
    [envelope], [letter] = mail.taken, mail.letters
    assert envelope.rcpt_tos == [address]
    assert (letter["To"], letter["From"], letter["Message-ID"]) == (
        address,
        "card@bank.example",
        "<an-id@bank.example>",
    )
    assert set(letter.keys()) <= HEADERS
    assert len(letter.keys()) == len(set(letter.keys()))
    assert "".join(letter["Subject"].split()) == "".join(subject.split()), "word for word, but for the spaces"
    assert lines(letter.get_content()) == lines(text)


@given(number=st.one_of(NASTY, st.text(alphabet="+0123456789 -.()", max_size=20)), text=st.one_of(st.text(), NASTY))
@settings(max_examples=150)
def test_a_text_message_is_one_text_message(sms: SmsProvider, number: str, text: str) -> None:
    sms.texts.clear()
    try:
        SmsHttp(sms.url, lambda: SECRET).send(Outgoing("an-id", "sms", number, "", text, 1))
    except Refused:
        assert sms.texts == {}
        return
    [taken] = sms.texts.values()
    assert taken["to"] == "".join(letter for letter in number if letter in "+0123456789")
    assert taken["text"] == text


def lines(text: str) -> list[str]:
    """Of a mail, whose lines end as mails do."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
