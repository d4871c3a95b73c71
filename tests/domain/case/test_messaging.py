"""An SMS is counted as networks split it; templates are whole in both languages and lawful however they are filled."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.errors import InputError
from workstation.domain.messaging import (
    FIELDS,
    LONGEST_EMAIL,
    MOST_SEGMENTS,
    MessageFileError,
    check_text,
    load,
    read,
    segments,
    withheld,
)
from workstation.domain.wording import Facts, check

PLAIN = "abcXYZ 019,.?äöÜß@£"
TWO = "^{}[]~|\\€"
LAWFUL = dict.fromkeys(FIELDS, "X")


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("", "GSM-7", 0, 0),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("€" * 80, "GSM-7", 160, 1),
        ("a" * 152 + "€" + "a" * 8, "GSM-7", 162, 2),
        ("字" * 70, "UCS-2", 70, 1),
        ("字" * 71, "UCS-2", 71, 2),
        ("😀" * 35, "UCS-2", 70, 1),
        ("字" * 66 + "😀" + "字" * 5, "UCS-2", 73, 2),
    ],
)
def test_an_sms_is_counted_as_networks_split_it(text: str, encoding: str, units: int, count: int) -> None:
    assert segments(text)[:3] == (encoding, units, count)


@given(st.text(st.sampled_from(PLAIN), max_size=700))
def test_plain_characters_take_one_place_each(text: str) -> None:
    found = segments(text)
    assert (found.encoding, found.units, found.forced) == ("GSM-7", len(text), "")
    assert found.parts == (math.ceil(len(text) / 153) if len(text) > 160 else min(1, len(text)))


@given(st.text(st.sampled_from(PLAIN + TWO), max_size=700))
def test_escaped_characters_take_two_and_are_never_cut(text: str) -> None:
    """Against parts filled one after another, as a sender's queue would."""
    parts: list[list[int]] = [[]]
    for char in text:
        size = 2 if char in TWO else 1
        if sum(parts[-1]) + size > 153:
            parts.append([])
        parts[-1].append(size)
    whole = sum(map(sum, parts))
    assert segments(text).units == whole
    assert segments(text).parts == (len(parts) if whole > 160 else min(1, whole))


@given(st.text(max_size=400).filter(lambda text: any(ord(char) > 0x4E00 for char in text)))
def test_others_are_counted_in_utf_16(text: str) -> None:
    found = segments(text)
    assert found.encoding == "UCS-2"
    assert found.units == len(text.encode("utf-16-le", "surrogatepass")) // 2
    assert found.forced


@given(st.text(max_size=300), st.text(max_size=30))
def test_more_text_never_takes_fewer_parts(text: str, more: str) -> None:
    assert segments(text + more).units >= segments(text).units
    assert segments(text + more).parts >= segments(text).parts


@pytest.mark.parametrize(
    ("channel", "text", "subject", "field"),
    [
        ("sms", "  ", "", "text"),
        ("sms", "字" * (67 * MOST_SEGMENTS + 1), "", "text"),
        ("email", "x", "", "subject"),
        ("email", "x", "a\r\nBcc: everybody@example.org", "subject"),
        ("email", "x", "a\u2028b", "subject"),
        ("email", "x", "s" * 201, "subject"),
        ("email", "x" * (LONGEST_EMAIL + 1), "s", "text"),
    ],
)
def test_what_cannot_be_sent_names_its_field(channel: str, text: str, subject: str, field: str) -> None:
    with pytest.raises(InputError) as refused:
        check_text(channel, text, subject)
    assert refused.value.field == field


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("template", load().template, ids=lambda template: template.id)
def test_every_template_is_lawful_and_short(template, language: str) -> None:  # type: ignore[no-untyped-def]
    subject, text = template.filled(language, LAWFUL)
    party = "related" if "related" in template.parties else "debtor"
    jurisdiction = "zh-CN" if language == "zh_CN" else "en-GB"
    for said in (subject, text):
        assert check(said, language, jurisdiction, party, Facts(identity_verified=True)) == ()
    check_text("email", text, subject)
    assert segments(text).parts <= 3
    assert "{" not in text + subject
    assert not ({"name", "amount"} <= template.fields(language)), "never a name together with an amount"


def test_a_field_the_case_does_not_have_is_named_and_a_line_break_never_reaches_a_subject() -> None:
    template = load().find("overdue_reminder")
    with pytest.raises(InputError, match="due_date"):
        template.filled("en", {**LAWFUL, "due_date": ""})
    subject, _ = template.filled("en", {**LAWFUL, "tail": "1\r\nBcc: x@example.org"})
    assert "\n" not in subject
    assert "\r" not in subject


def test_conditions_hold_a_template_back() -> None:
    template = load().find("promise_reminder")
    assert withheld(template, set()) == "promise_open"
    assert withheld(template, {"promise_open"}) is None
    assert withheld(template, {"promise_open", "dispute_open"}) == "dispute_open"
    with pytest.raises(InputError):
        load().find("threat")


GOOD = """
version = "1"
[[template]]
id = "a"
channels = ["sms"]
purpose = "collect"
title = { en = "A", zh_CN = "甲" }
subject = { en = "A", zh_CN = "甲" }
text = { en = "A {bank}", zh_CN = "甲" }
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{bank}", "{password}", "password"),
        ("{bank}", "{name}", "name"),
        ('zh_CN = "甲" }\ntext', 'zh_CN = " " }\ntext', "zh_CN"),
        ('purpose = "collect"', 'purpose = "threaten"', "purpose"),
        ('purpose = "collect"', 'purpose = "collect"\nrequires = ["rich"]', "rich"),
        ('["sms"]', '["pigeon"]', "pigeon"),
        ("version", "version", "twice"),
        ('id = "a"', "id = ", "line"),
    ],
)
def test_a_faulty_file_is_refused_with_the_entry(old: str, new: str, says: str) -> None:
    text = GOOD.replace(old, new) if says != "twice" else GOOD + GOOD.partition('version = "1"')[2]
    with pytest.raises(MessageFileError, match=says):
        read(text, "house.toml")
