"""The commands: set up once with the passwords in the keyring, then sent and counted; what is wrong ends with 2."""

from __future__ import annotations

from click.testing import CliRunner, Result

from tests.central.server import PASSWORD, CentralDatabase
from tests.gateway.conftest import GATEWAY, House
from tests.gateway.providers import MAIL_LOGIN, MAIL_PASSWORD, SECRET
from workstation import settings
from workstation.cli import cli
from workstation.security.credentials import Credentials


def run(*arguments: object, typed: tuple[str, ...] = ()) -> Result:
    return CliRunner().invoke(cli, [*map(str, arguments)], input="".join(f"{line}\n" for line in typed))


def setup(house: House, *more: object, typed: tuple[str, ...] = (PASSWORD, SECRET)) -> Result:
    server = house.central.server
    return run(
        "gateway", "setup", "--centre", server.host, "--centre-port", server.port, "--database", house.central.name,
        "--login", GATEWAY, "--mail-host", "127.0.0.1", "--mail-port", house.mail.port, "--mail-security", "none",
        "--sender", "card@bank.example", "--sms-url", house.sms.url, "--password-stdin", *more, typed=typed,
    )  # fmt: skip


def test_set_up_once_it_sends_and_counts(house: House) -> None:
    made = setup(house)
    assert made.exit_code == 0, made.output
    kept = settings.settings_file().read_text()
    assert PASSWORD not in kept
    assert SECRET not in kept
    assert run("gateway", "status").output == "No message has been queued yet.\n"
    house.queue(0, purpose="service")
    house.queue(1, "email", subject="x", purpose="service")
    sent = run("gateway", "send", "--once")
    assert (sent.exit_code, "2 messages sent" in sent.output) == (0, True), sent.output
    [line] = run("gateway", "status").output.splitlines()
    assert line.split()[:2] == ["sent", "2"]


def test_one_thing_is_changed_and_the_rest_stays(house: House) -> None:
    assert setup(house).exit_code == 0
    changed = run(
        "gateway", "setup", "--mail-login", MAIL_LOGIN, "--sender-name", "示例银行", "--sms-url", "",
        "--password-stdin", typed=(PASSWORD, MAIL_PASSWORD),
    )  # fmt: skip
    assert changed.exit_code == 0, changed.output
    known = settings.load()
    assert (known.gateway.login, known.gateway.sms_url, known.gateway.mail.port) == (GATEWAY, "", house.mail.port)
    assert Credentials().password(f"smtp 127.0.0.1:{house.mail.port}", MAIL_LOGIN) == MAIL_PASSWORD


def test_what_cannot_work_is_said_and_not_kept(house: House) -> None:
    for wrong in (
        ("--sms-url", "http://sms.example"),
        ("--sender", "nobody"),
        ("--mail-host", "mail.example"),  # without TLS
        ("--login", ""),
    ):
        refused = setup(house, *wrong)
        assert refused.exit_code == 2, wrong
        assert not settings.settings_file().exists()


def test_without_set_up_or_password_it_says_so(house: House) -> None:
    for command in (("send", "--once"), ("status",)):
        ended = run("gateway", *command)
        assert (ended.exit_code, "gateway setup" in ended.output) == (2, True), ended.output
    assert setup(house, "--no-keyring").exit_code == 0
    ended = run("gateway", "send", "--once")
    assert (ended.exit_code, "keyring holds no password" in ended.output) == (2, True), ended.output


def test_a_closed_way_and_a_wrong_password_end_with_two(house: House) -> None:
    assert setup(house, typed=(PASSWORD, "wrong")).exit_code == 0
    house.queue(purpose="service")
    ended = run("gateway", "send", "--once")
    assert (ended.exit_code, "401" in ended.output) == (2, True), ended.output
    assert setup(house, typed=("wrong", SECRET)).exit_code == 0
    ended = run("gateway", "send", "--once")
    assert (ended.exit_code, "password is wrong" in ended.output) == (2, True), ended.output


def test_a_gateways_login_is_added_and_revoked(central: CentralDatabase) -> None:
    server = central.server
    place = (
        "--host",
        server.host,
        "--port",
        server.port,
        "--database",
        central.name,
        "--user",
        "admin",
        "--password-stdin",
    )
    login = f"extra.{central.name.replace('_', '.')}"
    added = run("central", "gateway", "add", login, *place, typed=(PASSWORD, "a long password"))
    assert added.exit_code == 0, added.output
    with central.connect() as conn:
        assert conn.execute("SELECT login, active FROM gateway").fetchall() == [(login, True)]
    assert run("central", "gateway", "revoke", login, *place, typed=(PASSWORD,)).exit_code == 0
    assert run("central", "gateway", "revoke", login, *place, typed=(PASSWORD,)).exit_code == 2
    assert run("central", "gateway", "add", "li.na", *place, typed=(PASSWORD, "a long password")).exit_code == 2
    with central.connect() as conn:
        assert conn.execute("SELECT login, active FROM gateway").fetchall() == [(login, False)]
