"""Hands a `tel:` or `sip:` address to what this computer opens such addresses with: a softphone, a mobile."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Literal

from workstation.domain.message import msg
from workstation.telephony.adapter import Call, DiallingFailed, Tell

Opener = Callable[[str], bool]  # given by the window; False when nothing on this computer opens such addresses

_LABEL = r"[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?::[0-9]{{1,5}})?", re.ASCII)


class SystemHandler:
    """Click-to-dial by RFC 3966 (`tel:+86…`) or RFC 3261 (`sip:+86…@domain;user=phone`)."""

    at_once = True

    def __init__(self, scheme: Literal["tel", "sip"], open_url: Opener, *, domain: str = "") -> None:
        self._scheme, self._open = scheme, open_url
        self._domain = "" if scheme == "tel" else checked_domain(domain)

    def dial(self, call: Call) -> None:
        address = f"tel:{call.number}"
        if self._scheme == "sip":
            address = f"sip:{call.number}@{self._domain};user=phone"
        if not self._open(address):
            raise DiallingFailed(
                msg(
                    "No program on this computer opens {scheme} addresses. Install a softphone, or dial by hand.",
                    scheme=f"{self._scheme}:",
                )
            )

    def hang_up(self, call: Call) -> None:
        """The softphone does; nothing reaches it from here."""

    def follow(self, call: Call, tell: Tell, stop: threading.Event) -> None:
        """A softphone does not tell: the person's key does."""

    def test(self, extension: str) -> None:
        """Opening an address would call it; there is nothing else to ask."""


def checked_domain(domain: str) -> str:
    """A host name of the SIP provider, with or without a port. Raises `DiallingFailed`."""
    if len(domain) > 253 or _DOMAIN.fullmatch(domain) is None:
        raise DiallingFailed(
            msg("Type the domain of your SIP provider in the settings, like sip.example.org."), field="sip_domain"
        )
    return domain
