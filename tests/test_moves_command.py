"""Sharing out as a command: nothing but one JSON object on standard output, names and numbers as people know them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.ui.sample_desk import open_desk
from tests.ui.sample_team import add_team
from workstation.cli import moves
from workstation.desk.reassign_views import Choice
from workstation.domain.errors import InputError
from workstation.session import Desk


@pytest.fixture
def lead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = open_desk(tmp_path / "seat", role="lead")
    add_team(made)

    @contextmanager
    def signed_in(_what: str, _login: str | None, _pin_stdin: bool) -> Iterator[Desk]:
        yield made

    monkeypatch.setattr(moves, "signed_in", signed_in)
    yield made
    made.close()


def run(command: Any, *options: str) -> tuple[int, dict[str, Any]]:
    ended = CliRunner().invoke(command, [*options, "--json"])
    return ended.exit_code, json.loads(ended.stdout)


def holders(desk: Desk) -> dict[str, str | None]:
    return {case.number: case.held.holder for case in desk.reassigning.book().cases.values()}


def test_a_dry_run_shows_all_of_it_and_changes_nothing(lead: Desk) -> None:
    before = holders(lead)
    code, found = run(moves.rebalance_command, "--dry-run", "--by", "work")
    assert (code, found["state"]) == (0, "preview")
    assert found["moves"]
    assert {"case", "from", "to"} == set(found["moves"][0])
    assert found["spread_after"] < found["spread_before"]
    for person in found["people"]:
        assert person["after"]["cases"] == person["before"]["cases"] + person["came"] - person["went"]
    assert lead.waiting_decisions.rows() == ()
    assert holders(lead) == before
    lines = CliRunner().invoke(moves.rebalance_command, ["--dry-run"])
    assert lines.exit_code == 0
    assert "Distance of the loads" in lines.stdout


def test_without_a_line_it_waits_as_at_the_desk(lead: Desk) -> None:
    number = next(number for number, holder in holders(lead).items() if holder is not None)
    code, found = run(moves.reassign_command, "--case", number, "--to", "林雪", "--all", "--reason", "均衡")
    assert (code, found["state"], found["moved"]) == (0, "waits", 0)
    assert [row["to"] for row in found["moves"]] == ["林雪"]
    assert len(lead.waiting_decisions.rows()) == 1
    code, found = run(moves.undo_command)
    assert (code, found["error"]["code"]) == (2, "bad_input")


def test_a_leave_and_who_leaves_for_good(lead: Desk) -> None:
    until = (lead.today() + timedelta(days=9)).isoformat()
    _, leave = run(moves.reassign_command, "--person", "陈静", "--until", until, "--dry-run")
    _, gone = run(moves.reassign_command, "--person", "陈静", "--for-good", "--dry-run")
    assert gone["stay"] == 0
    assert len(leave["moves"]) + len(leave["left"]) + leave["stay"] == len(gone["moves"]) + len(gone["left"])
    assert all(row["on"] > lead.today().isoformat() for row in leave["later"])
    assert "陈静" not in {row["to"] for row in (*leave["moves"], *leave["later"], *gone["moves"])}


@pytest.mark.parametrize(
    ("options", "field", "said"),
    [
        ((), "person", "Give `--person`"),
        (("--person", "陈静"), "until", "the last day of a leave"),
        (("--person", "陈静", "--for-good", "--until", "2099-01-01"), "until", "the last day of a leave"),
        (("--person", "陈静", "--until", "2020-01-01"), "until", "today or later"),
        (("--person", "陈静", "--for-good", "--to", "陈静"), "to", "陈静 cannot take over from themselves."),
        (("--person", "谁", "--for-good"), "person", "Nobody in your team is called 谁"),
        (("--case", "no such"), "case", "1 case is closed, or not in your team: no such."),
        (("--case", "no such", "--until", "2099-01-01"), "person", "are about a person"),
        (("--person", "陈静", "--for-good", "--to", "孙强"), "to", "孙强 is on leave until 2026-12-03."),
        (("--person", "陈静", "--for-good", "--to", "周平"), "to", "周平 does not work in your team any more."),
        (("--person", "陈静", "--for-good", "--to", "林雪", "--without", "马超"), "without", "not both"),
    ],
)
def test_what_cannot_be_says_which_option_and_why(lead: Desk, options: tuple[str, ...], field: str, said: str) -> None:
    code, found = run(moves.reassign_command, *options)
    assert code == 2
    assert found["error"]["field"] == field
    assert said in found["error"]["message"]
    assert lead.waiting_decisions.rows() == ()


def test_only_who_leads(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "seat")
    try:
        with pytest.raises(InputError, match="A team lead moves cases"):
            moves.share(desk, Choice("rebalance"), "", dry_run=True, as_json=True)
    finally:
        desk.close()


def test_the_solver_prints_nothing_on_standard_output() -> None:
    """Its banner would come before the JSON; it is written past Python's own standard output."""
    program = (
        "from workstation.domain.rebalance_shares import Kind, shares\n"
        "both = frozenset({'a', 'b'})\n"
        "assert shares([Kind(both, '', 10, 10, {'a': 10})], {'a': 1, 'b': 1}, {}, {'a': None, 'b': None})\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=dict(os.environ))
    assert (told.stdout, told.stderr) == (b"", b"")
