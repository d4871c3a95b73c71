"""What nobody has looked at in the window is looked at here: the words written into a letter, and its truth."""

from __future__ import annotations

from letters.context import LetterContext
from letters.filling import balances_of
from letters.templates import find
from letters.truths import refuse_untrue
from letters.wording import refuse_unlawful


def lawful(typed: LetterContext, version: str = "") -> None:
    """Raises `UnlawfulWords` for words that may not be said to the debtor of this letter, and `Untrue`.

    What the context's `facts` say is true of the case; by default nothing is. `version`: that of a batch begun earlier,
    whose new letters must be true all the same; `render` takes them for letters made before.
    """
    if version:
        template = find(typed.template, typed.language, typed.jurisdiction, version)
        refuse_untrue(typed, template, balances_of(typed))
    refuse_unlawful(typed)
