"""The blocks that only some letters have: tables of a settlement, visitors or a history, lists, a part to tear off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from letters.bands import cut, nothing, rule, side_by_side
from letters.breaking import Span
from letters.context import minor_of
from letters.flow import Strip, Type, beside, glue, paragraph
from letters.matter_values import itemised_of
from letters.pen import SOFT
from letters.tables import Column, Table, table

if TYPE_CHECKING:
    from letters.compose import Composer
    from letters.templates import Block

BOX = "□"  # to be ticked by hand
LONGEST_ENTRY = 500  # characters of a history's row: a longer entry goes on in the next, so that no row outgrows a page


def _table(composer: Composer, content: Table, above: float = 8.0) -> list[Strip]:
    return table(content, composer.measure, composer.body.size - 1, composer.setting, above=above)


def settlement_parts(composer: Composer, block: Block) -> list[Strip]:  # noqa: ARG001  # one signature for all kinds
    """What is paid when; the sum below."""
    words, speech, currency = composer.speech.words, composer.speech, composer.context.currency
    offer = composer.context.settlement
    if offer is None or not offer.parts:
        composer.filling.missing["settlement.parts"] = None
        return []
    rows, total = [], 0
    for at, part in enumerate(offer.parts):
        amount = minor_of(part.amount, currency, f"settlement.parts[{at}].amount")
        total += amount
        if part.due is None:
            composer.filling.missing[f"settlement.parts[{at}].due"] = None
        rows.append([str(at + 1), speech.date(part.due) if part.due else "", speech.number(amount, currency)])
    columns = [Column(words["instalment"], "left"), Column(words["due"], "left"), Column(words["amount"])]
    return [
        *composer.unit(),
        *_table(composer, Table(columns, rows, [words["total"], "", speech.number(total, currency)]), 0),
    ]


def visitors(composer: Composer, block: Block) -> list[Strip]:  # noqa: ARG001
    """Who comes: name, function, number of the identity card they show."""
    words = composer.speech.words
    persons = composer.context.visit.persons if composer.context.visit else ()
    for at, person in enumerate(persons):
        for name in ("name", "role", "badge"):
            if not getattr(person, name).strip():
                composer.filling.missing[f"visit.persons[{at}].{name}"] = None
    if not persons:
        composer.filling.missing["visit.persons"] = None
        return []
    columns = [Column(words[name], "left", wraps=True) for name in ("visitor", "role", "badge")]
    return _table(composer, Table(columns, [[person.name, person.role, person.badge] for person in persons]))


def people(composer: Composer, block: Block) -> list[Strip]:  # noqa: ARG001
    """Who may be met at the door, and who of them may be told anything."""
    words = composer.speech.words
    papers = composer.context.dossier
    rows = [
        [person.name, person.relation, words["may_be_told" if person.may_be_told else "tell_nothing"]]
        for person in (papers.people if papers else ())
    ]
    columns = [
        Column(words["person"], "left", wraps=True),
        Column(words["relation"], "left", wraps=True),
        Column(words["told"], "left"),
    ]
    return _table(composer, Table(columns, rows)) if rows else []


def lines(composer: Composer, block: Block) -> list[Strip]:
    """A list of the context, e.g. `legal.claims`, numbered."""
    entries = _entries(composer, block.text)
    hang = composer.setting.width(f"{len(entries)}. ", composer.body.size) + 4
    return _hanging(composer, [(f"{number}.", entry) for number, entry in enumerate(entries, 1)], hang)


def checklist(composer: Composer, block: Block) -> list[Strip]:
    """A list of the context, each with a box to tick."""
    hang = composer.body.size + 6
    return _hanging(composer, [(BOX, entry) for entry in _entries(composer, block.text)], hang)


def _entries(composer: Composer, path: str) -> list[str]:
    part, _, name = path.partition(".")
    found: Sequence[str] = getattr(getattr(composer.context, part), name, ())
    return [entry for entry in found if entry.strip()]


def _hanging(composer: Composer, entries: Sequence[tuple[str, str]], hang: float) -> list[Strip]:
    found: list[Strip] = []
    for label, entry in entries:
        first = paragraph([Span(label)], hang, composer.body, composer.setting)
        text = paragraph([Span(entry)], composer.measure - hang, composer.body, composer.setting)
        found += beside([(0.0, first), (hang, text)], above=3.0)
    return found


def history(composer: Composer, block: Block) -> list[Strip]:  # noqa: ARG001
    """Every entry with its moment, what it is, whose, what it says and its place in the chain of records."""
    words = composer.speech.words
    rows: list[list[str]] = []
    for entry in composer.context.history:
        text = " ".join(entry.text.split("\n"))
        pieces = [text[at : at + LONGEST_ENTRY] for at in range(0, len(text), LONGEST_ENTRY)] or [""]
        pieces[-1] = "\n".join(filter(None, (pieces[-1], entry.hash.strip())))
        rows += [
            [
                f"{entry.at:%Y-%m-%d %H:%M}" if at == 0 else "",
                *((entry.kind, entry.who) if at == 0 else ("", "")),
                piece,
            ]
            for at, piece in enumerate(pieces)
        ]
    columns = [
        Column(words["moment"], "left"),
        Column(words["entry_kind"], "left"),
        Column(words["entry_by"], "left"),
        Column(words["entry_text"], "left", wraps=True, parted=True),
    ]
    return table(Table(columns, rows), composer.measure, composer.body.size - 2, composer.setting, above=8.0)


def itemisation(composer: Composer, block: Block) -> list[Strip]:  # noqa: ARG001
    """The debt on the itemisation date, what came and went since, and what it is now (12 CFR 1006.34(c)(2))."""
    context, speech, words = composer.context, composer.speech, composer.speech.words
    notice, currency = context.validation, context.currency
    if notice is None or notice.itemised is None or notice.itemisation_date is None:
        return []
    then = minor_of(notice.amount_then or "0", currency, "validation.amount_then")
    changes = itemised_of(notice.itemised, currency)
    day = speech.date(notice.itemisation_date)

    def row(word: str, minor: int, sign: str) -> list[str]:
        return [words[word].format(day=day), f"{sign} {speech.number(minor, currency)}".strip()]

    rows = [row("owed_then", then, "")]
    if changes["principal"]:
        rows.append(row("charged_new", changes["principal"], "+"))
    rows.append(row("charged_interest", changes["interest"], "+"))
    rows.append(row("charged_fees", changes["fees"] + changes["costs"] + changes["penalty"], "+"))
    rows.append(row("credited", changes["payments"] + changes["credits"], "−"))
    now = sum(balance.total for balance in composer.balances)
    columns = [Column(speech.unit_line(currency), "left", wraps=True), Column(words["sum"])]
    return _table(composer, Table(columns, rows, [words["owed_now"], speech.number(now, currency)]))


def tear_off(composer: Composer, block: Block) -> list[Strip]:
    """The part that is sent back: a line to cut along, answers to tick on the left, both addresses on the right."""
    setting, measure = composer.setting, composer.measure
    column = measure * 0.60
    left: list[Strip] = []
    for row in block.rows:
        if row.label or not composer.filling.shown(row.when):
            continue
        style = Type(composer.body.size - 0.5, composer.body.leading - 1)
        text = composer.filling.spans(row.text)
        indent = 0.0 if row.text.startswith(BOX) else 14.0
        hang = style.size + 5
        if row.text.lstrip().startswith(BOX):
            rest = composer.filling.spans(row.text.lstrip().removeprefix(BOX).lstrip())
            box = paragraph([Span(BOX)], hang, style, setting)
            body = paragraph(rest, column - hang - indent - 12, style, setting)
            left += beside([(indent, box), (indent + hang, body)], above=2.0)
        else:
            left += paragraph(text, column - 12, Type(style.size, style.leading, bold=True), setting, above=4.0)
    right: list[Strip] = []
    for row in block.rows:
        if row.label and composer.filling.shown(row.when):
            label = Type(composer.body.size - 2, composer.body.leading - 2, colour=SOFT)
            right += paragraph([Span(row.label)], measure - column, label, setting, above=6.0)
            right += paragraph(composer.filling.spans(row.text), measure - column, composer.body, setting)
    heading = Type(composer.body.size + 1, composer.body.leading + 2, bold=True)
    found = [
        Strip(14.0, cut(measure), above=14.0),
        *paragraph(composer.filling.spans(block.text), measure, heading, setting, above=4.0),
        *side_by_side(left, right, column),
        Strip(2.0, nothing),
    ]
    return glue(found)


def visit_result(composer: Composer, block: Block) -> list[Strip]:  # noqa: ARG001
    """What came of the visit: boxes to tick, lines to write on, and the visitors' names."""
    words, setting, measure = composer.speech.words, composer.setting, composer.measure
    boxes = [f"{BOX} {words[name]}" for name in ("visit_met", "visit_not_met", "visit_declined", "visit_other_day")]
    style = Type(composer.body.size, composer.body.leading)
    found = paragraph([Span("    ".join(boxes))], measure, style, setting, above=12.0)
    for label in ("visit_left_at", "visit_notes"):
        found += [Strip(26.0, rule(measure)), *paragraph([Span(words[label])], measure, composer.small, setting)]
    half = measure * 0.46

    def line(title: str) -> list[Strip]:
        return [Strip(26.0, rule(half)), *paragraph([Span(title)], half, composer.small, setting)]

    return glue([*found, *side_by_side(line(words["signature"]), line(words["signature"]), measure - half)])


def sincerely(composer: Composer, block: Block) -> list[Strip]:
    """The end of a letter that bears no seal: a greeting, and who writes."""
    words, filling = composer.speech.words, composer.filling
    found = composer.closing(block)
    found += paragraph([Span(words["sincerely"])], composer.measure, composer.body, composer.setting, above=12.0)
    bold = Type(composer.body.size, composer.body.leading, bold=True)
    found += paragraph(filling.spans("{bank.name}"), composer.measure, bold, composer.setting, above=10.0)
    if filling.has("bank.department"):
        found += paragraph(filling.spans("{bank.department}"), composer.measure, composer.body, composer.setting)
    return glue(found)


def lawyer_signs(composer: Composer, block: Block) -> list[Strip]:
    """Law firm, lawyer with licence, date: to be sealed and signed by them."""
    column = 0.52 * composer.measure
    left = composer.measure - column
    found = [*composer.closing(block), Strip(16.0, nothing)]
    for at, line in enumerate(("{legal.law_firm}", "{legal.lawyer}", "{legal.licence}", "{date}")):
        spans = composer.filling.spans(line)
        if line == "{legal.licence}":
            spans = [Span(f"{composer.speech.words['licence']} "), *spans]
        style = Type(composer.body.size, composer.body.leading, bold=at == 0, align="centre")
        found += beside([(left, paragraph(spans, column, style, composer.setting))], above=0.0)
    words = Type(8, 11, colour=SOFT, align="centre")
    seal = paragraph([Span(composer.speech.words["firm_seal"])], column, words, composer.setting)
    return glue([*found, *beside([(left, seal)], above=2.0)])


MATTER_KINDS: Mapping[str, Callable[[Composer, Block], list[Strip]]] = {
    "settlement_parts": settlement_parts,
    "visitors": visitors,
    "people": people,
    "lines": lines,
    "checklist": checklist,
    "history": history,
    "itemisation": itemisation,
    "tear_off": tear_off,
    "visit_result": visit_result,
    "sincerely": sincerely,
    "lawyer_signs": lawyer_signs,
}
