"""What the sign-in page asks for: each call may take seconds and runs in the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from workstation import settings
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message

if TYPE_CHECKING:
    from workstation.session import Desk

Address = settings.ServerAddress


class Doors:
    """The ways into a seat with the system's keyring. `notices`: what the person should know of it afterwards."""

    def __init__(self) -> None:
        self.notices: list[Message] = []

    def has_pin(self, address: Address, login: str) -> bool:
        """Is there a seat of this person here that a PIN opens? False also when the keyring cannot be asked."""
        from workstation.security.credentials import Credentials
        from workstation.session import server_of, store_path, vault_of

        if not address.host or not login or not store_path(server_of(address), login).exists():
            return False
        try:
            status = vault_of(server_of(address), login, Credentials()).status()
        except WorkstationError:  # signing in says what is wrong with it
            return False
        return status.has_pin and not status.used_up

    def sign_in(self, address: Address, login: str, password: str | None, pin: str | None) -> Desk:
        from workstation.security.credentials import Credentials
        from workstation.session import server_of, sign_in

        credentials = Credentials()
        desk = sign_in(server_of(address), login, password, credentials=credentials, pin=pin)
        self.notices.extend(credentials.notices)
        settings.save(msgspec.structs.replace(settings.load(), server=address, last_login=login))
        return desk

    def change_password(self, address: Address, login: str, old: str, new: str) -> None:
        """When the centre opens nothing before. Raises `InputError` with the policy, `WrongPassword`, `Unreachable`."""
        from workstation.session import server_of
        from workstation.sync.password import change_password

        change_password(server_of(address), login, old, new)

    def begin_anew(self, address: Address, login: str) -> None:
        """The PIN is lost for good: the closed store goes."""
        from workstation.security.credentials import Credentials
        from workstation.session import begin_anew, server_of

        begin_anew(server_of(address), login, Credentials())
