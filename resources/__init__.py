"""Data that ships with the program: rules, templates, theme, icons, fonts, catalogues. No code but this door."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable


def resource(path: str) -> Traversable:
    """A shipped file or folder by its path below `resources/`, e.g. `rules/zh-CN.toml`."""
    return files("resources").joinpath(path)
