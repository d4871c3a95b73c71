"""A batch of so many letters in a process of its own, which then tells its peak memory and that of its helpers."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from letters.batch import Wanted, run
from tests.letters.batches import letter


def main(folder: str, count: str, form: str) -> None:
    total = int(count)

    def source() -> Iterator[Wanted]:
        for n in range(total):
            yield Wanted(n + 1, letter(n))

    result = run(source, total, Path(folder) / "out", {"data": "x"}, keep_good=True, one_file=form == "one", jobs=2)
    leader, helper = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(json.dumps({"made": result.made, "leader": leader, "helper": helper}))


if __name__ == "__main__":
    main(*sys.argv[1:])
