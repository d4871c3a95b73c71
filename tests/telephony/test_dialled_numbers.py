"""What reaches a telephone is `+` and digits; everything else is refused, never tidied."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.telephony.adapter import Call, DiallingFailed
from workstation.telephony.numbers import e164
from workstation.telephony.system import SystemHandler, checked_domain

ID = "0197e3c5-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("written", "jurisdiction", "dialled"),
    [
        ("13800006620", "zh-CN", "+8613800006620"),
        ("138 0000 6620", "zh-CN", "+8613800006620"),
        ("8613800006620", "zh-CN", "+8613800006620"),
        ("+86 138 0000 6620", "zh-CN", "+8613800006620"),
        ("010-12345678", "zh-CN", "+861012345678"),
        ("057188886666", "zh-CN", "+8657188886666"),
        ("+44 20 7946 0000", "zh-CN", "+442079460000"),
        ("0044 20 7946 0000", "zh-CN", "+442079460000"),
        ("020 7946 0000", "en-GB", "+442079460000"),
        ("07700 900123", "en-GB", "+447700900123"),
        ("(212) 555-0123", "en-US", "+12125550123"),
        ("212-555-0123", "en-US", "+12125550123"),
        ("1 212 555 0123", "en-US", "+12125550123"),
    ],
)
def test_numbers_as_they_are_written(written: str, jurisdiction: str, dialled: str) -> None:
    assert e164(written, jurisdiction) == dialled


@pytest.mark.parametrize("jurisdiction", ["zh-CN", "en-GB", "en-US", "", "zh"])
@pytest.mark.parametrize(
    "hostile",
    [
        "", " ", "+", "110", "95588", "12345", "4001234567", "1" * 30, "+" + "9" * 16, "+0441234567", "000000000000",
        "13800006620;postd=110", "13800006620,,9", "13800006620@evil.example", "13800006620\n110", "13800006620\r\n",
        "13800006620\t", "13800006620#", "*21*13800006620#", "tel:13800006620", "13800006620;phone-context=evil",
        "١٣٨٠٠٠٠٦٦٢٠", "１３８００００６６２０", "13800006620\u202e", "13800006620 ext 5", "13800006620p1", "`id`",
        "$(id)",
    ],
)  # fmt: skip
def test_what_is_not_a_number_is_refused_without_saying_it(hostile: str, jurisdiction: str) -> None:
    with pytest.raises(DiallingFailed) as caught:
        e164(hostile, jurisdiction)
    assert not re.search(r"\d{5}", str(caught.value))
    assert caught.value.__cause__ is None, "a traceback would say it"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@given(st.text(max_size=40), st.sampled_from(["zh-CN", "en-GB", "en-US"]))
def test_whatever_comes_out_is_e164(text: str, jurisdiction: str) -> None:
    try:
        number = e164(text, jurisdiction)
    except DiallingFailed:
        return
    assert re.fullmatch(r"\+[1-9][0-9]{6,14}", number)


@given(st.from_regex(r"\+?[0-9 ().-]{5,25}", fullmatch=True), st.sampled_from(["zh-CN", "en-GB", "en-US"]))
def test_no_digit_is_invented_at_the_end(text: str, jurisdiction: str) -> None:
    try:
        number = e164(text, jurisdiction)
    except DiallingFailed:
        return
    assert number[-7:] == re.sub(r"\D", "", text)[-7:]


@pytest.mark.parametrize("number", ["13800006620", "+86138;1", "+8613800006620\n", "+86 138", "", "+" + "1" * 16])
def test_no_call_is_made_of_anything_else(number: str) -> None:
    with pytest.raises(DiallingFailed):
        Call(ID, number)


@pytest.mark.parametrize("identity", ["", "../x", "a/b", "a b", "a\n", "é"])
def test_an_id_is_safe_in_an_address(identity: str) -> None:
    with pytest.raises(DiallingFailed):
        Call(identity, "+8613800006620")


def test_the_number_is_not_in_the_text_of_a_call() -> None:
    assert "13800006620" not in repr(Call(ID, "+8613800006620"))


@pytest.mark.parametrize(
    ("scheme", "domain", "address"),
    [
        ("tel", "", "tel:+8613800006620"),
        ("sip", "sip.example.org", "sip:+8613800006620@sip.example.org;user=phone"),
        ("sip", "10.0.0.4:5060", "sip:+8613800006620@10.0.0.4:5060;user=phone"),
    ],
)
def test_the_address_that_is_opened(scheme: str, domain: str, address: str) -> None:
    opened: list[str] = []

    def opener(url: str) -> bool:
        opened.append(url)
        return True

    SystemHandler(scheme, opener, domain=domain).dial(Call(ID, "+8613800006620", "801"))  # type: ignore[arg-type]
    assert opened == [address]


def test_nothing_that_opens_addresses_is_said() -> None:
    with pytest.raises(DiallingFailed, match="No program on this computer opens tel: addresses"):
        SystemHandler("tel", lambda _url: False).dial(Call(ID, "+8613800006620"))


@pytest.mark.parametrize("domain", ["", "a b", "a@b", "a;b", "-a.org", "a..b", "a\n", "x" * 300, "例子.cn", "a/b"])
def test_a_domain_that_is_none(domain: str) -> None:
    with pytest.raises(DiallingFailed):
        checked_domain(domain)
