"""One's own password at the centre: judged here, where it is typed; sent as a verifier; the last ones refused there."""

from __future__ import annotations

import psycopg

from workstation.central.verifiers import verifier
from workstation.domain import password_policy
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.sync.link import connect, typed
from workstation.sync.server import Server


def change_password(server: Server, login: str, old: str, new: str) -> None:
    """The person's new password; every other session of theirs ends. Afterwards it is the one to be kept.

    Raises `InputError` (field "new"; the policy, in a sentence), `WrongPassword` (the old one), `Unreachable` and
    `CentralRefusedError` (WS031: one of the last ones). When the line broke, either may be the one: try the new first.
    """
    if new == old:
        raise InputError(msg("The new password is the old one. Choose another."), field="new")
    with connect(server, login, old) as conn:
        try:
            row = conn.execute("SELECT salt, name, shortest FROM app.my_password()").fetchone()
            salt, name, shortest = row or (None, "", password_policy.SHORTEST)
            password_policy.check(new, login=login, name=name, shortest=shortest, field="new")
            conn.execute("SELECT app.change_my_password(%s)", [verifier(new, salt)])
            conn.commit()
        except psycopg.Error as error:
            raise typed(error) from error


def report_erased(server: Server, login: str, password: str, device_id: str) -> None:
    """Tell the centre that a revoked device has erased what it held. Raises what `connect` does."""
    with connect(server, login, password) as conn:
        try:
            conn.execute("SELECT app.device_erased(%s)", [device_id])
            conn.commit()
        except psycopg.Error as error:
            raise typed(error) from error
