"""The audit's questions on a large history: with the indexes of migration 0008, and the same questions without them."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import pytest

from tests.benchmarks.figures import Board
from tests.benchmarks.sizes import SIZES
from tests.central.adversary import two_teams
from tests.central.server import CentralServer
from workstation.sync import audit

pytestmark = pytest.mark.bench

EVENTS = 2_000 if SIZES.name == "small" else 400_000
TURNS = 5
_FILL = """
INSERT INTO case_event (id, case_id, kind, occurred_at, author, device, body, offset_ms, prev_hash, hash)
SELECT gen_random_uuid(), e.case_id, CASE WHEN mod(n, 20) = 0 THEN 'reveal' ELSE 'contact' END,
       now() - n * interval '30 seconds', p.ids[1 + mod(n, array_length(p.ids, 1))], e.device,
       '{"field":"phone","why":"dial"}', 0, n::text, n::text
  FROM (SELECT * FROM case_event LIMIT 1) e, (SELECT array_agg(id) AS ids FROM person) p, generate_series(1, %s) n
"""


def test_questions_of_the_audit(central_server: CentralServer, board: Board) -> None:
    """Some turns on one connection each, 200 records an answer; the ratio is what the indexes are worth."""
    database = central_server.new_database()
    two_teams(database)
    with database.connect(autocommit=True) as conn:
        conn.execute("SET statement_timeout = 0")
        conn.execute(_FILL, [EVENTS])
        conn.execute("VACUUM ANALYZE case_event")
    questions: dict[str, dict[str, Any]] = {
        "what was seen or taken": {"kinds": ["saw", "took"]},
        "one person": {"person": database.people["li.na"]},
        "what one person saw": {"person": database.people["li.na"], "kinds": ["saw"]},
    }

    def ask() -> dict[str, list[float]]:
        with database.connect("audit") as link:
            audit.page(link, {})  # the first question of a connection plans the function
            found: dict[str, list[float]] = {}
            for name, asked in questions.items():
                times = []
                for _ in range(TURNS):
                    begun = perf_counter()
                    assert audit.page(link, asked)
                    times.append(perf_counter() - begun)
                found[name] = times
            return found

    with_indexes = ask()
    with database.connect(autocommit=True) as conn:
        conn.execute("DROP INDEX ix_case_event_at, ix_case_event_author_at, ix_case_event_access")
    without = ask()
    central_server.drop(database)
    for name, seconds in with_indexes.items():
        board.ratio(f"Audit: {name}", seconds, without[name], note="with / without its indexes")
