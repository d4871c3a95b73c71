"""An administrator's day from the command line: two of them, people, rules, devices, an anchor, certificates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.central.builders import hello, new_id
from tests.central.server import PASSWORD, CentralDatabase
from tests.journeys.test_own_postgres import run
from workstation.central import admin

WORD, FIRST, NEXT = "grey heron at noon", "seven brass keys", "quiet harbour lights"


class Console:
    """Runs `workstation central …` as somebody; says what was printed."""

    def __init__(self, central: CentralDatabase, home: Path) -> None:
        self._where = ["--host", central.server.host, "--port", str(central.server.port), "--database", central.name]
        self._home = home

    def __call__(self, login: str, *arguments: str, more: str = "", code: int = 0, password: str = PASSWORD) -> str:
        options = [*self._where, "--user", login, "--password-stdin"]
        done = run("central", *arguments, *options, given=f"{password}\n{more}", home=self._home)
        assert done.returncode == code, done.stderr + done.stdout
        assert "Traceback" not in done.stderr
        assert password not in done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def console(central: CentralDatabase, tmp_path: Path) -> Console:
    admin.add_person(central.superuser_dsn, "second.admin", "Zweite", "admin", None, WORD)
    return Console(central, tmp_path)


def test_two_administrators_and_their_people(central: CentralDatabase, console: Console) -> None:
    login = f"made.{new_id()[:8]}"
    add = ["user", "add", login, "--name", "新人", "--role", "lead", "--team", "north"]
    assert "one administrator proposes it, another approves it" in console("admin", *add, more=f"{FIRST}\n", code=2)
    said = console("admin", *add, "--propose", "takes over from January", more=f"{FIRST}\n")
    proposal = re.search(r"proposal approve ([0-9a-f-]{36})", said)
    assert proposal is not None
    waiting = console("second.admin", "proposal", "list", password=WORD)
    assert all(word in waiting for word in (proposal[1], login, "takes over from January", "Administrator"))
    assert "Nobody approves what they proposed" in console("admin", "proposal", "approve", proposal[1], code=2)
    console("second.admin", "proposal", "approve", proposal[1], password=WORD)
    assert "must change the password" in next(
        line for line in console("admin", "user", "list").splitlines() if line.startswith(login)
    )
    refused = console(login, "password", more=f"{login} and more\n", password=FIRST, code=2)
    assert "does not contain your login" in refused
    console(login, "password", more=f"{NEXT}\n", password=FIRST)
    assert "one of your last 5" in console(login, "password", more=f"{FIRST}\n", password=NEXT, code=2)
    assert "1 person changes" in console("admin", "user", "force-rotation", login)
    console("admin", "user", "revoke", login)
    back = console("admin", "user", "restore", login, "--propose", "back again", more=f"{WORD}\n")
    again = re.search(r"approve ([0-9a-f-]{36})", back)
    assert again is not None
    console("admin", "proposal", "reject", again[1])
    assert "withdrawn: Administrator" in console("admin", "proposal", "list", "--all")


def test_rules_devices_and_an_anchor(central: CentralDatabase, console: Console, tmp_path: Path) -> None:
    assert "10 characters" in console("admin", "policy", "show")
    console("admin", "policy", "set", "--shortest", "12", "--longest-days", "365")
    assert "another approves it" in console("admin", "policy", "set", "--longest-days", "0", code=2)
    console("admin", "policy", "set", "--longest-days", "0", "--propose", "as the bank wants it")
    with central.connect("li.na", autocommit=True) as conn:
        device = hello(conn)
    assert device in console("chen.jie", "device", "list")
    assert device not in console("zhou.yan", "device", "list")
    console("admin", "device", "revoke", device, "--erase")
    assert "to be erased" in console("admin", "device", "list", "--login", "li.na")
    assert "already done" in console("admin", "device", "revoke", device, code=2)
    console("chen.jie", "held", "list")
    assert "in your reach" in console("chen.jie", "held", "release", device, "--reason", "x", code=2)

    file = tmp_path / "anchor.json"
    made = console("audit", "anchor", str(file))
    digest = made.strip().splitlines()[-1]
    assert re.fullmatch("[0-9a-f]{64}", digest)
    assert "never overwritten" in console("audit", "anchor", str(file), code=2)
    owner = str(central.server._password)
    console("postgres", "check", "--anchor", str(file), "--digest", digest, password=owner)
    wrong = console("postgres", "check", "--anchor", str(file), "--digest", "0" * 64, password=owner, code=2)
    assert "not the anchor that was noted" in wrong


def test_certificates_for_ones_own_server(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    made = run("central", "tls", "init", str(folder), "--name", "db.bank.example", given="", home=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "db.bank.example" in made.stdout
    assert "Keep" in made.stdout
    again = run("central", "tls", "init", str(folder), "--name", "db.bank.example", given="", home=tmp_path)
    assert again.returncode == 2
    assert "tls renew" in again.stderr
    renewed = run("central", "tls", "renew", str(folder), given="", home=tmp_path)
    assert renewed.returncode == 0, renewed.stderr
    assert "db.bank.example" in renewed.stdout
    nobody = run("central", "tls", "renew", str(tmp_path / "empty"), given="", home=tmp_path)
    assert nobody.returncode == 2
    assert "tls init" in nobody.stderr
