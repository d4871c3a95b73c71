"""The knowledge base: articles for collectors in every language, found by word, by outcome and by the case at hand."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from functools import lru_cache

import msgspec

from resources import resource
from workstation.domain.errors import WorkstationError
from workstation.domain.message import msg
from workstation.domain.script_file import FACTS
from workstation.domain.vocabulary import CIRCUMSTANCES, OUTCOMES, STAGES

LANGUAGES = ("en", "zh_CN")
_FENCE = "+++\n"
_BESIDE = 3


class KnowledgeError(WorkstationError):
    """An article cannot be used; the sentence names the file and what is wrong with it."""

    code = "knowledge"


class _Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    keywords: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()  # of a contact, for which it is shown beside the case
    facts: tuple[str, ...] = ()  # of a case, likewise
    circumstances: tuple[str, ...] = ()  # recorded on it
    stages: tuple[str, ...] = ()  # of its arrears
    source: str = ""


class Article(msgspec.Struct, frozen=True):
    """One article in one language; `body` is Markdown without HTML, pictures or links."""

    id: str
    language: str
    head: _Head
    body: str

    @property
    def title(self) -> str:
        return self.head.title

    @property
    def text(self) -> str:
        """All but the phrases."""
        return "\n".join(line for line in self.body.splitlines() if not line.startswith("> "))

    @property
    def phrases(self) -> tuple[str, ...]:
        """What may be said, word for word: the quoted lines."""
        return tuple(line[2:].strip() for line in self.body.splitlines() if line.startswith("> "))


def read(text: str, name: str, language: str) -> Article:
    """`KnowledgeError` names the file. Nothing in an article may load or run anything."""
    head, fence, body = text.removeprefix(_FENCE).partition(_FENCE)
    if not text.startswith(_FENCE) or not fence:
        raise KnowledgeError(msg("{file}: begin with the head between two lines of +++", file=name))
    try:
        parsed = msgspec.convert(tomllib.loads(head), _Head)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise KnowledgeError(msg("{file}: {why}", file=name, why=str(error))) from error
    for tags, known in (
        (parsed.outcomes, OUTCOMES),
        (parsed.facts, FACTS),
        (parsed.circumstances, CIRCUMSTANCES),
        (parsed.stages, STAGES),
    ):
        unknown = set(tags) - set(known)
        if unknown:
            raise KnowledgeError(
                msg("{file}: {word} is no outcome, fact, circumstance or stage", file=name, word=min(unknown))
            )
    if any(mark in body for mark in ("<", "](", "![", "://")):
        raise KnowledgeError(msg("{file}: an article has no HTML, no pictures and no links", file=name))
    if not parsed.title.strip() or not body.strip():
        raise KnowledgeError(msg("{file}: title and text are needed", file=name))
    return Article(name.removesuffix(".md"), language, parsed, body.strip())


@lru_cache(maxsize=len(LANGUAGES))
def load(language: str) -> tuple[Article, ...]:
    """All articles of a language, English for one that has none, by title."""
    folder = resource("knowledge") / (language if language in LANGUAGES else "en")
    files = [file for file in folder.iterdir() if file.name.endswith(".md")]
    found = [read(file.read_text(encoding="utf-8"), file.name, folder.name) for file in files]
    return tuple(sorted(found, key=lambda article: article.title))


def search(text: str, language: str) -> tuple[Article, ...]:
    """The articles that hold every word typed: in the title first, then in the keywords, then in the text."""
    words = text.lower().split()
    if not words:
        return load(language)
    ranked = []
    for article in load(language):
        places = [_place(article, word) for word in words]
        if all(place is not None for place in places):
            ranked.append((sum(place for place in places if place is not None), article.title, article))
    return tuple(article for _, _, article in sorted(ranked, key=lambda row: row[:2]))


def _place(article: Article, word: str) -> int | None:
    parts = (article.title, " ".join(article.head.keywords), article.body)
    return next((place for place, part in enumerate(parts) if word in part.lower()), None)


def beside(outcome: str, known: Collection[str], language: str) -> tuple[Article, ...]:
    """Up to three articles for the case at hand: what was just heard first, then what is true of it, then its stage.

    `known` holds the facts, the circumstances and the stage of the case.
    """
    articles = load(language)
    heard = [article for article in articles if outcome and outcome in article.head.outcomes]
    true = [article for article in articles if not {*article.head.facts, *article.head.circumstances}.isdisjoint(known)]
    staged = [article for article in articles if not set(article.head.stages).isdisjoint(known)]
    return tuple(dict.fromkeys([*heard, *true, *staged]))[:_BESIDE]


def article(identity: str, language: str) -> Article | None:
    return next((found for found in load(language) if found.id == identity), None)


@lru_cache(maxsize=2)
def words(file: str) -> dict[str, dict[str, str]]:
    """A table of the knowledge base: a text in every language for each name."""
    return msgspec.convert(
        tomllib.loads(resource(f"knowledge/{file}.toml").read_text("utf-8")), dict[str, dict[str, str]]
    )


def field_help(field: str, language: str) -> str:
    """A word of help on a field beside the case; empty where there is none."""
    return words("fields").get(field, {}).get(language if language in LANGUAGES else "en", "")


def note_example(outcome: str, language: str) -> str:
    """A good note of a contact with this outcome; empty without one."""
    return words("notes").get(outcome, {}).get(language if language in LANGUAGES else "en", "")
