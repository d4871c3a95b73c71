"""Batches for the tests: made-up letters in any number, and a batch in a process of its own, to be killed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from letters.batch import Wanted, run
from tests.letters.conftest import BANKS

ROOT = Path(__file__).parents[2]
NAMES = "王伟李娜张敏刘洋陈静杨帆赵磊黄蓉周杰吴昊徐丽孙悦"


def wanted(context: Callable[..., dict[str, Any]], count: int) -> Callable[[], Iterator[Wanted]]:
    def source() -> Iterator[Wanted]:
        for n in range(1, count + 1):
            yield Wanted(n, context("reminder", case_number=f"JN-2026-{n:06}"))

    return source


def letter(n: int) -> dict[str, Any]:
    """The n-th debtor of a made-up book; two accounts."""
    return {
        "template": "reminder",
        "language": "zh_CN",
        "jurisdiction": "zh-CN",
        "date": "2026-11-23",
        "pay_by": "2026-12-03",
        "case_number": f"JN-2026-{n:06}",
        "debtor": {
            "name": NAMES[n % 24] + NAMES[(n * 7) % 24],
            "address": f"浙江省杭州市西湖区文三路{n}号科技大厦A座{n % 30 + 1}室",
            "postcode": f"{310000 + n * 37 % 20000}",
            "sex": ("male", "female")[n % 2],
        },
        "bank": BANKS["zh_CN"],
        "accounts": [
            {
                "card_tail": f"{(n * 3 + at) % 10000:04}",
                "balance": {"principal": f"{1200 + n + at}.00", "interest": "102.44", "penalty": "30.83"},
                "first_unpaid_due": "2026-09-06",
            }
            for at in range(2)
        ],
    }


def files_in(folder: Path) -> dict[str, str]:
    """Every PDF's hash by its name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.pdf"))}


def start_batch(out: Path, count: int, jobs: int, *, limit: int = 0, one_file: bool = False) -> subprocess.Popen[str]:
    """A batch of `letter(n)` in another process; `limit`: bytes that a file may have there."""
    command = [sys.executable, "-m", "tests.letters.batches", str(out), str(count), str(jobs), str(limit)]
    command.append("one" if one_file else "each")
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def main(out: str, count: str, jobs: str, limit: str, form: str) -> int:
    if int(limit):
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    total = int(count)

    def source() -> Iterator[Wanted]:
        for n in range(1, total + 1):
            yield Wanted(n, letter(n))

    result = run(source, total, Path(out), {"data": "made up"}, jobs=int(jobs), keep_good=True, one_file=form == "one")
    print(result.state, result.again, result.problem.plain() if result.problem else "")
    return 0 if result.state == "done" else 3


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
