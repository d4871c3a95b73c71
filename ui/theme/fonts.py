"""The typeface: the system's Chinese font, or the bundled Noto Sans SC where the system has none."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase

from resources import resource

BUNDLED = ("fonts/NotoSansSC-Regular.ttf", "fonts/NotoSansSC-Bold.ttf")
# Known good faces of the systems, by preference.
PREFERRED = ("Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC")


def family() -> str:
    """The family to use; loads the bundled one when no face for Chinese is installed."""
    installed = set(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))
    for name in PREFERRED:
        if name in installed:
            return name
    for path in BUNDLED:
        QFontDatabase.addApplicationFontFromData(resource(path).read_bytes())
    return "Noto Sans SC"


def figures(font: QFont) -> QFont:
    """The same font with tabular figures, so that amounts stand under each other."""
    tabular = QFont(font)
    tabular.setFeature(QFont.Tag("tnum"), 1)
    return tabular
