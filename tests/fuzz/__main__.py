"""`make fuzz TIME=180`: every target for so many seconds with coverage to guide it (atheris, Linux only).

What is found stops that target and is written to out/fuzz; put it into tests/fuzz/corpus/<target>/ with its fix, the
suite replays everything there. Figures for docs/security.md are printed at the end.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "fuzz" / "corpus"
OUT = ROOT / "out" / "fuzz"
_SEEDS = 60
_SLOWEST = 25  # seconds for one input
_MEMORY = 2_048  # MB
_FINAL = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
_COVERED = re.compile(r"cov: (\d+) ft: (\d+)")


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    arguments.add_argument("targets", nargs="*")
    arguments.add_argument("--seconds", type=int, default=180)
    arguments.add_argument("--inside", help=argparse.SUPPRESS)
    chosen, rest = arguments.parse_known_args()
    if chosen.inside:
        _inside(chosen.inside, rest)
        return 0
    from tests.fuzz.targets import TARGETS

    print("| target | executions | edges | features | found |\n| --- | --- | --- | --- | --- |")
    failed = 0
    for name in chosen.targets or TARGETS:
        line, found = _run(name, chosen.seconds)
        failed += found
        print(line, flush=True)
    return 1 if failed else 0


def _run(name: str, seconds: int) -> tuple[str, int]:
    from tests.fuzz.targets import TARGETS

    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"fuzz-{name}-") as folder:
        grown, home = Path(folder, "corpus"), Path(folder, "home")
        grown.mkdir()
        for seed in range(_SEEDS):
            (grown / f"seed-{seed}").write_bytes(TARGETS[name].draw(Random(seed)))
        kept = CORPUS / name
        command = [
            sys.executable, "-m", "tests.fuzz", "--inside", name, str(grown), *([str(kept)] if kept.is_dir() else []),
            f"-max_total_time={seconds}", f"-timeout={_SLOWEST}", f"-rss_limit_mb={_MEMORY}", "-print_final_stats=1",
            "-max_len=65536", "-seed=1", f"-artifact_prefix={OUT}/{name}-",
        ]  # fmt: skip
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "WORKSTATION_HOME": str(home), "TMPDIR": folder},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    (OUT / f"{name}.log").write_text(done.stderr[-200_000:], encoding="utf-8")
    ran, covered = _FINAL.search(done.stderr), _COVERED.findall(done.stderr)
    edges, features = covered[-1] if covered else ("?", "?")
    found = "" if done.returncode == 0 else f"see out/fuzz/{name}.log"
    return f"| {name} | {ran[1] if ran else '?'} | {edges} | {features} | {found or 'nothing'} |", int(bool(found))


def _inside(name: str, flags: list[str]) -> None:
    import atheris

    with atheris.instrument_imports(include=["workstation", "letters", "local_db"], enable_loader_override=False):
        from tests.fuzz.targets import TARGETS

        target = TARGETS[name]
        for seed in range(3):  # so that what a target imports as it runs is instrumented too
            target.run(target.draw(Random(seed)))

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        # Half of the inputs are documents spoilt in the right places, the others what libFuzzer makes of its best.
        if seed % 2:
            return target.draw(Random(seed))[:most]
        return bytes(atheris.Mutate(data, most))

    atheris.Setup([sys.argv[0], *flags], target.run, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
