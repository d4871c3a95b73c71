"""A letter does nothing but be read; a template cannot send anybody anywhere; a name with markup is a name."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from letters import templates
from letters.render import render
from tests.letters.conftest import context, read_back  # noqa: F401  # fixtures
from workstation.domain import knowledge, messaging
from workstation.domain.errors import WorkstationError
from workstation.domain.knowledge import KnowledgeError
from workstation.domain.messaging import MessageFileError

ROOT = Path(__file__).resolve().parents[2]
# What makes a reader do something: run, open, send, fetch, fill in, play, or carry another file.
ACTIVE = {
    "/JS", "/JavaScript", "/Launch", "/URI", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/OpenAction", "/AA",
    "/AcroForm", "/XFA", "/EmbeddedFiles", "/EmbeddedFile", "/Annots", "/RichMedia", "/Rendition", "/Movie", "/Sound",
    "/Filespec", "/AF",
}  # fmt: skip
LINKS = (
    "https://thief.example/pay",
    "[pay here](https://thief.example)",
    "<a href='javascript:alert(1)'>pay</a>",
    "<img src='file:///etc/passwd'>",
    "javascript:app.launchURL('https://thief.example')",
    ") /AA << /O << /S /JavaScript /JS (app.alert(1)) >> >> (",
)
OFFERED = sorted(
    {(info.id, speech, place) for place in ("zh-CN", "en-GB", "en-US") for speech in ("zh_CN", "en")
     for info in templates.available(place, speech)}
)  # fmt: skip


def words_of(pdf: bytes) -> set[str]:
    """Every key and every name in every object of the file, those nothing refers to as well."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    found: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, DictionaryObject):
            for key, inner in value.items():
                found.add(str(key))
                walk(inner)
        elif isinstance(value, ArrayObject):
            for inner in value:
                walk(inner)
        elif isinstance(value, str) and value.startswith("/"):
            found.add(value)

    for number in numbers(reader):
        walk(reader.get_object(IndirectObject(number, 0, reader)))
    walk(reader.trailer)
    return found


def numbers(reader: pypdf.PdfReader) -> Iterator[int]:
    for objects in reader.xref.values():
        yield from (number for number in objects if number)
    yield from reader.xref_objStm


@pytest.mark.parametrize(("template", "speech", "place"), OFFERED)
def test_no_letter_carries_anything_that_acts(context: Any, template: str, speech: str, place: str) -> None:  # noqa: F811
    wanted = context(template, speech)
    if place != wanted["jurisdiction"]:
        wanted |= {"jurisdiction": place}
    wanted["debtor"]["name"] = LINKS[1]
    wanted["free_paragraph"] = " ".join(LINKS)
    try:
        pdf = render(wanted).pdf
    except WorkstationError:  # this context does not make that letter; the one it makes is looked at instead
        pdf = render(context(template, speech)).pdf
    found = words_of(pdf)
    assert {"/Pages", "/Font"} <= found, "the walk saw the file"
    assert not found & ACTIVE


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("speech", ["zh_CN", "en"])
def test_a_link_in_a_letter_is_ink(context: Any, read_back: Any, link: str, speech: str) -> None:  # noqa: F811
    made = render(context("demand", speech, free_paragraph=link))
    assert "".join(link.split()) in "".join(read_back(made.pdf).split())
    assert not words_of(made.pdf) & ACTIVE


@pytest.mark.parametrize(
    "link", ["https://thief.example", "www.thief.example", "thief-pay.com/x", "[pay](thief)", "HTTP://x"]
)
@pytest.mark.parametrize("field", ["text", "subject", "title"])
def test_a_message_template_with_a_link_is_refused_by_its_line(link: str, field: str) -> None:
    """What the lead who adopts the file sees; the messages of the house stay as they were."""
    path = next((ROOT / "resources" / "messages").glob("messages*.toml"), None) or next(
        path
        for path in sorted((ROOT / "resources" / "messages").glob("*.toml"))
        if "[[template]]" in path.read_text("utf-8")
    )
    lines = path.read_text("utf-8").splitlines()
    messaging.read("\n".join(lines), "messages.toml")
    at = next(
        number for number, line in enumerate(lines) if line.startswith((f"{field} =", f"{field}.zh_CN", f"{field}.en"))
    )
    quote = lines[at].rindex('"')
    lines[at] = f"{lines[at][:quote]} {link}{lines[at][quote:]}"
    with pytest.raises(MessageFileError, match="no link") as caught:
        messaging.read("\n".join(lines), "messages.toml")
    assert "messages.toml, line" in str(caught.value)


@pytest.mark.parametrize("link", [*LINKS[:4], "![x](y)"])
def test_an_article_with_a_link_is_refused(link: str) -> None:
    path = sorted((ROOT / "resources" / "knowledge").rglob("*.md"))[0]
    text = path.read_text("utf-8")
    knowledge.read(text, path.name, "en")
    with pytest.raises(KnowledgeError, match="no links"):
        knowledge.read(f"{text}\n{link}\n", path.name, "en")


@pytest.mark.parametrize("name", LINKS)
def test_markup_in_a_name_is_shown_as_it_is_written(qtbot: Any, name: str) -> None:
    from PySide6.QtCore import Qt

    from ui.widgets.basic import as_written, label

    shown = label(name)
    qtbot.addWidget(shown)
    assert shown.textFormat() is Qt.TextFormat.PlainText
    assert not shown.openExternalLinks()
    assert shown.text() == name
    assert "<a" not in as_written(name)
    assert "<img" not in as_written(name)


def test_no_screen_opens_what_a_text_names() -> None:
    """Qt opens a link by itself only where this is switched on; addresses go to the system from the telephone alone."""
    for path in sorted((ROOT / "ui").rglob("*.py")):
        text = path.read_text("utf-8")
        for way in ("setOpenExternalLinks(True)", "setOpenLinks(True)", "TextBrowserInteraction", "RichText)"):
            assert way not in text, f"{path}: {way}"
        for opened in text.split("QDesktopServices.openUrl(")[1:]:
            # A batch's own folder is shown in the file manager; every other address is the telephone's.
            assert path.name == "dialling.py" or opened.startswith("QUrl.fromLocalFile(str(result.info.folder))"), path
