"""`python -m tools.scale fill|load|partition|failover|clear`: each prints what it measured; see docs/scale.md."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from tools.scale import failover, partition
from tools.scale.cluster import HOST, Cluster
from tools.scale.fill import Size, fill
from tools.scale.load import Plan, run
from tools.scale.pool import Pool
from workstation.sync.server import Server

FOLDER = Path("/var/tmp/workstation-scale")  # noqa: S108 - too large for /tmp; made by us, with a password in it
CENTRE, POOL, FIRST, SECOND = 15432, 16432, 15433, 15434  # below the ports that outgoing connections take
FILLING = {
    "fsync": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0", "autovacuum": "off",
    "max_wal_size": "4GB", "shared_buffers": "2GB",
}  # fmt: skip
SERVING = {"max_wal_size": "4GB", "checkpoint_timeout": "15min", "shared_buffers": "1GB", "max_connections": "2300"}


def main(arguments: list[str]) -> int:
    options = _options().parse_args(arguments)
    centre, pool = Cluster(options.folder / "centre", CENTRE), Pool(options.folder / "pool", POOL)
    if options.task == "clear":
        pool.stop()
        for cluster in (
            centre,
            Cluster(options.folder / "primary", FIRST),
            Cluster(options.folder / "standby", SECOND),
        ):
            cluster.stop()
            cluster.clear_away()
        shutil.rmtree(options.folder, ignore_errors=True)
        return 0
    if options.task == "failover":
        whole = failover.run(
            options.folder,
            (FIRST, SECOND),
            crowd=options.seats,
            seconds=options.seconds,
            synchronous=not options.asynchronous,
        )
        print("nothing confirmed was lost" if whole else "FAILED")
        return 0 if whole else 1
    if options.task == "fill":
        _fill(centre, options.cases)
    elif options.task == "partition":
        partition.run(centre.dsn(_name(options.cases)), Size(options.cases), options.parts)
    else:
        _load(centre, pool, options)
    return 0


def _fill(centre: Cluster, sizes: list[int]) -> None:
    """A fresh cluster with one database for each size, left running and durable."""
    centre.stop()
    centre.make()
    centre.settle(FILLING)
    centre.start()
    for cases in sizes:
        fill(centre.dsn(), _name(cases), Size(cases))
    centre.stop()
    centre.settle(SERVING)
    centre.start()
    print("for the benchmark: WORKSTATION_SCALE_DSN=" + centre.dsn(_name(sizes[-1])))


def _load(centre: Cluster, pool: Pool, options: argparse.Namespace) -> None:
    database, postmaster = _name(options.cases), int((centre.data / "postmaster.pid").read_text().splitlines()[0])
    plan = Plan(options.seats, options.every, options.seconds, options.events, warm_up=options.warm_up)
    size = Size(options.cases)
    if options.direct:
        server = Server(HOST, centre.port, database)
        outcome = run(centre.dsn(database), size, server, plan, postmaster=postmaster, pool=None)
    else:
        pool.stop()
        pool.make(centre, database, dict(setting.split("=", 1) for setting in options.set))
        pool.start()
        try:
            server = Server(HOST, pool.port, database)
            outcome = run(centre.dsn(database), size, server, plan, postmaster=postmaster, pool=pool.pid)
        finally:
            pool.stop()
    print("\n".join(outcome.lines()))


def _name(cases: int) -> str:
    return f"scale_{cases}"


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tools.scale", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    tasks = parser.add_subparsers(dest="task", required=True)
    filling = tasks.add_parser("fill", help="make the books; with a million cases 9 GB and nine minutes")
    filling.add_argument("cases", type=int, nargs="+", metavar="CASES", help="e.g. 10000 100000 1000000")
    load = tasks.add_parser("load", help="many seats against a filled centre")
    load.add_argument("--cases", type=int, default=1_000_000)
    load.add_argument("--seats", type=int, default=2_000)
    load.add_argument("--every", type=float, default=30, help="seconds between two synchronisations of a seat")
    load.add_argument("--seconds", type=float, default=60)
    load.add_argument("--warm-up", type=float, default=35)
    load.add_argument("--events", type=float, default=1, help="new events at each synchronisation")
    load.add_argument("--direct", action="store_true", help="without PgBouncer")
    load.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of PgBouncer")
    parting = tasks.add_parser("partition", help="try case_event in parts, beside the filled one")
    parting.add_argument("--cases", type=int, default=1_000_000)
    parting.add_argument("--parts", type=int, default=12)
    over = tasks.add_parser("failover", help="kill a primary under load and promote its standby")
    over.add_argument("--seats", type=int, default=20)
    over.add_argument("--seconds", type=float, default=15, help="of load before and after")
    over.add_argument("--asynchronous", action="store_true", help="commits wait for no standby: see the loss")
    tasks.add_parser("clear", help="stop and delete everything")
    return parser


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(sys.argv[1:]))
