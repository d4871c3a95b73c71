"""Another role or team for a person: both at once, because the one is judged by the other."""

from __future__ import annotations

from workstation.central.admin import Where, _session, _team_id
from workstation.domain.errors import InputError
from workstation.domain.message import msg


def change_person(where: Where, login: str, *, role: str | None = None, team: str | None = None) -> None:
    """What is not given stays. `team` is an id or a name, "" for none. Ends the person's sessions.

    Raises `CentralRefusedError`, e.g. while the person still holds cases of the former team.
    """
    with _session(where) as conn:
        found = conn.execute("SELECT role, team_id::text FROM person WHERE login = %s AND active", [login]).fetchone()
        if found is None:
            raise InputError(msg("There is no active person with the login “{login}”.", login=login), field="login")
        team_id = found[1] if team is None else _team_id(conn, team) if team else None
        conn.execute("SELECT app.change_person(%s, %s, %s)", [login, role or found[0], team_id])
