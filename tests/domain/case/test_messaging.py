"""An SMS is counted as networks split it; templates are whole in both languages and lawful however they are filled."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.errors import InputError
from workstation.domain.messaging import (
    FIELDS,
    LONGEST_EMAIL,
    LONGEST_SUBJECT,
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


def runs(alphabet: str) -> st.SearchStrategy[str]:
    """Texts of several parts: hypothesis by itself hardly ever makes one longer than a single SMS."""
    return st.lists(st.tuples(st.sampled_from(alphabet), st.integers(1, 160)), max_size=8).map(
        lambda parts: "".join(char * times for char, times in parts)
    )


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("", "GSM-7", 0, 0),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("€" * 80, "GSM-7", 160, 1),
        ("a" * 152 + "€" + "a" * 8, "GSM-7", 162, 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
        ("a" * 153 + "€" + "a" * 151, "GSM-7", 306, 2),
        ("字" * 66 + "😀" + "字" * 66, "UCS-2", 134, 3),
        ("字" * 67 + "😀" + "字" * 65, "UCS-2", 134, 2),
        ("字" * 70, "UCS-2", 70, 1),
        ("字" * 71, "UCS-2", 71, 2),
        ("😀" * 35, "UCS-2", 70, 1),
        ("字" * 66 + "😀" + "字" * 5, "UCS-2", 73, 2),
    ],
)
def test_an_sms_is_counted_as_networks_split_it(text: str, encoding: str, units: int, count: int) -> None:
    assert segments(text)[:3] == (encoding, units, count)


@given(runs(PLAIN))
def test_plain_characters_take_one_place_each(text: str) -> None:
    found = segments(text)
    assert (found.encoding, found.units, found.forced) == ("GSM-7", len(text), "")
    assert found.parts == (math.ceil(len(text) / 153) if len(text) > 160 else min(1, len(text)))


@given(runs(PLAIN + TWO))
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


@given(runs("字好a1^€😀𠮷").map(lambda text: text + "字"))
def test_a_pair_is_never_cut(text: str) -> None:
    """Against the UTF-16 itself, laid into parts byte by byte and turned back where a pair would be cut."""
    units = text.encode("utf-16-be")
    whole, parts, place = len(units) // 2, 0, 0
    while place < len(units):
        end = place + 134
        if end < len(units) and 0xDC <= units[end] <= 0xDF:
            end -= 2
        units[place:end].decode("utf-16-be")  # fails where a pair is cut
        parts, place = parts + 1, end
    assert segments(text).units == whole
    assert segments(text).parts == (parts if whole > 70 else 1)


@given(runs(PLAIN + TWO + "字😀"), st.text(max_size=30))
def test_more_text_never_takes_fewer_parts(text: str, more: str) -> None:
    short, long = segments(text), segments(text + more)
    assert long.parts >= short.parts
    if long.encoding == short.encoding:  # an escaped character is one unit where the other encoding is needed anyway
        assert long.units >= short.units


@pytest.mark.parametrize(
    ("channel", "text", "subject", "field"),
    [
        ("sms", "  ", "", "text"),
        ("sms", "字" * (67 * MOST_SEGMENTS + 1), "", "text"),
        ("email", "x", "", "subject"),
        ("email", "x", "a\r\nBcc: everybody@example.org", "subject"),
        ("email", "x", "a\u2028b", "subject"),
        ("email", "x", "s" * 201, "subject"),
        ("email", "x", "a\x00b", "subject"),
        ("email", "x", "Bill of {due_date}", "subject"),
        ("email", "x" * (LONGEST_EMAIL + 1), "s", "text"),
        ("sms", "a\x00b", "", "text"),
        ("sms", "half a pair: \ud83d", "", "text"),
        ("sms", "turned \u202e round", "", "text"),
        ("sms", "due on {due_date}", "", "text"),
    ],
)
def test_what_cannot_be_sent_names_its_field(channel: str, text: str, subject: str, field: str) -> None:
    with pytest.raises(InputError) as refused:
        check_text(channel, text, subject)
    assert refused.value.field == field


@given(st.sampled_from(["sms", "email"]), st.text(max_size=300) | runs("a字"), st.text(max_size=250) | runs("s"))
def test_what_passes_can_be_stored_and_mailed(channel: str, text: str, subject: str) -> None:
    try:
        check_text(channel, text, subject)
    except InputError:
        return
    assert text.encode("utf-8").decode("utf-8") == text
    assert "\x00" not in text
    if channel == "sms":
        assert 1 <= segments(text).parts <= MOST_SEGMENTS
    else:
        assert len(subject) <= LONGEST_SUBJECT
        assert len(subject.splitlines()) == 1


def test_emoji_of_several_characters_and_line_breaks_may_stay() -> None:
    check_text("sms", "谢谢您 👨\u200d👩\u200d👧\n祝好")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("template", load().template, ids=lambda template: template.id)
def test_every_template_is_lawful_and_short(template, language: str) -> None:  # type: ignore[no-untyped-def]
    subject, text = template.filled(language, LAWFUL)
    for jurisdiction, party, said in product(("zh-CN", "en-US", "en-GB"), template.parties, (subject, text)):
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


def test_a_third_person_and_a_guarantor_are_told_nothing_of_the_card() -> None:
    third = [template for template in load().template if "related" in template.parties]
    assert {template.purpose for template in third} == {"relay", "locate"}
    for template in load().template:
        for language in ("en", "zh_CN"):
            if "related" in template.parties:
                assert template.fields(language) <= {"name"}
            elif "guarantor" in template.parties:
                assert template.fields(language) <= {"bank", "phone"}


def test_the_law_of_a_place_has_the_last_word() -> None:
    ending = load().ending_of("en-US")
    assert ending is not None
    assert ending.filled("en", {"phone": "1-800"}) == "To stop these messages, call 1-800."
    assert load().ending_of("zh-CN") is None
    with pytest.raises(InputError, match="phone"):
        ending.filled("zh_CN", {})


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
        ('["sms"]', '["pigeon"]', "line 3"),
        ("{bank}", "{password}", "line 3: a: "),
        ('purpose = "collect"', 'purpose = "collect"\nparties = ["guarantor"]\nbarred_by = ["poor"]', "poor"),
        (
            'version = "1"',
            'version = "1"\nending = [{ jurisdiction = "en-US", source = "s", text = { en = "x" } }]',
            "every language",
        ),
        ("version", "version", "twice"),
        ('id = "a"', "id = ", "line"),
    ],
)
def test_a_faulty_file_is_refused_with_the_entry(old: str, new: str, says: str) -> None:
    text = GOOD.replace(old, new) if says != "twice" else GOOD + GOOD.partition('version = "1"')[2]
    with pytest.raises(MessageFileError, match=says):
        read(text, "house.toml")
