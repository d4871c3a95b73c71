"""Template and values to strips: each kind of block has one function that sets it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from letters.bands import SIGNED_HEIGHT, handwriting, nothing, rule, side_by_side
from letters.breaking import Setting, Span, same
from letters.budget import budget_table, creditors_table
from letters.by_account import shares_table
from letters.clauses import unstated_by_rule
from letters.context import DrawnSignature, LetterContext, Plan, minor_of
from letters.filling import Filling
from letters.flow import Strip, Type, beside, glue, paragraph
from letters.language import Language
from letters.matter_blocks import MATTER_KINDS
from letters.matter_values import at_pay_by_of
from letters.matters import FACTS
from letters.payment import code_alone, code_beside
from letters.pen import ACCENT, SOFT, Pen
from letters.refusals import LetterRefused
from letters.seal import SealImage
from letters.tables import Carry, Column, Table, table
from letters.templates import Block, Row, Template
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.money import COMPONENTS, Balance

_MM = 72 / 25.4
_SEAL_RADIUS = 20 * _MM  # 42 mm is the usual seal of a bank
_ENDS = ("signature", "parties", "debtor_signs", "sincerely", "lawyer_signs")
_PAY = "how_to_pay"  # what a row states that tells how to pay
_LED = ("settlement_parts", "visitors", "people", "itemisation")  # tables that belong to the sentence before them
_TEXTS = ("paragraph", "note", "heading")
_LABEL_SHARE = 0.3  # of the measure, at most, for the labels of `facts`


@dataclass(slots=True)
class Composer:
    """One letter in the making."""

    context: LetterContext
    template: Template
    speech: Language
    balances: Sequence[Balance]
    filling: Filling
    setting: Setting
    measure: float
    tight: int = 0  # how much must be saved so that all of it stands on one page
    seal: SealImage | None = None
    body: Type = field(init=False)
    small: Type = field(init=False)

    def __post_init__(self) -> None:
        type_ = self.speech.body
        self.body = Type(type_.size, type_.leading, justified=type_.justified)
        self.small = Type(type_.size - 2, type_.leading - 3.5, colour=SOFT, justified=type_.justified)

    def strips(self) -> list[Strip]:
        """All blocks that are shown; `LetterRefused` when values or required statements are missing."""
        for name in self.template.needs:
            if not self.filling.has(name):
                self.filling.missing[name] = None
        blocks = [block for block in self.template.blocks if self.filling.shown(block.when)]
        found: list[Strip] = []
        stated: set[str] = set()
        asserted: set[str] = set()
        code_at = self._place_of_code(blocks)
        for before, block in zip([None, *blocks], blocks, strict=False):
            set_ = _KINDS[block.kind](self, block)
            if block is code_at and block.kind not in {"facts", "payment_code"}:
                found += code_alone(self.context.payment_code, self.speech, self.setting, self.body)
            elif block is code_at and block.kind == "facts":
                set_ = self.facts(block, self.context.payment_code)
            if set_ and (block.text.strip() or block.kind not in _TEXTS):  # what is blank states nothing
                stated.update(block.states)
            stated.update(*(row.states for row in self._rows(block) if row.text.strip()))
            asserted.update(block.asserts, *(row.asserts for row in self._rows(block)))
            if before is not None and before.kind == "heading" and set_:
                set_[0] = set_[0]._replace(above=3.0)
            if block.kind in (*_ENDS, *_LED) and found:
                found[-1] = found[-1]._replace(glued=True)  # neither a signature nor such a table stands alone
            found += set_
        self._refuse_incomplete(stated, asserted)
        if self.template.owing and sum(balance.total for balance in self.balances) <= 0:
            raise InputError(
                msg("Nothing is owed on these accounts, so there is nothing to ask for."), field="accounts"
            )
        return found

    def _place_of_code(self, blocks: Sequence[Block]) -> Block | None:
        """The block that the payment code belongs to: its own, that of the payment facts, or what ends the letter."""
        if not self.context.payment_code.strip() or not self.setting.layout.postal:
            return None
        own = [block for block in blocks if block.kind == "payment_code"]
        facts = [
            block for block in blocks if block.kind == "facts" and any(_PAY in row.states for row in self._rows(block))
        ]
        pays = self.template.owing or any(
            block.kind == "schedule" for block in blocks
        )  # a certificate asks for nothing
        ends = [block for block in blocks if pays and block.kind in _ENDS]
        return next(iter([*own, *facts, *ends]), None)

    def _refuse_incomplete(self, stated: Collection[str], asserted: Collection[str]) -> None:
        lacking, sources = unstated_by_rule(self.template.rules, stated, self.context.jurisdiction, self.context.date)
        untrue = [fact for fact in FACTS if fact in asserted and not self.filling.has(f"facts.{fact}")]
        if self.filling.missing or lacking or untrue:
            raise LetterRefused(tuple(self.filling.missing), lacking, "; ".join(sources), untrue)

    # ---- text

    def _rows(self, block: Block) -> list[Row]:
        return [row for row in block.rows if self.filling.shown(row.when)]

    def text(self, block: Block) -> list[Strip]:
        spans = self.filling.spans(block.text)
        return paragraph(spans, self.measure, self.body, self.setting, above=self.body.leading * 0.5)

    def note(self, block: Block) -> list[Strip]:
        return paragraph(self.filling.spans(block.text), self.measure, self.small, self.setting, above=6)

    def heading(self, block: Block) -> list[Strip]:
        style = Type(self.body.size + 0.5, self.body.leading, bold=True, colour=ACCENT)
        spans = self.filling.spans(block.text)
        return paragraph(spans, self.measure, style, self.setting, above=self.body.leading * 0.85, glued=True)

    def items(self, block: Block) -> list[Strip]:
        """Numbered sentences with hanging figures."""
        rows = self._rows(block)
        hang = self.setting.width(f"{len(rows)}. ", self.body.size) + 4
        found: list[Strip] = []
        for number, row in enumerate(rows, 1):
            label = paragraph([same(f"{number}.")], hang, self.body, self.setting)
            text = paragraph(self.filling.spans(row.text), self.measure - hang, self.body, self.setting)
            found += beside([(0.0, label), (hang, text)], above=3.0)
        return found

    def facts(self, block: Block, payment_code: str = "") -> list[Strip]:
        """Labels on the left, what they say on the right; a payment code at the right of how to pay."""
        rows = self._rows(block)
        widest = max((self.setting.width(row.label, self.body.size) for row in rows), default=0.0)
        hang = min(widest + 14, self.measure * _LABEL_SHARE)
        label_type = Type(self.body.size, self.body.leading, colour=SOFT)

        def set_(shown: Sequence[Row], measure: float, first: float) -> list[Strip]:
            found: list[Strip] = []
            for row in shown:
                label = paragraph([same(row.label)], hang - 8, label_type, self.setting)
                text = paragraph(self.filling.spans(row.text), measure - hang, self.body, self.setting)
                found += beside([(0.0, label), (hang, text)], above=3.0 if found else first)
            return found

        first = self.body.leading * 0.5
        at = next((place for place, row in enumerate(rows) if _PAY in row.states), None) if payment_code else None
        if at is None:
            return set_(rows, self.measure, first)
        before = set_(rows[:at], self.measure, first)
        return before + code_beside(
            payment_code, rows[at:], set_, self.measure, 3.0 if before else first, self.speech, self.setting
        )

    def payment_code(self, block: Block) -> list[Strip]:  # noqa: ARG002
        if not self.context.payment_code.strip() or not self.setting.layout.postal:
            return []
        return code_alone(self.context.payment_code, self.speech, self.setting, self.body)

    def free(self, block: Block) -> list[Strip]:  # noqa: ARG002  # one signature for all kinds
        """What the collector wrote, in its own paragraphs; plain text whatever it contains."""
        return [
            strip
            for part in self.context.free_paragraph.splitlines()
            if part.strip()
            for strip in paragraph(
                [Span(part.strip())], self.measure, self.body, self.setting, above=self.body.leading * 0.5
            )
        ]

    # ---- tables

    def accounts(self, block: Block) -> list[Strip]:  # noqa: ARG002
        """What is owed, by account and component; costs only where there are any."""
        for name in ("accounts", "cards"):
            if not self.filling.has(name):
                self.filling.missing[name] = None
        words, currency = self.speech.words, self.context.currency
        total = sum(self.balances, Balance())
        shown = [name for name in COMPONENTS if name != "costs" or total.costs]

        def figures(balance: Balance) -> list[str]:
            return [self.speech.number(value, currency) for value in (*map(balance.part, shown), balance.total)]

        asks = self.template.owing and self.filling.has("total_at_pay_by")
        later = at_pay_by_of(self.context) if asks else []
        on_day = [[self.speech.number(minor, currency)] for minor in later] or [[]] * len(self.balances)
        rows = [
            [account.card_tail.strip(), *figures(balance), *more]
            for account, balance, more in zip(self.context.accounts, self.balances, on_day, strict=True)
        ]
        columns = [Column(words["card"], "left"), *(Column(words[name]) for name in shown), Column(words["sum"])]
        whole = [words["total"], *figures(total)]
        sums: list[list[int | None]] = [
            [None, *(balance.part(name) for name in shown), balance.total] for balance in self.balances
        ]
        if later:
            columns.append(Column(words["sum_on"]))
            whole.append(self.speech.number(sum(later), currency))
            sums = [[*row, minor] for row, minor in zip(sums, later, strict=True)]
        content = Table(columns, rows, whole if len(rows) > 1 else (), carry=self._carry(sums))
        return [*self.unit(), *table(content, self.measure, self.body.size - 0.5, self.setting, above=0.0)]

    def schedule(self, block: Block) -> list[Strip]:  # noqa: ARG002
        """The instalments; columns that are nothing throughout are left out."""
        plan = self.context.plan
        if plan is None or not plan.schedule:
            self.filling.missing["plan.schedule"] = None
            return []
        words, currency = self.speech.words, self.context.currency
        names = ("amount", "plan_interest", *COMPONENTS, "balance")
        rows = [
            [minor_of(getattr(row, name) or "0", currency, f"plan.schedule[{at}].{name}") for name in names]
            for at, row in enumerate(plan.schedule)
        ]
        sums = [sum(column) for column in zip(*rows, strict=True)]
        kept = [at for at, name in enumerate(names) if name == "amount" or sums[at]]
        split = [at for at in kept if names[at] not in {"amount", "balance"}]
        if len(split) == 1:  # everything is one component: nothing to tell apart
            kept = [at for at in kept if at not in split]
        columns = [
            Column(words["instalment"], "left"),
            Column(words["due"], "left"),
            *(Column(words["remaining" if names[at] == "balance" else names[at]]) for at in kept),
        ]
        body = [
            [str(row.n), self.speech.date(row.due), *(self.speech.number(values[at], currency) for at in kept)]
            for row, values in zip(plan.schedule, rows, strict=True)
        ]
        last = ["" if names[at] == "balance" else self.speech.number(sums[at], currency) for at in kept]
        carry = self._carry(
            [[None, None, *(None if names[at] == "balance" else row[at] for at in kept)] for row in rows]
        )
        content = Table(columns, body, [words["total"], "", *last], carry=carry)
        whole = [*self.unit(), *table(content, self.measure, self.body.size - 1, self.setting, above=0.0)]
        return whole + self._shares(plan)

    def _carry(self, figures: Sequence[Sequence[int | None]]) -> Carry:
        words, currency = self.speech.words, self.context.currency
        return Carry(figures, lambda minor: self.speech.number(minor, currency), words["carried"], words["brought"])

    def _shares(self, plan: Plan) -> list[Strip]:
        content = shares_table(self.context, plan, self.speech)
        if not content.rows:
            return []
        by_card = [same(self.speech.words["by_card"])]
        caption = paragraph(by_card, self.measure, self.body, self.setting, above=10, glued=True)
        return [*caption, *table(content, self.measure, self.body.size - 1, self.setting, above=4.0)]

    def budget(self, block: Block) -> list[Strip]:  # noqa: ARG002
        """The person's month; nothing without one, which the template asks for."""
        if self.context.budget is None:
            self.filling.missing["budget"] = None
            return []
        month, others = (make(self.context, self.speech, self.tight) for make in (budget_table, creditors_table))
        size = self.body.size - (3 if self.tight else 1.5)
        whole = [*self.unit(), *table(month, self.measure, size, self.setting, above=0.0)]
        return whole + (table(others, self.measure, size, self.setting, above=6.0) if others.rows else [])

    def unit(self) -> list[Strip]:
        spans = [same(self.speech.unit_line(self.context.currency))]
        return paragraph(spans, self.measure, self.small, self.setting, above=8, glued=True)

    # ---- ends

    def signature(self, block: Block) -> list[Strip]:
        """Who writes, with the place for the seal over it."""
        column = 0.52 * self.measure
        left = self.measure - column
        lines_ = ["{bank.name}", *(["{bank.department}"] if self.filling.has("bank.department") else [])]
        over = self._ring if self.seal is None else self._seal
        found = [*self.closing(block), over(left + column * 0.5, _SEAL_RADIUS * 0.45)]
        for at, line in enumerate([*lines_, "{date}"]):
            style = Type(self.body.size, self.body.leading, bold=at == 0, align="centre")
            set_ = paragraph(self.filling.spans(line), column, style, self.setting)
            found += beside([(left, set_)], above=0.0)
        count = len(lines_) + 2
        if self.seal is None:
            words = Type(8, 11, colour=SOFT, align="centre")
            set_ = paragraph([same(self.speech.words["seal"])], column, words, self.setting)
            found += beside([(left, set_)], above=2)
        else:
            count -= 1
        set_height = sum(strip.height + strip.above for strip in found[-count:])
        found.append(Strip(max(0.0, 1.55 * _SEAL_RADIUS - set_height), nothing))
        return glue(found)

    def closing(self, block: Block) -> list[Strip]:
        if not block.text:
            return []
        spans = self.filling.spans(block.text)
        return paragraph(spans, self.measure, self.body, self.setting, above=self.body.leading * 0.7)

    def parties(self, block: Block) -> list[Strip]:
        """Two columns to sign: the bank with its seal, the debtor."""
        words = self.speech.words
        column = self.measure * 0.46
        right = self.measure - column
        style, bold = self.body, Type(self.body.size, self.body.leading, bold=True)

        plan = self.context.plan
        drawn = None if plan is None else plan.signature

        def side(title: str, name: str, lines_: Sequence[str], signed: DrawnSignature | None = None) -> list[Strip]:
            set_ = paragraph([same(title)], column, Type(style.size - 1.5, style.leading, colour=SOFT), self.setting)
            set_ += paragraph(self.filling.spans(name), column, bold, self.setting)
            for line in lines_:
                if signed is not None and line == words["signature"]:
                    said = words["signed_on_screen"].format(
                        day=self.speech.date(signed.at.date()), time=f"{signed.at:%H:%M}", hash=signed.sha256[:16]
                    )
                    set_ += [Strip(SIGNED_HEIGHT, handwriting(signed.strokes, column))]
                    set_ += paragraph([Span(said)], column, self.small, self.setting)
                else:
                    set_ += [Strip(26, rule(column)), *paragraph([same(line)], column, self.small, self.setting)]
            return set_

        ours = side(words["party_bank"], "{bank.name}", (words["seal"], words["sign_date"]))
        by_hand = (words["signature"], words["sign_date"])
        theirs = side(words["party_debtor"], "{debtor.name}", by_hand if drawn is None else by_hand[:1], drawn)
        return glue([*self.closing(block), Strip(10, nothing), *side_by_side(ours, theirs, right)])

    def debtor_signs(self, block: Block) -> list[Strip]:
        """What the debtor confirms, with a line for the name and one for the date."""
        words, column = self.speech.words, self.measure * 0.46

        def line(title: str) -> list[Strip]:
            return [Strip(24, rule(column)), *paragraph([same(title)], column, self.small, self.setting)]

        lines_ = side_by_side(line(words["signature"]), line(words["sign_date"]), self.measure - column)
        return glue([*self.closing(block), *lines_])

    def _ring(self, centre: float, below: float) -> Strip:
        def draw(pen: Pen, x: float, y: float) -> None:
            pen.ring(x + centre, y - _SEAL_RADIUS - 2, _SEAL_RADIUS)

        return Strip(_SEAL_RADIUS - below, draw)

    def _seal(self, centre: float, below: float) -> Strip:
        image = self.seal
        if image is None:
            return self._ring(centre, below)
        scale = 2 * _SEAL_RADIUS / max(image.width, image.height)
        width, height = image.width * scale, image.height * scale

        def draw(pen: Pen, x: float, y: float) -> None:
            pen.image(image, x + centre - width / 2, y - _SEAL_RADIUS - 2 - height / 2, width, height)

        return Strip(_SEAL_RADIUS - below, draw)


_KINDS: dict[str, Callable[[Composer, Block], list[Strip]]] = {
    "paragraph": Composer.text,
    "note": Composer.note,
    "heading": Composer.heading,
    "items": Composer.items,
    "facts": Composer.facts,
    "accounts": Composer.accounts,
    "schedule": Composer.schedule,
    "free": Composer.free,
    "signature": Composer.signature,
    "parties": Composer.parties,
    "budget": Composer.budget,
    "debtor_signs": Composer.debtor_signs,
    "payment_code": Composer.payment_code,
    **MATTER_KINDS,
}
