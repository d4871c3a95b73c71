"""A strategy file: read from TOML and checked whole. Every fault names the file, the line, the rule and what to do."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NoReturn, TypeVar, cast, get_args

from resources import resource
from workstation.domain import rule_lines
from workstation.domain.errors import WorkstationError
from workstation.domain.labels import LABELS
from workstation.domain.message import Message, msg
from workstation.domain.strategy import (
    AMOUNTS,
    CHOICES,
    FLAGS,
    Amount,
    Channel,
    Condition,
    Flagged,
    OneOf,
    PlanOffer,
    Referral,
    SettlementOffer,
    Split,
    Strategy,
    StrategyRule,
    Tone,
    Treatment,
    VisitTeam,
    Within,
)

T = TypeVar("T")

DEFAULT = "default.toml"
LANGUAGES = ("zh_CN", "en")
LETTERS = frozenset(identity for vocabulary, identity in LABELS if vocabulary == "letter")
MOST_RULES, MOST_TEXT = 500, 200_000  # a bound on what is read; a house has some dozens of rules
MOST_MONTHS, MOST_WAIT, MOST_REASON = 120, 365, 300

_CONDITIONS = (*CHOICES, *AMOUNTS, "flags", "without")
_TREATMENT = ("channel", "tone", "letter", "offer", "visit", "referral", "wait")
_NAME = re.compile(r"[\w.-]{1,40}")
_DECIMAL = re.compile(r"\d{1,12}(\.\d{1,2})?")


class StrategyError(WorkstationError):
    """A strategy file is malformed; the message names the file, the line and the rule, and says what to do."""

    code = "bad_strategy"

    def __init__(self, file: str, line: int, rule: str, problem: Message) -> None:
        super().__init__(
            msg(
                "Strategy {file}, line {line}, rule {rule}: {problem}",
                file=file,
                line=line,
                rule=rule or "-",
                problem=problem,
            )
        )
        self.line, self.rule, self.problem = line, rule, problem


@lru_cache(maxsize=1)
def default_text() -> str:
    return resource(f"strategies/{DEFAULT}").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def default() -> Strategy:
    """The shipped strategy."""
    return read(default_text(), DEFAULT)


def read(text: str, file: str) -> Strategy:
    """The strategy of a TOML text, or `StrategyError` at its first fault."""
    if len(text) > MOST_TEXT:
        raise StrategyError(file, 1, "", msg("the text is longer than {n} characters; shorten it", n=MOST_TEXT))
    try:
        data = rule_lines.parse(text)
    except rule_lines.NotToml as error:
        raise StrategyError(file, error.line, error.rule, msg("not valid TOML: {error}", error=str(error))) from None
    return _Reading(text, file).strategy(data)


class _Reading:
    """One file as it is read; `row` and `rule` say where a fault is."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file, self.row, self.rule = text, file, 1, ""
        self.splits: set[str] = set()  # their ids so far

    def fault(self, problem: Message, *keys: str) -> NoReturn:
        line = rule_lines.key_line(self.text, self.row, *keys) if keys else self.row
        raise StrategyError(self.file, line, self.rule, problem)

    def strategy(self, data: Mapping[str, Any]) -> Strategy:
        self.known(data, ("version", "rule"))
        version, rows = data.get("version"), data.get("rule")
        if not isinstance(version, str) or not _NAME.fullmatch(version):
            self.fault(msg('state a version at the top, such as version = "1"'))
        if not isinstance(rows, list) or not rows:
            self.fault(msg("there is no [[rule]]; write at least one, without conditions"))
        if len(rows) > MOST_RULES:
            self.fault(msg("there are more than {n} rules; put some together", n=MOST_RULES))
        rules: list[StrategyRule] = []
        for line, row in zip(rule_lines.row_lines(self.text, rows), rows, strict=True):
            self.row, self.rule = line, ""
            rules.append(self.one(row, {rule.id for rule in rules}))
        if rules[-1].conditions:
            self.fault(msg("the last rule must have no conditions, so that every case has a treatment; add one"))
        return Strategy(f"{self.file.removesuffix('.toml')}@{version}", tuple(rules))

    def one(self, row: object, taken: Collection[str]) -> StrategyRule:
        if not isinstance(row, dict):
            self.fault(msg("write each rule as a table that begins with [[rule]]"))
        rule_id = row.get("id")
        if not isinstance(rule_id, str) or not _NAME.fullmatch(rule_id):
            self.fault(msg("give the rule an id of letters, digits and hyphens"), "id")
        self.rule = rule_id
        if rule_id in taken:
            self.fault(msg("another rule has this id; give it one of its own"), "id")
        self.known(row, ("id", "when", "treatment", "reason", "split"))
        conditions = tuple(self.conditions(self.table(row, "when", required=False)))
        treatment = self.treatment(self.table(row, "treatment"))
        reason = self.reason(self.table(row, "reason"))
        split = self.split(self.table(row, "split")) if "split" in row else None
        return StrategyRule(rule_id, conditions, treatment, reason, self.row, split)

    def split(self, given: Mapping[str, Any]) -> Split:
        """A second treatment on trial, for a share of the rule's cases."""
        self.known(given, ("id", "share", "treatment"), "split.")
        name = given.get("id")
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name in self.splits:
            self.fault(msg("give the split an id of letters, digits and hyphens, of its own"), "split.id")
        self.splits.add(name)
        share = self.share(given.get("share"), "split.share")
        treatment = given.get("treatment")
        if not isinstance(treatment, dict):
            self.fault(msg("the split needs a treatment of its own, as a rule does"), "split.treatment")
        return Split(name, share, self.treatment(treatment))

    # ---- conditions ----

    def conditions(self, when: Mapping[str, Any]) -> Iterator[Condition]:
        self.known(when, _CONDITIONS, "when.")
        for fact, allowed in CHOICES.items():
            if fact in when:
                yield OneOf(fact, frozenset(self.several(when[fact], allowed, f"when.{fact}")))
        for figure in AMOUNTS:
            if figure in when:
                yield self.within(figure, when[figure])
        holding = self.several(when["flags"], FLAGS, "when.flags") if "flags" in when else ()
        lacking = self.several(when["without"], FLAGS, "when.without") if "without" in when else ()
        if both := sorted(set(holding) & set(lacking)):
            self.fault(msg("{flag} cannot hold and not hold; take it out of one", flag=both[0]), "when.without")
        yield from (Flagged(flag) for flag in holding)
        yield from (Flagged(flag, wanted=False) for flag in lacking)

    def within(self, figure: Amount, value: object) -> Within:
        key = f"when.{figure}"
        if not isinstance(value, dict) or not value:
            self.fault(msg("write {key} as a range, such as { from = 1, to = 30 }", key=key), key)
        self.known(value, ("from", "to"), f"{key}.", line_of=key)
        bounds = [None if side not in value else self.bound(figure, value[side], key) for side in ("from", "to")]
        least, most = bounds
        if least is not None and most is not None and least > most:
            self.fault(msg("{key} goes from {least} to {most}; turn them round", key=key, least=least, most=most), key)
        return Within(figure, least, most)

    def bound(self, figure: Amount, value: object, key: str) -> Decimal | int:
        if figure == "balance":
            if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
                self.fault(msg('write amounts of {key} in quotes, such as "5000.00"', key=key), key)
            return Decimal(value)
        least = -36_500 if figure == "limitation_left" else 0
        return self.whole(value, least, 36_500, key)

    # ---- treatment ----

    def treatment(self, given: Mapping[str, Any]) -> Treatment:
        self.known(given, _TREATMENT, "treatment.")
        channel = cast(Channel, self.named(given, "channel", get_args(Channel)))
        tone = cast(Tone, self.named(given, "tone", get_args(Tone)))
        visit = cast("VisitTeam | None", self.named(given, "visit", get_args(VisitTeam), required=False))
        if (channel == "visit") != (visit is not None):
            self.fault(msg("a visit needs both channel = \"visit\" and treatment.visit; set or drop both"),
                       "treatment.visit", "treatment.channel")  # fmt: skip
        return Treatment(
            channel=channel,
            tone=tone,
            letter=self.named(given, "letter", LETTERS, required=False) or "",
            offer=self.offer(given["offer"]) if "offer" in given else None,
            visit=visit,
            referral=cast("Referral | None", self.named(given, "referral", get_args(Referral), required=False)),
            wait=self.whole(given["wait"], 1, MOST_WAIT, "treatment.wait") if "wait" in given else 0,
        )

    def offer(self, value: object) -> PlanOffer | SettlementOffer:
        key = "treatment.offer"
        if not isinstance(value, dict) or len(value) != 1 or not set(value) <= {"months", "waive"}:
            self.fault(msg('write an offer as { months = [3, 12] } or { waive = ["0.05", "0.20"] }'), key)
        (kind, pair) = next(iter(value.items()))
        if not isinstance(pair, list) or len(pair) != 2:
            self.fault(msg("an offer has two bounds, such as [3, 12]"), key)
        if kind == "months":
            plan = PlanOffer(*(self.whole(bound, 1, MOST_MONTHS, key) for bound in pair))
            ordered = plan.least <= plan.most
            offer: PlanOffer | SettlementOffer = plan
        else:
            settlement = SettlementOffer(*(self.share(bound, key) for bound in pair))
            ordered = settlement.least <= settlement.most
            offer = settlement
        if not ordered:
            self.fault(msg("the offer's bounds are the wrong way round; turn them round"), key)
        return offer

    def share(self, value: object, key: str) -> Decimal:
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value) or not 0 < Decimal(value) < 1:
            self.fault(msg('write a share in quotes, more than 0 and less than 1, such as "0.20"'), key)
        return Decimal(value)

    def reason(self, given: Mapping[str, Any]) -> Mapping[str, str]:
        self.known(given, LANGUAGES, "reason.")
        for language in LANGUAGES:
            sentence = given.get(language)
            if not isinstance(sentence, str) or not sentence.strip() or len(sentence) > MOST_REASON:
                self.fault(
                    msg("give the reason in {language}, in at most {n} characters", language=language, n=MOST_REASON),
                    f"reason.{language}",
                    "reason",
                )
        return {language: given[language].strip() for language in LANGUAGES}

    # ---- values ----

    def table(self, row: Mapping[str, Any], key: str, *, required: bool = True) -> Mapping[str, Any]:
        found = row.get(key, None if required else {})
        if not isinstance(found, dict):
            self.fault(msg("the rule needs {key}; write it as in the default strategy", key=key), key)
        return found

    def known(self, given: Mapping[str, Any], names: Collection[str], within: str = "", line_of: str = "") -> None:
        for name in given:
            if name not in names:
                self.unknown(name, names, line_of or within + name)

    def named(
        self, given: Mapping[str, Any], key: str, allowed: Collection[str], *, required: bool = True
    ) -> str | None:
        place = f"treatment.{key}"
        if key not in given:
            if required:
                self.fault(msg("{key} is missing; write one of {known}", key=place, known=_list(allowed)))
            return None
        if not isinstance(given[key], str) or given[key] not in allowed:
            self.unknown(given[key], allowed, place)
        return cast(str, given[key])

    def several(self, value: object, allowed: tuple[T, ...], key: str) -> tuple[T, ...]:
        if not isinstance(value, list) or not value:
            self.fault(msg('write {key} as a list, such as ["{first}"]', key=key, first=allowed[0]), key)
        for each in value:
            if each not in allowed:
                self.unknown(each, [str(name) for name in allowed], key)
        return tuple(value)

    def whole(self, value: object, least: int, most: int, key: str) -> int:
        if type(value) is not int or not least <= value <= most:
            self.fault(
                msg("write whole numbers from {least} to {most} for {key}", least=least, most=most, key=key), key
            )
        return value

    def unknown(self, given: object, allowed: Collection[str], key: str) -> NoReturn:
        shown = str(given)[:40]
        near = get_close_matches(shown, sorted(allowed), n=1)
        if near:
            self.fault(msg("“{given}” is not known; did you mean “{near}”?", given=shown, near=near[0]), key)
        self.fault(msg("“{given}” is not known; write one of {known}", given=shown, known=_list(allowed)), key)


def _list(names: Collection[str]) -> str:
    return ", ".join(names if isinstance(names, tuple) else sorted(names))
