"""A person's place in the plan, changed at the centre by a lead. Changed once: who comes second is told by whom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import psycopg

from workstation.domain.message import msg
from workstation.domain.staffing import Staffing
from workstation.sync.link import STAFFS, CentreTooOld, typed


@dataclass(frozen=True, slots=True)
class Placed:
    """Not done: `decided_by` had changed it since the version that was seen; `version` is the one that stands."""

    done: bool
    version: int
    decided_by: str | None


def set_staffing(link: psycopg.Connection[Any], person_id: str, seen: int, plan: Staffing) -> Placed:
    """The whole of a person's place. Raises `CentralRefusedError`, and `CentreTooOld` where the centre keeps none."""
    told = {
        "capacity": plan.capacity,
        "most_cases": plan.most_cases,
        "languages": plan.languages,
        "regions": plan.regions,
        "stages": plan.stages,
        "legal": plan.legal,
        "leave_from": None if plan.leave_from is None else plan.leave_from.isoformat(),
        "leave_until": None if plan.leave_until is None else plan.leave_until.isoformat(),
        "cover_id": plan.cover_id,
    }
    try:
        with link.transaction():
            row = link.execute("SELECT schema_version FROM central_meta").fetchone()
            version = "" if row is None else str(row[0])
            if version < STAFFS:
                raise CentreTooOld(
                    msg(
                        "The centre has schema {theirs}; capacity, skills and leave are kept from {ours} on. The "
                        "administrator has to upgrade it (workstation central migrate). Nothing was changed.",
                        theirs=version,
                        ours=STAFFS,
                    )
                )
            query = "SELECT done, version, decided_by FROM app.set_staffing(%s, %s, %s::json)"
            [found] = link.execute(query, [person_id, seen, json.dumps(told)]).fetchall()
    except psycopg.Error as error:
        raise typed(error) from error
    return Placed(*found)
