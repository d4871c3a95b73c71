"""The command line: every calculation and batch job as a command, JSON in and out. See `docs/commands.md`."""

from __future__ import annotations

import click

import workstation
from workstation.cli.language import Commands, tr


@click.group(
    cls=Commands,
    invoke_without_command=True,
    help=tr("The debt collector's workstation. Without a command it opens the window."),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(workstation.__version__)
@click.pass_context
def cli(context: click.Context) -> None:
    if context.invoked_subcommand is None:
        from workstation.cli.window import open_window

        open_window()
