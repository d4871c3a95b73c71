"""A program that has learned a kind of event makes up for what its older version could not fold."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from local_db import events, projections
from local_db.engine import Store, open_store
from local_db.queries import case_file
from local_db.state import get_state
from tests.local_db.small_book import KEY, TODAY, fill, note
from workstation.domain import events as domain


def written_by_an_older_program(path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A budget, pulled by a program that knew no budgets; the case."""
    with monkeypatch.context() as older:
        older.delitem(domain.BODIES, "budget")
        older.delitem(domain._DECODERS, "budget")
        store = open_store(path, KEY)
        case, *_ = fill(store)
        budget = msgspec.structs.replace(note(case, "x"), kind="budget", body='{"adults":2,"currency":"CNY"}')
        with store.write() as conn:
            events.append(conn, [budget], today=TODAY)
        with store.read() as conn:
            assert case_file(conn, case).state.unknown_kinds == ("budget",)
        store.close()
    return case


def test_what_was_unknown_is_folded_when_the_newer_program_opens_the_store(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = written_by_an_older_program(path, monkeypatch)
    store = open_store(path, KEY)
    with store.read() as conn:
        state = case_file(conn, case).state
        assert state.budget is not None
        assert (state.budget.budget.adults, state.unknown_kinds) == (2, ())
        assert projections.check(conn, TODAY) == []
    store.close()


def test_it_is_done_once(path: Path, store: Store, cases: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    hologram = msgspec.structs.replace(note(cases[0], "x"), kind="hologram", body="{}")
    with store.write() as conn:
        events.append(conn, [hologram], today=TODAY)
        assert get_state(conn, "kinds") is not None

    def refuse(*_: object) -> None:
        raise AssertionError("folded anew though nothing was learned")

    monkeypatch.setattr(projections, "refresh", refuse)
    open_store(path, KEY).close()
