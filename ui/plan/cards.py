"""The plans side by side, each on a card that is a button: painted, so that a letter typed lays out nothing anew."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.look import Look
from ui.plan.chart import pen
from workstation.desk.plan_views import LETTERS, MOST_CARDS, PlanCard
from workstation.desk.views import Badge
from workstation.domain.message import Money, msg

# Pixels at 100 %.
PAD, GAP, LINE, HEAD, FIGURE, SAMPLE = 14, 12, 20, 26, 30, 22
WIDE, LEAST, BRIEF = (
    460,
    216,
    140,
)  # from here a card shows its figures in two columns; narrower ones go on in the next row
LEAST_FACTS = 7  # a card with fewer, because there is no plan, is as high as the others
_INK = {"good": ("good_soft", "good_ink"), "warn": ("warn_soft", "warn_ink"), "bad": ("bad_soft", "bad_ink")}


class Card(QAbstractButton):
    def __init__(self, look: Look, place: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.brief = False  # only the figure: the facts stand on another card below
        self.tall = False  # the title has two lines
        self.cut: list[str] = []  # what was painted shortened, for want of room
        self.setObjectName(f"plan_card_{LETTERS[place].lower()}")
        self.setCheckable(True)
        self._look, self._place = look, place
        self._card: PlanCard | None = None
        self._language = ""

    def show_card(self, card: PlanCard, *, chosen: bool) -> None:
        if card == self._card and chosen == self.isChecked() and self._language == self._look.language:
            return
        self._card, self._language = card, self._look.language
        self.setChecked(chosen)
        self.setAccessibleName(", ".join(self.told()))
        self.update()

    def told(self) -> list[str]:
        """Everything on the card, as it is read."""
        card, say = self._card, self._look.say
        if card is None:
            return []
        said = [f"{LETTERS[self._place]} {say(card.title)}"]
        if card.amount is not None:
            said.append(f"{self._look.money(card.amount)} {say(card.per)}")
        said += [say(part) for part in (card.badge.text if card.badge else None, card.error) if part is not None]
        return said + [f"{say(caption)} {self._value(value)}" for caption, value in card.facts]

    def _value(self, value: object) -> str:
        return self._look.money(value, symbol=False) if isinstance(value, Money) else self._look.say(value)  # type: ignore[arg-type]

    @property
    def facts(self) -> int:
        return 0 if self._card is None else len(self._card.facts)

    @property
    def _head(self) -> int:
        px = self._look.tokens.px
        return px(HEAD) + (px(LINE) if self.tall else 0)

    def height_for(self, width: int, facts: int) -> int:
        """With room for so many facts."""
        px = self._look.tokens.px
        if self.brief:
            return self._head + px(HEAD) + px(FIGURE) + px(PAD)
        lines = facts if width < px(WIDE) else (facts + 1) // 2
        return self._head + px(FIGURE) + lines * px(LINE) + px(PAD) * 2

    def title_fits(self, width: int) -> bool:
        """On one line of a card so wide, beside the badge."""
        if self._card is None:
            return True
        px, badge = self._look.tokens.px, self._badge_of(self._card)
        room = width - 2 * px(PAD)
        if not self.brief:
            room -= px(SAMPLE) + (0 if badge is None else self._badge_width(badge) + 6)
        return QFontMetrics(self._title_font).horizontalAdvance(self._titled(self._card)) <= room

    def sizeHint(self) -> QSize:
        return QSize(self._look.tokens.px(LEAST), self.height_for(self._look.tokens.px(LEAST), LEAST_FACTS))

    # ---- painting ----

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, px, colour = self._look, self._look.tokens.px, self._look.tokens.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strong = self.isChecked() or self.hasFocus()
        painter.setBrush(colour("panel"))
        painter.setPen(QPen(colour("accent" if strong else "border"), 2 if strong else 1))
        radius = px("radius_large")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        if self.hasFocus():
            painter.setPen(QPen(colour("text"), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4, 4, -4, -4), radius, radius)
        card, self.cut = self._card, []
        if card is not None:
            room = self.rect().adjusted(px(PAD), px(PAD) - 4, -px(PAD), -px(PAD) + 4)
            head = QRect(room.left(), room.top(), room.width(), px(HEAD))
            below = room.adjusted(0, self._head, 0, 0)
            badge = head.translated(0, px(LINE) + 3 if self.tall else 0)
            if self.brief:
                badge = QRect(room.left(), room.bottom() - px(HEAD) + 3, room.width(), px(HEAD))
            taken = self._badge(painter, badge, card, left=self.brief)
            self._title(painter, head, card, taken)
            if card.error is not None and not self.brief:
                painter.setFont(look.font("type_small"))
                painter.setPen(colour("bad_ink"))
                painter.drawText(below, int(Qt.TextFlag.TextWordWrap), look.say(card.error))
            else:
                self._figures(painter, below, card)
        painter.end()

    def _badge_of(self, card: PlanCard) -> Badge | None:
        return Badge(msg("No plan"), "bad") if card.error is not None else card.badge

    def _badge_width(self, badge: Badge) -> int:
        font = self._look.font("type_small", bold=True)
        return QFontMetrics(font).horizontalAdvance(self._look.say(badge.text)) + 14

    def _badge(self, painter: QPainter, room: QRect, card: PlanCard, *, left: bool) -> int:
        """Returns how much of the room it took from the title's line that it stands in."""
        badge = self._badge_of(card)
        if badge is None:
            return 0
        px, colour = self._look.tokens.px, self._look.tokens.colour
        font, text = self._look.font("type_small", bold=True), self._look.say(badge.text)
        most = room.width() - px(SAMPLE) if left else room.width() if self.tall else room.width() * 2 // 3
        width = min(self._badge_width(badge), most)
        begin = room.left() if left else room.right() - width + 1
        where = QRect(begin, room.top() + 1, width, room.height() - 4)
        soft, ink = _INK.get(badge.tone, ("hover", "muted"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(soft))
        painter.drawRoundedRect(QRectF(where), px("radius_small"), px("radius_small"))
        self._text(painter, where, text, font, ink, Qt.AlignmentFlag.AlignCenter, spare=8)
        return 0 if left else width + 6

    @property
    def _title_font(self) -> QFont:
        return self._look.font("type_small" if self.brief else "type", bold=True)

    def _titled(self, card: PlanCard) -> str:
        return f"{LETTERS[self._place]}  {self._look.say(card.title)}"

    def _title(self, painter: QPainter, room: QRect, card: PlanCard, taken: int) -> None:
        """After a piece of the card's line in the chart; in brief that stands at the foot.

        `taken` by the badge: of the second line where there are two.
        """
        sample, font = self._look.tokens.px(SAMPLE), self._title_font
        painter.setPen(pen(self._look, self._place, thick=self.isChecked()))
        if self.brief:
            y = self.height() - self._look.tokens.px(PAD)
            painter.drawLine(room.right() - sample + 6, y, room.right(), y)
        else:
            y = room.center().y()
            painter.drawLine(room.left(), y, room.left() + sample - 6, y)
            room = room.adjusted(sample, 0, 0, 0)
        lines = _two_lines(self._titled(card), QFontMetrics(font), room.width()) if self.tall else [self._titled(card)]
        for place, text in enumerate(lines):
            beside = taken if place == 1 or not self.tall else 0
            where = room.translated(0, place * self._look.tokens.px(LINE)).adjusted(0, 0, -beside, 0)
            self._text(painter, where, text, font, "text")

    def _figures(self, painter: QPainter, room: QRect, card: PlanCard) -> None:
        look, px = self._look, self._look.tokens.px
        if card.amount is not None:
            figure = QRect(room.left(), room.top(), room.width(), px(FIGURE))
            large, amount = look.font("type_title", bold=True), look.money(card.amount)
            self._text(painter, figure, amount, large, "text")
            after = figure.adjusted(QFontMetrics(large).horizontalAdvance(amount) + 8, px(5), 0, 0)
            small, per = look.font("type_small"), look.say(card.per)
            if not self.brief or QFontMetrics(small).horizontalAdvance(per) <= after.width():  # else it is told below
                self._text(painter, after, per, small, "muted")
        if self.brief:
            return
        top = room.top() + px(FIGURE)
        columns = 2 if self.width() >= px(WIDE) else 1
        width = (room.width() - (columns - 1) * px(GAP) * 2) // columns
        for place, (caption, value) in enumerate(card.facts):
            left = room.left() + place % columns * (width + px(GAP) * 2)
            self._fact(
                painter,
                QRect(left, top + place // columns * px(LINE), width, px(LINE)),
                look.say(caption),
                self._value(value),
            )

    def _fact(self, painter: QPainter, room: QRect, caption: str, value: str) -> None:
        small = self._look.font("type_small")
        width = QFontMetrics(small).horizontalAdvance(value)
        self._text(painter, room.adjusted(0, 0, -width - 6, 0), caption, small, "muted")
        self._text(painter, room, value, small, "text", Qt.AlignmentFlag.AlignRight)

    def _text(
        self,
        painter: QPainter,
        room: QRect,
        text: str,
        font: QFont,
        colour: str,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        spare: int = 0,
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._look.tokens.colour(colour))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width() - spare)
        painter.drawText(room, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
        if shown != text:
            self.cut.append(text)


def _two_lines(text: str, metrics: QFontMetrics, width: int) -> list[str]:
    """As many words on the first as fit; a text without room for its first word stays whole."""
    words = text.replace("× ", "×\N{NO-BREAK SPACE}").split(" ")
    for many in range(len(words), 1, -1):
        first = " ".join(words[:many])
        if metrics.horizontalAdvance(first) <= width:
            rest = " ".join(words[many:])
            return [first, rest] if rest else [first]
    return [text]


class PlanCards(QWidget):
    """Up to four; `chosen` carries the place of the one that the fields are to show.

    `compact` is for the call: briefly side by side, and the chosen one whole below.
    """

    chosen = Signal(int)

    def __init__(self, look: Look, *, compact: bool = False) -> None:
        super().__init__()
        self._look, self._compact = look, compact
        self.cards = [Card(look, place, self) for place in range(MOST_CARDS)]
        for place, card in enumerate(self.cards):
            card.clicked.connect(lambda _=False, to=place: self._choose(to))
            card.hide()
        self._whole = [Card(look, place, self) for place in range(MOST_CARDS)] if compact else []
        for card in self._whole:
            card.setObjectName("plan_card_whole")
            card.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            card.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            card.hide()
        self._shown = self._active = self._facts = 0
        self._tall: tuple[bool, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def _choose(self, place: int) -> None:
        self.cards[place].setChecked(place == self._active)  # it turns when the choice comes back
        self.chosen.emit(place)

    def show_cards(self, cards: Sequence[PlanCard], active: int) -> None:
        for place, card in enumerate(cards):
            self.cards[place].show_card(card, chosen=place == active)
        if self._whole:
            self._whole[active].show_card(cards[active], chosen=True)
        facts = max(LEAST_FACTS, *(card.facts for card in self.cards[: len(cards)]))
        if (len(cards), active, facts) != (self._shown, self._active, self._facts) or self._tall != self._taller():
            self._shown, self._active, self._facts = len(cards), active, facts
            self.place()

    def _taller(self) -> tuple[bool, ...]:
        """Whether titles take two lines: on the cards in the rows, and on the one below them."""
        count, width = self._shown, self.cards[0].width()
        above = any(not card.title_fits(width) for card in self.cards[:count])
        return above, bool(self._whole) and not self._whole[self._active].title_fits(self.width())

    def place(self) -> None:
        """As many in a row as have room; all of the same height."""
        px, count = self._look.tokens.px, self._shown
        if not count or self.width() < 10:
            return
        brief = self._compact and count > 1
        gap, least = px(GAP), px(BRIEF if brief else LEAST)
        columns = count
        while columns > 1 and (self.width() - gap * (columns - 1)) // columns < least:
            columns -= 1
        if count == 4 and columns == 3:
            columns = 2
        width = (self.width() - gap * (columns - 1)) // columns
        for card in self.cards:
            card.brief = brief
            card.resize(width, card.height())
        self._tall = self._taller()
        for place, card in enumerate(self.cards):
            card.tall = self._tall[0]
            height = card.height_for(width, self._facts)
            row, column = divmod(place, columns)
            card.setGeometry(column * (width + gap), row * (height + gap), width, height)
            card.setVisible(place < count)
        rows = -(-count // columns)
        total = rows * (self.cards[0].height_for(width, self._facts) + gap)
        for place, card in enumerate(self._whole):
            card.tall = self._tall[1]
            card.setVisible(brief and place == self._active)
            card.setGeometry(0, total, self.width(), card.height_for(self.width(), self._facts))
        if brief:
            total += self._whole[0].height_for(self.width(), self._facts) + gap
        self.setFixedHeight(total - gap)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()
