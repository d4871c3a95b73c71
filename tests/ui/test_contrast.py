"""Text is readable on its background in both themes: WCAG 2.2, level AA."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QStyle, QStyleOptionButton

from ui.theme.stylesheet import stylesheet
from ui.theme.tokens import ThemeName, contrast_pairs, tokens

AA = 4.5


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` as WCAG defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_the_published_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), contrast_pairs(), ids=lambda name: name)
def test_text_on_its_background(theme: ThemeName, text: str, ground: str) -> None:
    colours = tokens(theme).colours
    assert contrast(colours[text], colours[ground]) >= AA


def test_both_themes_name_the_same_colours() -> None:
    assert tokens("light").colours.keys() == tokens("dark").colours.keys()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("ticked", [True, False])
def test_a_box_to_tick_stands_out_from_its_ground(
    qapp: QApplication, theme: ThemeName, enabled: bool, ticked: bool
) -> None:
    """WCAG 1.4.11: what shows a control and its state has 3:1 against what lies beside it."""
    box = QCheckBox("made up")
    box.setStyleSheet(stylesheet(tokens(theme)) + f"QCheckBox {{ background: {tokens(theme).colours['panel']}; }}")
    box.setChecked(ticked)
    box.setEnabled(enabled)
    box.resize(box.sizeHint())
    option = QStyleOptionButton()
    option.initFrom(box)
    where = box.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, box)
    picture, ground = box.grab(where).toImage(), tokens(theme).colours["panel"]
    dots = [picture.pixelColor(x, y).name() for x in range(where.width()) for y in range(where.height())]
    seen = [contrast(dot, ground) >= 3 for dot in dots]
    assert sum(seen) >= where.width()  # the outline of an empty one
    assert (sum(seen) > len(dots) / 2) is ticked
