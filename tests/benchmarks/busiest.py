"""Run as a program: a shift of calls on the store given; prints what was asked of the store most often, as JSON.

Each statement with how often it ran, and some of the values it ran with (of the benchmark's made-up book).
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.benchmarks import shift

KEPT = 12  # sets of values of each statement
MOST = 40


def main(store: Path, calls: int) -> None:
    counted: Counter[str] = Counter()
    values: dict[str, list[Any]] = defaultdict(list)

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, executemany: bool) -> None:
        if executemany or statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            return
        counted[statement] += 1
        if len(values[statement]) < KEPT and counted[statement] % 7 in {1, 3}:
            with contextlib.suppress(TypeError):  # what is no JSON is left out
                values[statement].append(json.loads(json.dumps(parameters)))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    with contextlib.redirect_stdout(io.StringIO()):
        shift.main(store, calls)
    found = [(text, count, values[text]) for text, count in counted.most_common(MOST) if values[text]]
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
