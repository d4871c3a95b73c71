"""Views of the queue under a name: those that ship, and one's own. They stay on this seat and go nowhere."""

from __future__ import annotations

import logging
import secrets
import tomllib
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from local_db.state import get_state, set_state
from resources import resource
from workstation.desk.queue_choice import Choice
from workstation.desk.seat import Seat
from workstation.domain.errors import InputError
from workstation.domain.message import msg

log = logging.getLogger(__name__)

LONGEST_NAME, MOST_VIEWS = 40, 40
_KEY = "saved_views"  # in the store's small values; the store is one person's


class SavedView(msgspec.Struct, frozen=True):
    """`names` is what it is called: by language when it ships, else one name under the empty language."""

    id: str
    names: Mapping[str, str]
    choice: Choice

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names.get("") or next(iter(self.names.values()), self.id)


class _Kept(msgspec.Struct, frozen=True):
    """What differs from the views that ship: own and renamed ones, and ids of those that were removed."""

    own: tuple[SavedView, ...] = ()
    removed: tuple[str, ...] = ()


class _ShippedView(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: dict[str, str]
    choice: Choice


class _ShippedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    view: tuple[_ShippedView, ...]


@lru_cache(maxsize=1)
def shipped() -> tuple[SavedView, ...]:
    """The views of `resources/views/default.toml`."""
    file = msgspec.convert(tomllib.loads(resource("views/default.toml").read_text("utf-8")), _ShippedFile)
    return tuple(SavedView(view.id, view.name, view.choice) for view in file.view)


class SavedViews:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def all(self) -> tuple[SavedView, ...]:
        """Shipped ones first, then one's own in the order they were made."""
        kept = self._load()
        own = {view.id: view for view in kept.own}
        first = [own.pop(view.id, view) for view in shipped() if view.id not in kept.removed]
        return (*first, *own.values())

    def create(self, name: str, choice: Choice) -> SavedView:
        """Keep `choice` under a new name. Raises `InputError`."""
        kept = self._load()
        if len(self.all()) >= MOST_VIEWS:
            raise InputError(msg("There are {n} views already. Remove one first.", n=MOST_VIEWS), field="name")
        view = SavedView(secrets.token_hex(8), {"": self._free_name(name)}, choice)
        self._save(msgspec.structs.replace(kept, own=(*kept.own, view)))
        return view

    def rename(self, view_id: str, name: str) -> SavedView:
        view = self._known(view_id)
        renamed = SavedView(view.id, {"": self._free_name(name, other_than=view_id)}, view.choice)
        self._put(renamed)
        return renamed

    def remove(self, view_id: str) -> SavedView:
        """Returns what was removed, for `restore`."""
        view, kept = self._known(view_id), self._load()
        own = tuple(row for row in kept.own if row.id != view_id)
        gone = (*kept.removed, view_id) if any(row.id == view_id for row in shipped()) else kept.removed
        self._save(_Kept(own, gone))
        return view

    def restore(self, view: SavedView) -> None:
        """Take a removal back."""
        kept = self._load()
        self._save(msgspec.structs.replace(kept, removed=tuple(gone for gone in kept.removed if gone != view.id)))
        if view not in shipped():
            self._put(view)

    def _put(self, view: SavedView) -> None:
        kept = self._load()
        known = any(row.id == view.id for row in kept.own)
        own = tuple(view if row.id == view.id else row for row in kept.own) if known else (*kept.own, view)
        self._save(msgspec.structs.replace(kept, own=own))

    def _known(self, view_id: str) -> SavedView:
        view = next((row for row in self.all() if row.id == view_id), None)
        if view is None:
            raise InputError(msg("This view is no longer there."))
        return view

    def _free_name(self, name: str, other_than: str = "") -> str:
        said = " ".join("".join(letter for letter in name[:1000] if letter.isprintable() or letter.isspace()).split())
        if not said:
            raise InputError(msg("Give the view a name."), field="name")
        if len(said) > LONGEST_NAME:
            raise InputError(msg("A name of at most {n} characters, please.", n=LONGEST_NAME), field="name")
        taken = {one.casefold() for view in self.all() if view.id != other_than for one in view.names.values()}
        if said.casefold() in taken:
            raise InputError(msg("There is a view of this name already."), field="name")
        return said

    # ---- kept in the store ----

    def _load(self) -> _Kept:
        with self._seat.store.read() as conn:
            text = get_state(conn, _KEY)
        if text is None:
            return _Kept()
        try:
            return msgspec.json.decode(text, type=_Kept)
        except msgspec.DecodeError:  # of a newer program: its views stay kept until one is changed here
            log.warning("saved views could not be read")
            return _Kept()

    def _save(self, kept: _Kept) -> None:
        with self._seat.store.write() as conn:
            set_state(conn, _KEY, msgspec.json.encode(kept).decode())
