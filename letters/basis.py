"""What every piece of a letter's context is built of: strict structs and texts of bounded length."""

from __future__ import annotations

from typing import Annotated

import msgspec

Short = Annotated[str, msgspec.Meta(max_length=200)]
Medium = Annotated[str, msgspec.Meta(max_length=600)]
Free = Annotated[str, msgspec.Meta(max_length=4000)]
Amount = Annotated[str, msgspec.Meta(max_length=26)]  # a decimal string


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of everything in a context. A text left empty is missing; the template decides whether it is needed.

    A field added with an empty default and named in `context._LATER` changes no letter that does not have it.
    """


class Parts(Part, frozen=True):
    """A balance by component, decimal strings; what is not given is nothing."""

    principal: Amount = ""
    interest: Amount = ""
    penalty: Amount = ""
    fees: Amount = ""
    costs: Amount = ""
