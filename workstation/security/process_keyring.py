"""A keyring in this process's memory, for `demo` and `tour` on a machine without one: gone when the program ends.

Never found by itself: the sign-in of a real desk has the operating system's keyring or none.
"""

from __future__ import annotations

import secrets

from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import PasswordDeleteError

from workstation.domain.message import Message, msg


class ProcessKeyring(KeyringBackend):
    """Keeps secrets until the process ends and writes them nowhere."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], str] = {}

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805  # a property of the class, as keyring wants it
        # keyring asks for it before it takes a backend from PYTHON_KEYRING_BACKEND or keyringrc.cfg: a real desk
        # set up so would lose its store key, and with it unsent work, at every exit.
        raise RuntimeError("The process keyring is given by the program, never chosen by configuration")

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self._kept.pop((service, username), None) is None:
            raise PasswordDeleteError(username)


def demo_keyring() -> tuple[KeyringBackend | None, Message | None]:
    """For `demo` and `tour` only: (None, None) when the system's keyring keeps secrets, else a process keyring.

    With the second comes the sentence to print. A store made with it cannot be opened by a later run.
    """
    from workstation.security.credentials import Credentials, KeyringProblem

    probe, login = "keyring-check.invalid", secrets.token_hex(8)
    try:
        credentials = Credentials()
        credentials.remember_password(probe, login, "check")
        credentials.forget(probe, login)
    except KeyringProblem as problem:
        return ProcessKeyring(), msg(
            "{problem} For this demonstration, secrets stay in memory and are gone at its end.", problem=problem.message
        )
    return None, None
