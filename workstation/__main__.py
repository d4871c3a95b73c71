"""`python -m workstation` and the `workstation` command."""

from __future__ import annotations


def main() -> None:
    from workstation.cli import cli

    cli(prog_name="workstation")


if __name__ == "__main__":
    from multiprocessing import freeze_support

    freeze_support()  # the packaged program starts itself as the helper of a batch
    main()
