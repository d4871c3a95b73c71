"""Identities to plant and look for: made up, from test ranges."""

from __future__ import annotations

NAME, LATIN = "欧阳明远", "Ouyang Mingyuan"
PHONE, PHONE_SPACED, ABROAD = "13800006620", "138 0000-6620", "+44 7700 900123"
CARD, ID_NUMBER = "6217000000004031", "330102198505170012"
EMAIL, ADDRESS = "ouyang.mingyuan@mail.example", "文三路90号"
PASSWORD, LOGIN = "correct-horse-battery", "zhao.min"
EVERYTHING = (
    NAME,
    LATIN,
    "Ouyang",
    PHONE,
    PHONE_SPACED,
    ABROAD,
    CARD,
    ID_NUMBER,
    EMAIL,
    ADDRESS,
    PASSWORD,
    LOGIN,
)
SENTENCE = f"{NAME} ({LATIN}) {PHONE} {PHONE_SPACED} {ABROAD} {CARD} {ID_NUMBER} {EMAIL} {ADDRESS} {PASSWORD} {LOGIN}"


def seen_in(text: str) -> list[str]:
    """Which of the planted words stand in the text, as they are or as JSON and Python escape them."""
    forms = {word: {word, ascii(word)[1:-1], word.encode("unicode_escape").decode()} for word in EVERYTHING}
    return [word for word, spelled in forms.items() if any(form in text for form in spelled)]
