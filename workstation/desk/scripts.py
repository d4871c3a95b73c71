"""The script box: what is true of this case goes into the domain's script rules."""

from __future__ import annotations

from datetime import date

from local_db.queries import CaseFile
from workstation.desk import standing
from workstation.desk.seat import Person
from workstation.desk.views import Script
from workstation.domain.script import Situation
from workstation.domain.script import script_for as spoken_for
from workstation.domain.stage import stage_of


def script_for(file: CaseFile, person: Person, today: date, *, identity_verified: bool) -> Script:
    """What may be said now, in the debtor's language, and what is withheld with its article."""
    state = file.state
    true = {
        "identity_verified": identity_verified,
        "plan_in_force": state.plan_in_force,
        "dispute_open": state.dispute_open,
        "in_hardship": state.in_hardship,
        "waiver_available": True,  # every collector has some authority, see resources/authority
        "time_barred": (where := standing.limitation(file, today)) is not None and where.expired,
    }
    situation = Situation(
        stage=stage_of(standing.owed(file, today).days_past_due),
        facts=frozenset(name for name, holds in true.items() if holds),
        ability=state.ability,
        willingness=state.willingness,
        bank=file.book.bank,
        caller=person.name,
    )
    spoken = spoken_for(situation, file.debtor.language, file.book.jurisdiction)
    return Script(spoken.title, spoken.say, spoken.withheld)
