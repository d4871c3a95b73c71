"""The style sheet, made from tokens. Widgets name what they are (`role`, `tone`); colours live only here."""

from __future__ import annotations

from math import ceil
from string import Template

from resources import resource
from ui.theme.tokens import Tokens

LINE = 1.448  # height of a line of the bundled font, of its size

_SHEET = Template("""
* { font-size: ${type}px; color: $text; }
QMainWindow, QWidget#window { background: $window; }
QWidget[role="panel"], QWidget[role="rail"], QWidget[role="bar"] { background: $panel; }
QWidget[role="sunken"], QScrollArea[role="sunken"], QListView[role="sunken"] { background: $sunken; }
QWidget[edge="right"] { border-right: 1px solid $border; }
QWidget[edge="left"] { border-left: 1px solid $border; }
QWidget[edge="bottom"] { border-bottom: 1px solid $border; }
QWidget[edge="top"] { border-top: 1px solid $border; }
QScrollArea, QListView, QTableView { border: none; background: transparent; outline: none; }
QScrollArea > QWidget > QWidget { background: transparent; }

QLabel { background: transparent; border: none; }
QLabel[role="title"] { font-size: ${type_title}px; font-weight: 700; }
QLabel[role="heading"] { font-size: ${type_large}px; font-weight: 700; }
QLabel[role="strong"] { font-weight: 700; }
QLabel[role="figure"] { font-size: ${type_large}px; font-weight: 700; }
QLabel[role="muted"], QLabel[role="caption"] { color: $muted; }
QLabel[role="caption"], QLabel[role="small"] { font-size: ${type_small}px; }
QLabel[role="error"] { color: $bad_ink; font-size: ${type_small}px; }
QLabel[role="reading"] { color: $muted; font-size: ${type_small}px; }
QLabel[role="badge"], QLabel[role="pill"] { font-size: ${type_small}px; font-weight: 700; padding: 2px 7px;
    border-radius: ${radius_small}px; background: $hover; color: $muted; }
QLabel[role="pill"] { font-size: ${type}px; padding: 6px 12px; border-radius: ${radius}px; }
QLabel[tone="good"] { background: $good_soft; color: $good_ink; }
QLabel[tone="warn"] { background: $warn_soft; color: $warn_ink; }
QLabel[tone="bad"] { background: $bad_soft; color: $bad_ink; }
QLabel[tone="accent"] { background: $accent_soft; color: $accent_ink; }
QLabel[tone="violet"] { background: $violet_soft; color: $violet_ink; }
QLabel[role="figure"][tone="good"] { background: transparent; color: $good_ink; }
QLabel[role="figure"][tone="warn"] { background: transparent; color: $warn_ink; }
QLabel[role="figure"][tone="bad"] { background: transparent; color: $bad_ink; }
QLabel[role="banner"] { background: $warn_soft; color: $warn_ink; font-weight: 700; padding: 6px 12px; }
QLabel[role="key"] { font-size: ${type_small}px; color: $muted; border: 1px solid $border; padding: 0px 5px;
    border-radius: ${radius_small}px; background: $panel; }

QLineEdit, QPlainTextEdit, QComboBox, QTextBrowser { background: $panel; border: 1px solid $field_border;
    border-radius: ${radius}px; padding: 5px 9px; selection-background-color: $accent; selection-color: $accent_text; }
QLineEdit, QComboBox { min-height: ${field}px; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus { border: 2px solid $accent; padding: 4px 8px; }
QLineEdit[wrong="true"] { border: 1px solid $bad; }
QLineEdit[role="search"] { background: $sunken; border-color: $border; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url("$chevron"); width: 12px; height: 12px; margin-right: 8px; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $border; selection-background-color: $accent_soft;
    selection-color: $text; outline: none; padding: 4px; }

QCheckBox { background: transparent; spacing: 8px; min-height: ${check}px; }
QCheckBox:disabled { color: $faint; }
QCheckBox::indicator, QMenu::indicator { width: ${box}px; height: ${box}px; background: $panel;
    border: 1px solid $faint; border-radius: ${radius_small}px; }
QCheckBox::indicator:hover { border-color: $accent; background: $accent_soft; }
QCheckBox::indicator:checked, QMenu::indicator:checked { background: $accent; border-color: $accent;
    image: url("$tick"); }
QCheckBox::indicator:disabled { background: $hover; border-color: $faint; }
QCheckBox::indicator:checked:disabled { background: $faint; border: 1px solid $faint; image: url("$tick"); }
QCheckBox:focus { color: $accent_ink; }
QCheckBox::indicator:focus { border: 2px solid $text; width: ${box_within}px; height: ${box_within}px; }
QMenu::indicator { left: 6px; }

QPushButton { background: $panel; border: 1px solid $field_border; border-radius: ${radius}px; padding: 5px 12px;
    min-height: ${field}px; }
QPushButton:hover { background: $hover; }
QPushButton:focus { border: 2px solid $accent; padding: 4px 11px; }
QPushButton:disabled { color: $faint; background: $sunken; }
QPushButton[role="primary"] { background: $accent; color: $accent_text; border: 1px solid $accent; font-weight: 700; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="primary"]:disabled { background: $sunken; border-color: $border; color: $faint; }
QPushButton[role="choice"] { text-align: left; padding: 4px 16px 4px 9px; border-color: $border; }
QPushButton[role="choice"]:checked { background: $accent_soft; border: 1px solid $accent; color: $accent_ink;
    font-weight: 700; }
QPushButton[role="chip"] { border-radius: ${chip}px; padding: 2px 9px; min-height: ${chip_height}px;
    min-width: ${chip_width}px;
    font-size: ${type_small}px; border-color: $border; }
QPushButton[role="chip"]:checked { background: $text; color: $panel; border-color: $text; }
QPushButton[role="link"] { border: none; background: transparent; padding: 2px 4px; color: $accent_ink;
    min-height: ${link}px; }
QPushButton[role="link"]:hover { text-decoration: underline; background: transparent; }
QPushButton[role="figure"] { border: none; background: transparent; padding: 0; text-align: left; min-height: 0;
    font-size: ${type_large}px; font-weight: 700; }
QPushButton[role="figure"][tone="good"] { color: $good_ink; }
QPushButton[role="figure"][tone="warn"] { color: $warn_ink; }
QPushButton[role="figure"][tone="bad"] { color: $bad_ink; }
QPushButton[role="figure"]:hover { background: $hover; }
QPushButton[role="figure"]:focus { border: 2px solid $accent; }
QToolButton[role="rail"] { border: none; border-radius: ${radius_large}px; font-size: ${type_small}px; color: $muted;
    background: transparent; padding: 8px 2px; }
QToolButton[role="rail"]:hover { background: $hover; }
QToolButton[role="rail"]:checked { background: $accent_soft; color: $accent_ink; font-weight: 700; }
QToolButton[role="rail"]:focus { border: 2px solid $accent; }
QPushButton[role="tab"] { border: none; border-radius: 0; border-bottom: 2px solid transparent; background: transparent;
    padding: 8px 3px; color: $muted; min-height: ${field}px; }
QPushButton[role="tab"][tight="true"] { font-size: ${type_small}px; padding: 8px 1px; }
QPushButton[role="tab"]:checked { border-bottom: 2px solid $accent; color: $accent_ink; }
QPushButton[role="tab"]:focus { color: $accent_ink; }
QLabel:focus { color: $accent_ink; background: $accent_soft; }

QFrame[role="card"] { background: $panel; border: 1px solid $border; border-radius: ${radius_large}px; }
QFrame[role="box"] { background: $sunken; border: 1px solid $border; border-radius: ${radius}px; }
QFrame[role="line"] { background: $border; max-height: 1px; border: none; }
QFrame[role="upright"] { background: $border; max-width: 1px; border: none; }
QFrame[role="toast"] { background: $text; border-radius: ${radius_large}px; }
QFrame[role="toast"] QLabel { color: $panel; }
QFrame[role="toast"] QPushButton { background: transparent; border: 1px solid $faint; color: $panel; }
QFrame[role="palette"] { background: $panel; border: 1px solid $field_border; border-radius: ${radius_large}px; }

QMenu { background: $panel; border: 1px solid $field_border; padding: 4px; }
QMenu::item { padding: 6px 18px 6px 26px; border-radius: ${radius_small}px; }
QMenu::item:selected { background: $accent_soft; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }

QPushButton#call_guide { text-align: right; padding-right: 4px; }
QTextBrowser#guide_text { background: transparent; border: none; padding: 0; }
QListWidget#knowledge_list { background: transparent; border: none; outline: none; }
QListWidget#knowledge_list::item { padding: 7px 10px; border-radius: ${radius}px; color: $text; }
QListWidget#knowledge_list::item:selected { background: $accent_soft; color: $accent_ink; }
QTableView { gridline-color: transparent; alternate-background-color: $panel; selection-background-color: $accent_soft;
    selection-color: $text; background: $panel; }
QHeaderView { background: $panel; }
QHeaderView::section { background: $panel; color: $muted; border: none; border-bottom: 1px solid $border;
    padding: 4px 6px; font-size: ${type_small}px; }
QTableView::item { border-bottom: 1px solid $border; padding: 2px 6px; }

QScrollBar:vertical { width: 10px; background: transparent; margin: 0; }
QScrollBar::handle:vertical { background: $field_border; border-radius: 4px; min-height: 28px; margin: 2px; }
QScrollBar:horizontal { height: 10px; background: transparent; margin: 0; }
QScrollBar::handle:horizontal { background: $field_border; border-radius: 4px; min-width: 28px; margin: 2px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; border: none;
    height: 0; width: 0; }
QSplitter::handle { background: $border; }
QToolTip { background: $text; color: $panel; border: none; padding: 6px 8px; }
QProgressBar { border: none; background: $hover; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
""")


def stylesheet(tokens: Tokens) -> str:
    sizes = {name: tokens.px(name) for name in tokens.sizes}
    chip_height = tokens.px("chip")
    # A style's least height is what a layout may squeeze a button to: never below its own line.
    sizes["link"] = max(sizes["link"], ceil(sizes["type"] * LINE))
    chevron, tick = (
        str(resource(f"icons/{icon}-{tokens.name}.svg")).replace("\\", "/") for icon in ("chevron", "tick")
    )
    return _SHEET.substitute(
        tokens.colours,
        **(sizes | {"chip": min(chip_height, tokens.px(24)) // 2 + 3}),
        chip_height=chip_height,
        box_within=tokens.px("box") - 2,
        chevron=chevron,
        tick=tick,
    )
