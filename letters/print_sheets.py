"""The sheets of a print file that are no letters: the index in front, and one before each region."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from letters.breaking import Setting, Span
from letters.flow import Strip, Type, paragraph
from letters.fonts import faces
from letters.page import HEIGHT, LEFT, MEASURE, MM
from letters.pen import ACCENT, SOFT, Pen
from letters.tables import Column, Table, table
from workstation.domain.message import Message, msg, nmsg

_ROWS = 40  # regions on a page of the index
_TOP = 24 * MM
Say = Callable[[Message], str]


class Region(NamedTuple):
    """Letters that the post sorts together. `name` is empty for those without a postcode."""

    name: str
    least: str  # postcodes
    most: str
    letters: int
    first_page: int
    last_page: int


def index_pages(regions: int) -> int:
    return max(1, -(-regions // _ROWS))


def index_sheets(regions: Sequence[Region], say: Say) -> list[Callable[[Pen], None]]:
    """A drawing for each page of the index."""
    pages = index_pages(len(regions))
    total = sum(each.letters for each in regions)
    columns = [
        Column(say(msg("Region")), "left"),
        Column(say(msg("Postcodes")), "left"),
        Column(say(msg("Letters"))),
        Column(say(msg("Pages"))),
    ]

    def sheet(at: int) -> Callable[[Pen], None]:
        rows = [
            [_name(each, say), _postcodes(each), str(each.letters), f"{each.first_page}–{each.last_page}"]
            for each in regions[at * _ROWS : (at + 1) * _ROWS]
        ]

        def draw(pen: Pen) -> None:
            setting = Setting(faces(), False)
            heading = Type(16, 24, bold=True, colour=ACCENT)
            strips = paragraph([Span(say(msg("Letters to be printed")))], MEASURE, heading, setting)
            counted = nmsg("{n} letter", "{n} letters", total)
            number = msg("{letters} · index, page {page} of {pages}", letters=counted, page=at + 1, pages=pages)
            strips += paragraph([Span(say(number))], MEASURE, Type(9, 16, colour=SOFT), setting)
            strips += table(Table(columns, rows, pad=2.2), MEASURE, 9, setting, above=8)
            _stack(pen, strips)

        return draw

    return [sheet(at) for at in range(pages)]


def separator(each: Region, say: Say) -> Callable[[Pen], None]:
    """The sheet before a region's letters."""

    def draw(pen: Pen) -> None:
        setting = Setting(faces(), False)
        big, plain = Type(64, 90, bold=True, colour=ACCENT), Type(14, 24)
        pages = msg("Pages {first} to {last} of this file", first=each.first_page, last=each.last_page)
        strips = paragraph([Span(_name(each, say))], MEASURE, big if each.name else Type(30, 50, bold=True), setting)
        for told in (_postcodes(each), say(nmsg("{n} letter", "{n} letters", each.letters)), say(pages)):
            if told:
                strips += paragraph([Span(told)], MEASURE, plain, setting)
        small = Type(9, 16, colour=SOFT)
        remark = say(msg("A sheet to sort by; it goes to nobody."))
        strips += paragraph([Span(remark)], MEASURE, small, setting, above=14)
        _stack(pen, strips)

    return draw


def _name(each: Region, say: Say) -> str:
    return each.name or say(msg("Without a postcode"))


def _postcodes(each: Region) -> str:
    return each.least if each.least == each.most else f"{each.least}–{each.most}"


def _stack(pen: Pen, strips: Sequence[Strip]) -> None:
    top = _TOP
    for strip in strips:
        top += strip.above
        strip.draw(pen, LEFT, HEIGHT - top)
        top += strip.height
    pen.turn()
