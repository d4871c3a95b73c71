"""The first page's upper third: who writes, to whom, and where, so that the envelope shows the address.

""     the layout that letters always had: address at 53 to 90 mm, close to DIN 5008 form B.
"din"  DIN 5008 form B for windows of 90 × 45 mm: address field 45 to 90 mm from the top, 20 mm from the left; return
       line, 12.7 mm for remarks, 27.3 mm for the address; fold marks at 105 and 210 mm.
"cn"   for the Chinese DL envelope (GB/T 1416: 220 × 110 mm), the sheet folded in three at 99 and 198 mm: the postcode
       in six golden red boxes, below it place and name of the receiver in larger type, the sender lower right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from letters.breaking import Setting, Span, same
from letters.filling import Filling, is_fixed
from letters.flow import Strip, Type, beside, paragraph
from letters.language import Language
from letters.page import LEFT, MEASURE, MM, PUNCH, RIGHT, WIDTH, stack
from letters.pen import ACCENT, INK, SOFT, Pen

Found = list[tuple[float, float, Strip]]  # x, distance from the page's top, strip

_ADDRESS_BOTTOM = 90 * MM
_ADDRESS_WIDTH = 80 * MM
_INFO_LEFT = 125 * MM
_POSTCODE = 6  # digits of a Chinese postcode
_BOX_WIDTH, _BOX_HEIGHT, _BOX_STEP = 6 * MM, 7 * MM, 7.5 * MM
_GOLDEN_RED = (0.83, 0.16, 0.18)  # PANTONE 1795 C, as GB/T 1416 has it
_SENDER_LEFT, _SENDER_BOTTOM = 120 * MM, 93 * MM


class Front(Protocol):
    def __call__(self, found: Found, filling: Filling, speech: Language, setting: Setting) -> float:
        """Add the strips to `found`; where the letter's title begins, from the page's top."""
        ...


@dataclass(frozen=True, slots=True)
class Envelope:
    furnish: Front
    marks: Sequence[float]  # fold, punch, fold
    reference: Callable[[Filling, Language, Setting], list[Strip]] | None = None  # below the title


def _usual(found: Found, filling: Filling, speech: Language, setting: Setting) -> float:
    top = stack(found, LEFT, 16 * MM, _letterhead(filling, setting, 28 * MM))
    top = stack(found, LEFT, max(46 * MM, top + 4), _sender(filling, setting))
    top = max(53 * MM, top + 4)
    address_end = stack(found, LEFT, top, _address(filling, speech, setting, _ADDRESS_BOTTOM - top))
    info_end = stack(found, _INFO_LEFT, 50 * MM, _info(filling, speech, setting))
    return max(_ADDRESS_BOTTOM + 6 * MM, address_end + 6 * MM, info_end + 6 * MM)


def _din(found: Found, filling: Filling, speech: Language, setting: Setting) -> float:
    """A return line of one line, the remark at the foot of its zone, the address from 62.7 mm on."""
    stack(found, LEFT, 16 * MM, _letterhead(filling, setting, 27 * MM))
    stack(found, LEFT, 45 * MM, _return_line(filling.spans("{bank.name}<< · {bank.address}>>"), setting))
    remark = paragraph([same(speech.words["private"])], _ADDRESS_WIDTH, Type(8, 11, bold=True), setting)
    stack(found, LEFT, 62.7 * MM - sum(strip.height for strip in remark) - 1, remark)
    end = stack(found, LEFT, 62.7 * MM, _address(filling, speech, setting, _ADDRESS_BOTTOM - 62.7 * MM))
    info_end = stack(found, _INFO_LEFT, 50 * MM, _info(filling, speech, setting))
    return max(98.5 * MM, end + 6 * MM, info_end + 6 * MM)


def _chinese(found: Found, filling: Filling, speech: Language, setting: Setting) -> float:
    """The panel that lies outside when the sheet is folded; letterhead and text begin below the fold."""
    remark = paragraph([same(speech.words["private"])], _ADDRESS_WIDTH, Type(8.5, 12, colour=SOFT), setting)
    stack(found, LEFT, 38 * MM, remark)
    top = 46 * MM
    patterns = list(speech.address)
    if _boxed(filling.values["debtor.postcode"]):
        top = stack(found, LEFT, top, [_postcode(filling.values["debtor.postcode"], setting)]) + 6
        patterns = [pattern for pattern in patterns if pattern != "{debtor.postcode}"]
        patterns = [pattern.replace(" {debtor.postcode}", "") for pattern in patterns]
    room = _SENDER_BOTTOM - top
    address_end = stack(found, LEFT, top, _receiver(filling, patterns, setting, room))
    sender = _sender_below(filling, setting)
    height = sum(strip.height for strip in sender)
    sender_end = stack(found, _SENDER_LEFT, _SENDER_BOTTOM - height, sender)
    below = max(105 * MM, address_end + 6 * MM, sender_end + 6 * MM)
    return stack(found, LEFT, below, _letterhead(filling, setting, 28 * MM)) + 6 * MM


def _boxed(postcode: str) -> bool:
    return len(postcode) == _POSTCODE and postcode.isascii() and postcode.isdecimal()


def _postcode(digits: str, setting: Setting) -> Strip:
    """Six boxes with a digit in each."""
    size = 13.0

    def draw(pen: Pen, x: float, y: float) -> None:
        for at, digit in enumerate(digits):
            left = x + at * _BOX_STEP
            pen.box(left, y - _BOX_HEIGHT, _BOX_WIDTH, _BOX_HEIGHT, 0.8, _GOLDEN_RED)
            cells = setting.cells([Span(digit)])
            width = sum(cell.advance for cell in cells) * size / 1000
            pen.text(cells, left + (_BOX_WIDTH - width) / 2, y - (_BOX_HEIGHT + 0.733 * size) / 2, size)

    return Strip(_BOX_HEIGHT, draw)


def _receiver(filling: Filling, patterns: Sequence[str], setting: Setting, room: float) -> list[Strip]:
    """Place, then the name larger, as on a Chinese envelope; smaller until the panel holds it."""
    strips: list[Strip] = []
    for size in (12.0, 10.5, 9.5, 8.5, 7.5):
        strips = []
        for pattern in patterns:
            spans = _quiet(filling, pattern)
            if spans:
                named = "{debtor.name}" in pattern and size > 9
                style = Type(size * 1.2 if named else size, size * (1.9 if named else 1.42))
                strips += paragraph(spans, _ADDRESS_WIDTH, style, setting)
        if sum(strip.height for strip in strips) <= room:
            break
    return strips


def _sender_below(filling: Filling, setting: Setting) -> list[Strip]:
    """The sender's address, name and postcode, where a Chinese envelope has them."""
    style = Type(8, 11.5, colour=SOFT)
    width = WIDTH - RIGHT - _SENDER_LEFT
    found: list[Strip] = []
    for pattern in ("<<{bank.address}>>", "{bank.name}", "<<{bank.postcode}>>"):
        spans = filling.spans(pattern)
        if spans:
            found += paragraph(spans, width, style, setting)[:3]
    return found


def _row(filling: Filling, speech: Language, setting: Setting) -> list[Strip]:
    """Date, reference and whom to ask, side by side."""
    entries = _entries(filling, speech)
    width = MEASURE / max(len(entries), 1)
    for size in (8.5, 7.0, 5.5):
        columns = []
        for at, (label, value, fixed) in enumerate(entries):
            strips = paragraph([same(label)], width - 8, Type(min(7.5, size), 11, colour=SOFT), setting)
            strips += paragraph([Span(value, False, fixed)], width - 8, Type(size, 11, colour=INK), setting)
            columns.append((at * width, strips))
        if max((len(strips) for _, strips in columns), default=0) <= 3:
            break
    return [*beside(columns, above=0.0), Strip(4, _ruling)] if columns else []


def _ruling(pen: Pen, x: float, y: float) -> None:
    pen.line(x, y - 3, x + MEASURE, y - 3)


def _return_line(spans: Sequence[Span], setting: Setting) -> list[Strip]:
    """In the 5 mm that the standard leaves for it: one line where it can be read so, else two."""
    text = "".join(span.text for span in spans)
    size = min(7.0, 7.0 * _ADDRESS_WIDTH / (setting.width(text, 7.0) or 1.0))
    if size >= 6.2:
        return [Strip(5, _nothing), *paragraph(spans, _ADDRESS_WIDTH + 1, Type(size, 9, colour=SOFT), setting)[:1]]
    return paragraph(spans, _ADDRESS_WIDTH, Type(6.2, 7, colour=SOFT), setting)[:2]


def _nothing(pen: Pen, x: float, y: float) -> None:
    """An empty band."""


def _letterhead(filling: Filling, setting: Setting, room: float) -> list[Strip]:
    """The bank's name and department, in the largest type that leaves the address its place."""
    strips: list[Strip] = []
    for size in (15.0, 12.0, 10.0, 8.0):
        name = Type(size, size * 1.35, bold=True, colour=ACCENT)
        strips = paragraph(filling.spans("{bank.name}"), MEASURE, name, setting)
        if filling.has("bank.department"):
            under = Type(min(9.0, size), 13, colour=SOFT)
            strips += paragraph(filling.spans("{bank.department}"), MEASURE, under, setting)
        if sum(strip.height for strip in strips) <= room:
            break
    return strips


def _sender(filling: Filling, setting: Setting) -> list[Strip]:
    """Where the letter goes back to, small above the receiver; the name alone when the address takes too much room."""
    style = Type(7, 9, colour=SOFT)
    whole = paragraph(filling.spans("{bank.name}<< · {bank.address}>>"), _ADDRESS_WIDTH, style, setting)
    return whole if len(whole) <= 2 else paragraph(filling.spans("{bank.name}"), _ADDRESS_WIDTH, style, setting)[:2]


def _address(filling: Filling, speech: Language, setting: Setting, room: float) -> list[Strip]:
    """The receiver, in the largest type that stays inside the window."""
    patterns = [spans for pattern in speech.address if (spans := _quiet(filling, pattern))]
    strips: list[Strip] = []
    for size in (10.5, 9.5, 8.5, 7.5):
        style = Type(size, size * 1.42)
        strips = [strip for spans in patterns for strip in paragraph(spans, _ADDRESS_WIDTH, style, setting)]
        if sum(strip.height for strip in strips) <= room:
            break
    return strips


def _quiet(filling: Filling, pattern: str) -> list[Span]:
    """The line, or nothing when a value in it is missing and the text does not need it."""
    needed = any(name in pattern for name in ("{debtor.name}", "{debtor.address}"))
    return filling.spans(pattern if needed else f"<<{pattern}>>")


def _info(filling: Filling, speech: Language, setting: Setting) -> list[Strip]:
    """Date, reference and whom to ask: label over value."""
    label, value = Type(7.5, 11, colour=SOFT), Type(9.5, 13.5, colour=INK)
    width = WIDTH - RIGHT - _INFO_LEFT
    found: list[Strip] = []
    for word, text, fixed in _entries(filling, speech):
        found += paragraph([same(word)], width, label, setting, above=3)
        found += paragraph([Span(text, False, fixed)], width, value, setting)
    return found


def _entries(filling: Filling, speech: Language) -> list[tuple[str, str, bool]]:
    """Label, value, and whether many letters have it."""
    return [
        (speech.words[word], filling.values[name], is_fixed(name))
        for word, name in (
            ("date", "date"),
            ("reference", "case_number"),
            ("handler", "bank.handler"),
            ("phone", "bank.phone"),
            ("hours", "bank.hours"),
        )
        if filling.has(name)
    ]


FRONTS = {
    "": Envelope(_usual, (105 * MM, PUNCH, 210 * MM)),
    "din": Envelope(_din, (105 * MM, PUNCH, 210 * MM)),
    "cn": Envelope(_chinese, (99 * MM, PUNCH, 198 * MM), _row),
}
