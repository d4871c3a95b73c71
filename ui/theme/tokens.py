"""The theme's tokens: one palette for each of light and dark, one set of sizes for both."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from PySide6.QtGui import QColor

from resources import resource

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True)
class Tokens:
    """`scale` is the text scale in percent; `px` scales what grows with the text. `large`: targets for fingers."""

    name: ThemeName
    colours: dict[str, str]
    sizes: dict[str, int]
    scale: int = 100
    large: bool = False

    def colour(self, name: str) -> QColor:
        return QColor(self.colours[name])

    def px(self, name_or_pixels: str | int) -> int:
        pixels = self.sizes[name_or_pixels] if isinstance(name_or_pixels, str) else name_or_pixels
        return round(pixels * self.scale / 100)

    @property
    def dark(self) -> bool:
        return self.name == "dark"


def contrast_pairs() -> list[tuple[str, str]]:
    """Text and background that must be readable together."""
    return [(text, ground) for text, ground in _shape()["contrast"]["pairs"]]


def tokens(name: ThemeName, scale: int = 100, *, large: bool = False) -> Tokens:
    palette = tomllib.loads(resource(f"theme/{name}.toml").read_text("utf-8"))
    shape = _shape()
    return Tokens(name, palette["colour"], shape["size"] | (shape["large"] if large else {}), scale, large)


@lru_cache(maxsize=1)
def _shape() -> dict[str, Any]:
    return tomllib.loads(resource("theme/shape.toml").read_text("utf-8"))
