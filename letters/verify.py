"""Proof of a copy: is this PDF, byte for byte, the one that this context and template version make?

A signed copy is one too: it begins with those bytes, and nothing but signatures follows (`letters.signing`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from letters.render import render
from letters.signing import Signature, examine

_CLAIM = re.compile(rb"/Keywords \(\w+@(\d+\.\d+\.\d+) ")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`same`: the copy is the letter. `version` is what this program makes; another `recorded` version explains
    a difference without the copy being false."""

    same: bool
    sha256: str  # of the copy
    expected: str  # of the letter made again
    version: str
    recorded: str = ""
    signature: Signature | None = None  # of a signed copy

    @property
    def comparable(self) -> bool:
        """Was the copy made by the template version that this program has?"""
        return not self.recorded or self.recorded == self.version


def claimed_version(pdf: bytes) -> str:
    """The version that a letter says it was made by, for the comparison to prove; empty when it says none."""
    found = _CLAIM.search(pdf)
    return found[1].decode() if found else ""


def verify(pdf: bytes, context: Mapping[str, object], recorded_version: str = "") -> Verdict:
    """Make the letter of `context` again, by the template of the recorded version, and compare. Raises what `render`
    raises."""
    made = render(context, recorded_version or claimed_version(pdf))
    digest = hashlib.sha256(pdf).hexdigest()
    signature = None
    if digest != made.sha256 and pdf.startswith(made.pdf):
        signature = examine(pdf, len(made.pdf))
    same = digest == made.sha256 or (signature is not None and signature.whole and signature.adds_nothing)
    return Verdict(same, digest, made.sha256, made.version, recorded_version, signature)
