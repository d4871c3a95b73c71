"""How an entry of the history is laid out and painted; what was laid out is kept until its text or width changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from ui.look import Look
from workstation.desk.history_views import Fact
from workstation.desk.views import TimelineEntry
from workstation.domain.message import Label, Message, Money

EDGE = 24  # pixels at both sides
TIME, GLYPH, AUTHOR, FACT = 46, 30, 74, 116  # widths of the columns in pixels at 100 %
NARROW = 440  # below this width in pixels at 100 % the author is left out
HEADING, ONE_LINE, TWO_LINES, TOP = 32, 38, 56, 9  # heights in pixels at 100 %
KEPT = 2_000  # entries whose layout is kept
TALLEST = 100_000  # pixels, for measuring


@dataclass(frozen=True, slots=True)
class Day:
    """The heading over the entries of one day."""

    day: date


Row = Day | TimelineEntry


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text with its place in the entry."""

    place: QRect
    text: str
    font: QFont
    colour: str
    flags: int


_LINE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class EntryPainter:
    """`facts` gives what an opened entry tells beside its note."""

    def __init__(self, look: Look, today: date, facts: Callable[[str], tuple[Fact, ...]]) -> None:
        self._look, self._facts = look, facts
        self.today = today
        self.opened: set[str] = set()  # ids of the entries shown whole
        self._width = 0
        self._laid: dict[str, tuple[int, list[_Piece]]] = {}
        self._days: dict[date, str] = {}
        self.forget()

    def forget(self) -> None:
        """The words, the theme or the entries changed."""
        self._laid.clear()
        self._days.clear()
        px, font = self._look.tokens.px, self._look.font
        self.heading_height, self._one, self._two = px(HEADING), px(ONE_LINE), px(TWO_LINES)
        self._type, self._small, self._bold = font("type"), font("type_small"), font("type_small", bold=True)
        self._struck, self._small_struck = font("type"), font("type_small")
        for struck in (self._struck, self._small_struck):
            struck.setStrikeOut(True)
        self._line = QFontMetrics(self._type).height()
        self._small_line = QFontMetrics(self._small).height()

    def set_width(self, width: int) -> None:
        if width != self._width:
            self._width = width
            self._laid.clear()

    def toggle(self, entry: TimelineEntry) -> None:
        self.opened ^= {entry.id}
        self._laid.pop(entry.id, None)

    def heading(self, day: date) -> str:
        if day not in self._days:
            self._days[day] = self._named(day)
        return self._days[day]

    def _named(self, day: date) -> str:
        """The weekday and the date, with the year where it is another one; and whether it was today or yesterday."""
        words = self._look.translator.day(day)
        if day.year != self.today.year:
            words = self._look.translator.day(day, "full")
        if day == self.today:
            return self._look.tr("Today · {day}", day=words)
        if day == self.today - timedelta(days=1):
            return self._look.tr("Yesterday · {day}", day=words)
        return words

    def height(self, row: Row) -> int:
        if isinstance(row, Day):
            return self.heading_height
        if row.id in self.opened:
            return self._layout(row)[0]
        return self._two if row.detail or row.original or row.taken_back else self._one

    def paint(self, painter: QPainter, row: Row, rect: QRect, *, current: bool, focused: bool) -> None:
        if isinstance(row, Day):
            self.paint_heading(painter, row.day, rect)
            return
        tokens = self._look.tokens
        if current:
            painter.fillRect(rect, tokens.colour("hover"))
        if current and focused:
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), tokens.colour("accent"))
        painter.fillRect(QRect(rect.left() + EDGE, rect.bottom(), rect.width() - 2 * EDGE, 1), tokens.colour("border"))
        self._glyph(painter, row, rect)
        for piece in self._layout(row)[1]:
            place = piece.place.translated(rect.topLeft())
            painter.setFont(piece.font)
            painter.setPen(tokens.colour(piece.colour))
            painter.drawText(place, piece.flags, piece.text)

    def paint_heading(self, painter: QPainter, day: date, rect: QRect) -> None:
        tokens = self._look.tokens
        painter.fillRect(rect, tokens.colour("sunken"))
        painter.setFont(self._bold)
        painter.setPen(tokens.colour("muted"))
        painter.drawText(rect.adjusted(EDGE, tokens.px(6), -EDGE, 0), _LINE, self.heading(day))
        painter.fillRect(QRect(rect.left() + EDGE, rect.bottom(), rect.width() - 2 * EDGE, 1), tokens.colour("border"))

    def _glyph(self, painter: QPainter, entry: TimelineEntry, rect: QRect) -> None:
        tokens = self._look.tokens
        size = tokens.px(20)
        top = rect.top() + tokens.px(TOP) + (self._line - size) // 2
        circle = QRect(rect.left() + EDGE + tokens.px(TIME), top, size, size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.colour("border"))
        painter.drawEllipse(circle)
        painter.setFont(self._small)
        painter.setPen(tokens.colour("text"))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, self._look.label("glyph", entry.glyph)[:1])

    def _layout(self, entry: TimelineEntry) -> tuple[int, list[_Piece]]:
        """Height and texts of an entry at this width."""
        known = self._laid.get(entry.id)
        if known is None:
            if len(self._laid) >= KEPT:
                self._laid.clear()
            known = self._laid[entry.id] = self._lay(entry)
        return known

    def _lay(self, entry: TimelineEntry) -> tuple[int, list[_Piece]]:
        look, px = self._look, self._look.tokens.px
        whole, top, line = entry.id in self.opened, px(TOP), self._line
        left = EDGE + px(TIME) + px(GLYPH)
        right = self._width - EDGE
        pieces = []
        if not entry.day_only:
            time = f"{entry.at.astimezone(look.translator.zone):%H:%M}"
            pieces.append(_Piece(QRect(EDGE, top, px(TIME), line), time, self._type, "muted", _LINE))
        # In a narrow list the outcome matters more than who wrote it, which the opened entry still tells.
        if self._width >= px(NARROW):
            place = QRect(right - px(AUTHOR), top, px(AUTHOR), line)
            name = _elided(look.say(entry.author), self._type, place.width())
            pieces.append(_Piece(place, name, self._type, "muted", _RIGHT))
            right = place.left() - 8
        title = ("⚑ " if entry.late else "") + look.say(entry.title)
        if entry.original is not None and entry.detail:
            title = f"{title} · {look.say(entry.detail)}"
        font, colour = (self._struck, "faint") if entry.set_aside else (self._type, "text")
        room = QRect(left, top, max(px(60), right - left), line)
        pieces.append(_block(title, font, colour, room) if whole else _one_line(title, font, colour, room))
        y = pieces[-1].place.bottom() + 1 + px(3)
        below = QRect(left, y, max(px(80), self._width - EDGE - left), self._small_line)
        for text, struck in self._below(entry, whole):
            font, colour = (self._small_struck, "faint") if struck else (self._small, "muted")
            pieces.append(_block(text, font, colour, below) if whole else _one_line(text, font, colour, below))
            below.moveTop(pieces[-1].place.bottom() + 1 + px(2))
        if not whole:
            return (self._two if pieces and below.top() > y else self._one), pieces
        return self._add_facts(entry, pieces, below) + px(TOP), pieces

    def _below(self, entry: TimelineEntry, whole: bool) -> list[tuple[str, bool]]:
        """The lines under the title: with the closed entry one, and whether it is struck through."""
        say = self._look.say
        lines = []
        if entry.original is not None:
            lines.append((say(entry.original), True))
        elif entry.detail:
            lines.append((say(entry.detail), False))
        if entry.taken_back is not None:
            lines.insert(0, (say(entry.taken_back), False))
        if whole or len(lines) < 2:
            return lines
        return [(" · ".join(text for text, _ in lines), False)]

    def _add_facts(self, entry: TimelineEntry, pieces: list[_Piece], below: QRect) -> int:
        """What was recorded beside the note: names at the left, values at their right; returns where they end."""
        px, y = self._look.tokens.px, below.top() + self._look.tokens.px(4)
        names = min(px(FACT), below.width() * 2 // 5)
        for fact in self._facts(entry.id):
            name = QRect(below.left(), y, names - 8, self._small_line)
            value = QRect(below.left() + names, y, below.width() - names, self._small_line)
            shown = [
                _block(self._look.say(fact.label), self._small, "muted", name),
                _block(" · ".join(words(self._look, fact)), self._small, "text", value),
            ]
            pieces += shown
            y = max(piece.place.bottom() for piece in shown) + 1 + px(2)
        return y


def words(look: Look, fact: Fact) -> list[str]:
    """The parts of a fact in the language, without those that say nothing."""
    found = []
    for part in fact.parts:
        if isinstance(part, Label):
            found.append(look.translator.label(part))
        elif isinstance(part, Money):
            found.append(look.money(part))
        elif isinstance(part, Message) or part:
            found.append(look.say(part))
    return found


def _elided(text: str, font: QFont, width: int) -> str:
    return QFontMetrics(font).elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, width)


def _one_line(text: str, font: QFont, colour: str, room: QRect) -> _Piece:
    return _Piece(QRect(room), _elided(text, font, room.width()), font, colour, _LINE)


def _block(text: str, font: QFont, colour: str, room: QRect) -> _Piece:
    """The whole text, in as many lines as it takes; a word longer than a line is broken."""
    metrics = QFontMetrics(font)
    longest = max((metrics.horizontalAdvance(word) for word in text.split()), default=0)
    wrap = Qt.TextFlag.TextWrapAnywhere if longest > room.width() else Qt.TextFlag.TextWordWrap
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | wrap
    needed = metrics.boundingRect(QRect(0, 0, room.width(), TALLEST), flags, text).height()
    place = QRect(room.left(), room.top(), room.width(), max(room.height(), needed))
    return _Piece(place, text, font, colour, flags)
