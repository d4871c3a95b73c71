"""How everything looks and speaks: the theme, the text scale and the language, changed without a restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, tzinfo
from decimal import Decimal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from ui.theme import fonts
from ui.theme.stylesheet import stylesheet
from ui.theme.tokens import ThemeName, Tokens, tokens
from workstation.domain.message import Label, Message, Money
from workstation.i18n import Translator


def _L(text: str) -> str:
    """Marks a sentence kept in a table for the catalogue; `Look.tr` translates it where it is shown."""
    return text


class Look(QObject):
    """Given to every widget that shows text or paints. `changed` asks them to do so anew."""

    changed = Signal()

    def __init__(
        self,
        language: str,
        theme: str = "system",
        scale: int = 100,
        zone: tzinfo | None = None,
        today: Callable[[], date] = date.today,
        *,
        large: bool = False,
    ) -> None:
        super().__init__()
        self._zone = zone
        self._today = today
        self._theme = theme
        self._scale = scale
        self._large = large  # targets for fingers
        self._family = fonts.family()
        self._fonts: dict[tuple[int, bool], QFont] = {}
        self.translator = Translator(language, zone, today())
        self.tokens: Tokens = tokens(self._resolved(), scale, large=large)
        self._held = self._owed = False
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._system_theme_changed)

    def set_zone(self, zone: tzinfo, today: Callable[[], date]) -> None:
        """Show moments in this zone from now on: known once somebody has signed in."""
        self._zone, self._today = zone, today
        self.translator = Translator(self.language, zone, today())

    @property
    def language(self) -> str:
        return self.translator.language

    @property
    def theme(self) -> str:
        return self._theme

    @property
    def scale(self) -> int:
        return self._scale

    @property
    def large(self) -> bool:
        """Is what can be pressed large enough for fingers?"""
        return self._large

    def choose(
        self,
        *,
        language: str | None = None,
        theme: str | None = None,
        scale: int | None = None,
        large: bool | None = None,
    ) -> None:
        """Change any of the four and show everything anew."""
        self._large = self._large if large is None else large
        self._theme = theme or self._theme
        self._scale = scale or self._scale
        self.translator = Translator(language or self.language, self._zone, self._today())
        self.tokens = tokens(self._resolved(), self._scale, large=self._large)
        self.apply()
        self.changed.emit()

    def apply(self) -> None:
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise TypeError("a window needs a QApplication")
        app.setFont(self.font())
        app.setPalette(self._palette())
        app.setStyleSheet(stylesheet(self.tokens))

    def font(self, size: str = "type", *, bold: bool = False) -> QFont:
        """The family at one of the type sizes, with tabular figures."""
        pixels = self.tokens.px(size)
        known = self._fonts.get((pixels, bold))
        if known is None:
            font = QFont(self._family)
            font.setPixelSize(pixels)
            font.setBold(bold)
            known = self._fonts[pixels, bold] = fonts.figures(font)
        return QFont(known)  # a copy that shares what Qt has looked up for it: rows are painted hundreds of times

    def tr(self, text: str, **params: object) -> str:  # type: ignore[override]  # Qt's own tr knows no gettext
        return self.translator.text(text, **params)

    def say(self, message: Message | str | None) -> str:
        return "" if message is None else self.translator.say(message)

    def label(self, vocabulary: str, identity: str) -> str:
        return self.translator.label(Label(vocabulary, identity))

    def money(self, money: Money, *, symbol: bool = True) -> str:
        return self.translator.money(money, symbol=symbol)

    def value(self, value: Money | Message | Decimal | str) -> str:
        """A figure of any kind."""
        if isinstance(value, Money):
            return self.money(value)
        if isinstance(value, Message):
            return self.say(value)
        return str(value)

    def _resolved(self) -> ThemeName:
        if self._theme in {"light", "dark"}:
            return "dark" if self._theme == "dark" else "light"
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return "dark" if dark else "light"

    def hold(self, held: bool) -> None:
        """While the workstation is locked nothing is shown anew: the screens behind would read a closed store."""
        self._held = held
        if not held and self._owed:
            self._owed = False
            self.choose()

    def _system_theme_changed(self) -> None:
        if self._theme != "system":
            return
        if self._held:
            self._owed = True
        else:
            self.choose()

    def _palette(self) -> QPalette:
        palette = QPalette()
        role = QPalette.ColorRole
        for where, name in (
            (role.Window, "window"), (role.Base, "panel"), (role.AlternateBase, "sunken"), (role.Text, "text"),
            (role.WindowText, "text"), (role.ButtonText, "text"), (role.Button, "panel"), (role.Highlight, "accent"),
            (role.HighlightedText, "accent_text"), (role.PlaceholderText, "faint"), (role.ToolTipBase, "text"),
            (role.ToolTipText, "panel"), (role.Link, "accent_ink"),
        ):  # fmt: skip
            palette.setColor(where, QColor(self.tokens.colours[name]))
        return palette
