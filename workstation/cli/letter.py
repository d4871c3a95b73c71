"""Letters from the command line: render one, verify a copy."""

from __future__ import annotations

from pathlib import Path

import click

from workstation.cli.language import run_json, tr


@click.group("letter", help=tr("Make and verify letters."))
def letter_command() -> None:
    pass


@letter_command.command("render", help=tr("Render one letter as PDF."))
@click.option("--json", "as_json", is_flag=True, required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
def render(as_json: bool, out: Path) -> None:  # noqa: ARG001
    from letters.form import run_render

    run_json(lambda request: run_render(request, out))
