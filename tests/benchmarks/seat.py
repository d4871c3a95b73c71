"""The desk over the large store, with a centre that is away: how a morning without the network begins."""

from __future__ import annotations

from datetime import time
from pathlib import Path

from local_db.engine import open_store
from tests.benchmarks.sizes import AS_OF
from workstation.desk.seat import Clock, Person, Seat
from workstation.domain.ids import bank_id
from workstation.session import Desk, server_of
from workstation.settings import ServerAddress

KEY = bytes(range(32))
COLLECTOR, TEAM, DEVICE = (bank_id("bench", name) for name in ("collector", "team", "device"))


def open_desk(path: Path, role: str = "collector") -> Desk:
    person = Person(COLLECTOR, "chenjing", "陈静", role, TEAM, "信用卡一组")
    clock = Clock.starting_at(AS_OF, time(10, 24), "Asia/Shanghai")
    # Port 9 of the loopback: nobody listens, the refusal comes at once.
    server = server_of(ServerAddress(host="127.0.0.1", port=9, database="bench"))
    return Desk(server, "", Seat(open_store(path, KEY), person, DEVICE, clock), online=True)
