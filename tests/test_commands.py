"""Every command that a room of `workstation/cli` makes can be called by its name."""

from __future__ import annotations

import importlib
import pkgutil

import click
from click.testing import CliRunner

import workstation.cli
from workstation.cli import cli
from workstation.cli.language import MODULES


def test_every_command_is_found_by_its_name() -> None:
    made = {
        name.removesuffix("_command"): module.name
        for module in pkgutil.iter_modules(workstation.cli.__path__)
        for name, command in vars(importlib.import_module(f"workstation.cli.{module.name}")).items()
        if name.endswith("_command") and isinstance(command, click.Command)
    }
    assert made == MODULES


def test_every_command_has_a_help_text() -> None:
    for name in MODULES:
        told = CliRunner().invoke(cli, [name, "--help"])
        assert told.exit_code == 0, name
        assert len(told.output.splitlines()) > 2
