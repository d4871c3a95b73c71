"""The settings page. Every change shows at once; there is nothing to confirm."""

from __future__ import annotations

import msgspec
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame

from ui.desk_port import Desk
from ui.look import _L, Look
from ui.page import Page
from ui.settings.security import SecurityCard
from ui.settings.support import SupportCard
from ui.settings.telephone import TelephoneCard
from ui.widgets.basic import across, down, label, panel
from ui.widgets.tall import TallArea
from workstation import settings
from workstation.i18n import LANGUAGES

THEMES = (("system", _L("As the system")), ("light", _L("Light")), ("dark", _L("Dark")))
CAPTIONS = (_L("Language"), _L("Theme"), _L("Text size"))
CARD, MARGIN = 560, 32  # width of the cards at 100 %, and the room beside them
SCALES = (100, 110, 125, 150, 175, 200)


class SettingsPage(Page):
    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("settings_page")
        self._look = look
        self.title = label(role="title")
        self.captions = [label(role="strong") for _ in range(3)]
        self.language, self.theme, self.scale = QComboBox(), QComboBox(), QComboBox()
        for code, name in LANGUAGES.items():
            self.language.addItem(name, code)
        for code, _ in THEMES:
            self.theme.addItem("", code)
        for percent in SCALES:
            self.scale.addItem(f"{percent} %", percent)
        self.language.setCurrentIndex(max(0, self.language.findData(look.language)))
        self.theme.setCurrentIndex(max(0, self.theme.findData(look.theme)))
        self.scale.setCurrentIndex(max(0, self.scale.findData(look.scale)))
        self.large = QCheckBox()
        self.large.setObjectName("large_targets")
        self.large.setChecked(look.large)
        self.large.toggled.connect(self._choose)
        self.hint = label(role="muted", wrap=True)
        card = QFrame()
        card.setProperty("role", "card")
        rows = []
        for caption, combo in zip(self.captions, (self.language, self.theme, self.scale), strict=True):
            combo.setMinimumWidth(220)
            combo.currentIndexChanged.connect(self._choose)
            rows.append(across(caption, None, combo))
        card.setLayout(down(*rows, self.large, self.hint, spacing=16, margins=(24, 24, 24, 24)))
        self.telephone = TelephoneCard(look, desk)
        self.security = SecurityCard(look, desk)
        self.support = SupportCard(look)
        self.column, page = panel("sunken"), panel("sunken")
        self.column.setLayout(
            down(
                self.title,
                card,
                self.telephone,
                self.security,
                self.support,
                None,
                spacing=16,
                margins=(MARGIN, 28, MARGIN, 28),
            )
        )
        whole = across(self.column, None, spacing=0)
        whole.setStretch(0, 1)
        page.setLayout(whole)
        self.setLayout(down(TallArea(page), spacing=0))
        look.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.column.setMaximumWidth(self._look.tokens.px(CARD) + 2 * MARGIN)
        self.title.setText(tr("Settings"))
        for caption, text in zip(self.captions, CAPTIONS, strict=True):
            caption.setText(tr(text))
        for combo, text in zip((self.language, self.theme, self.scale), CAPTIONS, strict=True):
            combo.setAccessibleName(tr(text))
        for place, (_, text) in enumerate(THEMES):
            self.theme.setItemText(place, tr(text))
        self.large.setText(tr("Large targets, for fingers on a touch screen"))
        self.hint.setText(
            tr("Changes show at once and are kept on this device. Passwords are in the system's keyring only.")
        )

    def _choose(self) -> None:
        language, theme, scale = self.language.currentData(), self.theme.currentData(), self.scale.currentData()
        large = self.large.isChecked()
        settings.save(
            msgspec.structs.replace(
                settings.load(), language=language, theme=theme, text_scale=int(scale), large_targets=large
            )
        )
        self._look.choose(language=language, theme=theme, scale=int(scale), large=large)
