"""English wording: invented authorities, what a note reports of its writer's own deeds, shorthand and life facts."""

from __future__ import annotations

import pytest

from workstation.domain.wording import Facts, check

VERIFIED = Facts(identity_verified=True)


def kinds(text: str) -> set[str]:
    return {finding.kind for finding in check(text, "en", "en-US", "debtor", VERIFIED)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Notice from the National Bureau of Card Enforcement: call us.", "posing"),
        ("Rang as a bailiff and got the new address.", "posing"),
        ("Trading Standards here regarding your card.", "posing"),
        ("Told her the boys would be coming to her house.", "threat"),
        ("pay or we tell ur boss", "threat"),
        ("W E  K N O W  where you sleep", "threat"),
        ("I said he was a thieving scrounger.", "insult"),
        ("u will go 2 j41l 4 this", "false_urgency"),
        ("Your daughter will lose her scholarship over this card.", "false_urgency"),
        ("we already filed the l a w s u i t", "untrue"),
        ("Talked him into a payday loan.", "borrowing"),
    ],
)
def test_own_words_and_deeds_are_found_however_they_are_written(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Customer is a police officer and works nights.",
        'Customer shouted "you are scum, the lot of you".',
        "He was sued by his landlord last year.",
        "You will not go to prison for a card debt.",
        "If anybody says he is a bailiff collecting for us, it is a scam.",
        "There is no need to sell anything or to borrow.",
        "Works in a garbage depot, paid weekly.",
        "Her visa runs out in June and she is renewing it.",
        "Agent from another company told him he would go to prison, he says.",
    ],
)
def test_life_facts_quotes_denials_and_warnings_are_let_be(text: str) -> None:
    assert kinds(text) == set()


def test_a_condition_is_no_denial() -> None:
    assert kinds("If you do not pay you will go to prison.") == {"false_urgency"}
