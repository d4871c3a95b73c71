"""`workstation central tls`: an authority of the house, the server's certificate and its renewal, switching TLS on."""

from __future__ import annotations

from pathlib import Path

import click

from workstation.cli.centre import Centre, administers
from workstation.cli.language import ends_cleanly, say, tr
from workstation.domain.message import msg

_FOLDER = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
_NAMES = click.option(
    "--name", "names", multiple=True, help=tr("A name or address by which seats call the server; several times.")
)


@click.group("tls", help=tr("Certificates of one's own server, and switching TLS on."))
def tls_group() -> None:
    pass


@tls_group.command("init", help=tr("Make an authority of the house and a certificate for the server."))
@_FOLDER
@_NAMES
@ends_cleanly
def tls_init(folder: Path, names: tuple[str, ...]) -> None:
    from workstation.central import tls

    authority, server = tls.init(folder, tls.names(names))
    say(
        msg(
            "{certificate} is for {names} until {until}. Copy it and {key} to the server and run “central tls enable”.",
            certificate=str(server.file),
            names=", ".join(server.names),
            until=server.until.date(),
            key=str(server.key),
        )
    )
    say(
        msg(
            "Give {ca} to every seat, as ca.crt in its data folder. Keep {key} offline: with it anybody passes for the "
            "server.",
            ca=str(authority.file),
            key=str(authority.key),
        )
    )


@tls_group.command("renew", help=tr("A new certificate for the server, by the same authority; seats notice nothing."))
@_FOLDER
@_NAMES
@ends_cleanly
def tls_renew(folder: Path, names: tuple[str, ...]) -> None:
    from workstation.central import tls

    server = tls.issue(folder, tls.names(names))
    say(
        msg(
            "{certificate} is for {names} until {until}. Copy it and {key} to the server and run “central tls enable”.",
            certificate=str(server.file),
            names=", ".join(server.names),
            until=server.until.date(),
            key=str(server.key),
        )
    )


@tls_group.command("enable", help=tr("Have the running server offer TLS with these files, as it sees them."))
@click.option("--certificate", required=True, help=tr("The certificate's path on the server."))
@click.option("--key", required=True, help=tr("Its key's path on the server: of its account, mode 600."))
@administers
def tls_enable(centre: Centre, certificate: str, key: str) -> None:
    from workstation.central import tls

    tls.enable(centre.dsn("postgres"), certificate, key)
    say(msg("The server offers TLS 1.2 and newer. Let nobody in without: hostssl instead of host in pg_hba.conf."))
