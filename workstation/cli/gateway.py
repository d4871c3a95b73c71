"""The gateway: sends queued messages, says how many wait, went out or failed. Runs beside the centre, not at a seat."""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from workstation import settings
from workstation.cli.language import ends_cleanly, say, tr
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import Message, msg, nmsg

if TYPE_CHECKING:
    from workstation.gateway.centre import Centre
    from workstation.gateway.outgoing import Way
    from workstation.gateway.sending import Tally
    from workstation.sync.server import Server

PAUSE = 20.0  # seconds between two rounds; a result is written at once
MOST = 100  # messages a round
SMS = "sms"  # how the keyring knows the secret of the SMS provider


@click.group("gateway", help=tr("Send what seats have queued: e-mail over SMTP, text messages over HTTPS."))
def gateway_command() -> None:
    pass


@gateway_command.command("setup", help=tr("Say where the centre, the mail server and the SMS provider are."))
@click.option("--centre", help=tr("Host of the centre."))
@click.option("--centre-port", type=click.IntRange(1, 65535))
@click.option("--database")
@click.option("--login", help=tr("The gateway's own login at the centre."))
@click.option("--mail-host", help=tr("Host of the mail server; an empty one for none."))
@click.option("--mail-port", type=click.IntRange(1, 65535))
@click.option("--mail-security", type=click.Choice(["starttls", "tls", "none"]))
@click.option("--mail-login")
@click.option("--sender", help=tr("The address that mail is sent from."))
@click.option("--sender-name")
@click.option("--sms-url", help=tr("Address of the SMS provider; an empty one for none."))
@click.option("--no-keyring", is_flag=True, help=tr("Keep no password here: “send” reads them from standard input."))
@click.option("--password-stdin", is_flag=True, help=tr("Read passwords from standard input, one a line."))
@ends_cleanly
def setup(no_keyring: bool, password_stdin: bool, **given: Any) -> None:
    known = settings.load()
    server = _changed(known.server, given, host="centre", port="centre_port", database="database")
    mail = _changed(
        known.gateway.mail,
        given,
        host="mail_host",
        port="mail_port",
        security="mail_security",
        login="mail_login",
        sender="sender",
        sender_name="sender_name",
    )
    gateway = _changed(replace(known.gateway, mail=mail), given, login="login", sms_url="sms_url")
    chosen = replace(known, server=server, gateway=gateway)
    _ways(chosen, dict.fromkeys(_wanted(chosen), ""))  # says what is wrong before anything is kept
    settings.save(chosen)
    if not no_keyring:
        from workstation.security.credentials import Credentials

        credentials = Credentials()
        for name, place, login in _places(chosen):
            credentials.remember_password(place, login, _asked(name, password_stdin))
    say(msg("The gateway is set up."))


@gateway_command.command("send", help=tr("Send what is due, again and again until it is stopped."))
@click.option("--once", is_flag=True, help=tr("One round, with figures."))
@click.option(
    "--limit",
    type=click.IntRange(1, 500),
    default=MOST,
    show_default=True,
    help=tr("Messages of each channel in a round."),
)
@click.option(
    "--password-stdin",
    is_flag=True,
    help=tr("Read the passwords of the centre, the mail server and the SMS provider from standard input, one a line."),
)
@ends_cleanly
def send(once: bool, limit: int, password_stdin: bool) -> None:
    from workstation.desk.rules import rules_on
    from workstation.gateway.sending import Gateway
    from workstation.security import logs

    chosen = settings.load()
    secrets = _secrets(chosen, password_stdin)
    ways = _ways(chosen, secrets)
    if not ways:
        raise InputError(msg("Neither a mail server nor an SMS provider is set. Run “gateway setup”."))
    stop = threading.Event()
    # The message at hand is finished first.
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    logs.begin("gateway")
    centre = _centre(chosen, secrets)
    gateway = Gateway(centre, ways, rules_on, stop=stop)
    try:
        tally = gateway.round(limit)
        _report(tally, always=once)
        while not once and not stop.wait(PAUSE):
            try:
                _report(gateway.round(limit), always=False)
            except WorkstationError as error:  # it began well: what came since may pass, as a broken line does
                say(error.message, err=True)
        if once and tally.problems:
            raise SystemExit(2)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for way in ways.values():
            way.close()
        centre.close()


@gateway_command.command("status", help=tr("How many messages wait, went out, failed, or are uncertain."))
@click.option("--password-stdin", is_flag=True, help=tr("Read the password of the centre from standard input."))
@ends_cleanly
def status(password_stdin: bool) -> None:
    chosen = settings.load()
    centre = _centre(chosen, _secrets(chosen, password_stdin))
    try:
        rows = centre.status()
    finally:
        centre.close()
    if not rows:
        say(msg("No message has been queued yet."))
    for row in rows:
        name = f"{row.state} ({row.reason})" if row.reason else row.state
        click.echo(f"{name:<24} {row.messages:>8}  {row.oldest:%Y-%m-%d %H:%M} UTC")
    if any(row.reason == "uncertain" for row in rows):
        say(
            msg(
                "Uncertain: the line or the program broke while they were handed over. They are not sent again; each "
                "is shown on its case, whose collector decides."
            )
        )


def _report(tally: Tally, *, always: bool) -> None:
    if tally.moved or always:
        say(nmsg("{n} message sent", "{n} messages sent", tally.sent))
        say(nmsg("{n} message delivered", "{n} messages delivered", tally.delivered))
        say(nmsg("{n} message waits", "{n} messages wait", tally.held))
        say(nmsg("{n} message failed", "{n} messages failed", tally.failed))
        say(nmsg("{n} message uncertain", "{n} messages uncertain", tally.uncertain))
    for problem in tally.problems.values():
        say(problem.message, err=True)


def _changed(values: Any, given: dict[str, Any], **names: str) -> Any:
    return replace(values, **{field: given[name] for field, name in names.items() if given[name] is not None})


def _server(chosen: settings.Settings) -> Server:
    from workstation.sync.server import Server

    known = chosen.server
    if not known.host or not chosen.gateway.login:
        raise InputError(msg("The gateway is not set up. Run “gateway setup” with --centre and --login."))
    return Server(known.host, known.port, known.database, known.sslrootcert, known.pooled)


def _centre(chosen: settings.Settings, secrets: dict[str, str]) -> Centre:
    from workstation.gateway.centre import Centre
    from workstation.sync.link import connect

    server = _server(chosen)
    return Centre(lambda: connect(server, chosen.gateway.login, secrets["centre"]))


def _ways(chosen: settings.Settings, secrets: dict[str, str]) -> dict[str, Way]:
    from workstation.gateway.sms_http import SmsHttp
    from workstation.gateway.smtp import Smtp

    ways: dict[str, Way] = {}
    if chosen.gateway.mail.host:
        ways["email"] = Smtp(chosen.gateway.mail, lambda: secrets.get("mail"))
    if chosen.gateway.sms_url:
        ways[SMS] = SmsHttp(chosen.gateway.sms_url, lambda: secrets.get(SMS))
    return ways


def _places(chosen: settings.Settings) -> list[tuple[str, str, str]]:
    """Every password that is needed: its name here, and the place and login by which the keyring knows it."""
    gateway, mail = chosen.gateway, chosen.gateway.mail
    found = [("centre", _server(chosen).id, gateway.login)]
    if mail.host and mail.login:
        found.append(("mail", f"smtp {mail.host}:{mail.port}", mail.login))
    if gateway.sms_url:
        found.append((SMS, gateway.sms_url, SMS))
    return found


def _wanted(chosen: settings.Settings) -> list[str]:
    return [name for name, _, _ in _places(chosen)]


def _secrets(chosen: settings.Settings, password_stdin: bool) -> dict[str, str]:
    if password_stdin:
        return {name: _line() for name in _wanted(chosen)}
    from workstation.security.credentials import Credentials

    places = _places(chosen)
    credentials = Credentials()
    found = {}
    for name, place, login in places:
        kept = credentials.password(place, login)
        if kept is None:
            raise InputError(msg("The keyring holds no password for {place}. Run “gateway setup”.", place=place))
        found[name] = kept
    return found


def _asked(name: str, password_stdin: bool) -> str:
    if password_stdin:
        return _line()
    prompts: dict[str, Message] = {
        "centre": msg("Password of the gateway at the centre"),
        "mail": msg("Password at the mail server"),
        SMS: msg("Secret of the SMS provider"),
    }
    answer: str = click.prompt(tr(prompts[name].text), hide_input=True)
    return answer


def _line() -> str:
    return sys.stdin.readline().rstrip("\n")
