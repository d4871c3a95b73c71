"""SMS and e-mail at the desk: filled from a template, checked by gate and wording, queued for the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from local_db.queries import CaseFile, PointRecord
from workstation.desk import lights, standing
from workstation.desk.scripts import facts_of
from workstation.desk.seat import Seat
from workstation.desk.views import Light
from workstation.desk.wording import Remark, remarks
from workstation.domain import messaging
from workstation.domain.calendar import next_business_day
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import NextAction, TextMessage
from workstation.domain.gate_values import Purpose
from workstation.domain.message import Label, Message, Money, msg
from workstation.domain.messaging import MessageTemplate, Segments
from workstation.i18n import Translator

CHANNELS: dict[str, tuple[Literal["sms", "email"], ...]] = {"phone": ("sms",), "email": ("email",)}
ANSWER_DAYS = 3  # when somebody should look whether the message had an effect


@dataclass(slots=True)
class MessageForm:
    """A message as typed. Kept as a draft."""

    point: str = ""
    template: str = ""
    language: str = ""  # empty: the debtor's
    subject: str = ""
    text: str = ""
    override_reason: str = ""


@dataclass(frozen=True, slots=True)
class MessageChoice:
    """A template; `why` says why the case does not allow it."""

    id: str
    title: str
    allowed: bool
    why: Message | None = None


@dataclass(frozen=True, slots=True)
class MessageCheck:
    """What stands for and against the message as it is."""

    channel: str
    light: Light
    segments: Segments | None  # of an SMS
    remarks: tuple[Remark, ...]
    problem: Message | None  # why it cannot be queued


class Messages:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def points(self, case_id: str) -> tuple[str, ...]:
        """The contact points that a message can go to, the debtor's own first; none that is dead or refused."""
        file = self._seat.file(case_id)
        unusable = {*file.state.dead_points, *file.state.refused_points}
        usable = [point for point in file.points if point.kind in CHANNELS and point.id not in unusable]
        return tuple(
            point.id for point in sorted(usable, key=lambda point: (point.related_person_id is not None, point.rank))
        )

    def choices(self, case_id: str, point_id: str, language: str = "") -> tuple[MessageChoice, ...]:
        """The templates for whom the point belongs to; those the case does not allow say why."""
        file, point = self._point(case_id, point_id)
        wanted = _language(file, language)
        facts = facts_of(file, self._seat.person, self._seat.clock.today())
        values = self._values(file, wanted)
        return tuple(
            MessageChoice(
                template.id, template.title[wanted], (why := _withheld(template, facts, values, wanted)) is None, why
            )
            for template in messaging.load().template
            if _party(file, point) in template.parties and set(CHANNELS[point.kind]) & set(template.channels)
        )

    def fill(self, case_id: str, form: MessageForm) -> tuple[str, str]:
        """Subject and text of the template. `InputError` when the case does not allow it."""
        file, _ = self._point(case_id, form.point)
        language = _language(file, form.language)
        template = messaging.load().find(form.template)
        values = self._values(file, language)
        why = _withheld(template, facts_of(file, self._seat.person, self._seat.clock.today()), values, language)
        if why is not None:
            raise InputError(why, field="template")
        return template.filled(language, values)

    def check(self, case_id: str, form: MessageForm) -> MessageCheck:
        """The light for this point and purpose, the length, and what is wrong with the words."""
        file, point = self._point(case_id, form.point)
        channel, purpose = CHANNELS[point.kind][0], self._purpose(file, point, form)
        light = lights.of_message(file, point.id, self._seat.clock.now(), channel=channel, purpose=purpose)
        party = lights.whose(file, point).party
        wrong = remarks(self._seat, file, f"{form.subject}\n{form.text}", _language(file, form.language), party)
        return MessageCheck(
            channel=channel,
            light=light,
            segments=messaging.segments(form.text) if channel == "sms" else None,
            remarks=wrong,
            problem=_problem(channel, form, light, wrong),
        )

    def queue(self, case_id: str, form: MessageForm) -> Changes:
        """Put the message on the timeline and into the queue of the gateway.

        Raises `InputError` while the light blocks it, or warns and no reason is given, for unlawful words, and for
        what cannot be sent as it is.
        """
        check = self.check(case_id, form)
        file, point = self._point(case_id, form.point)
        if check.problem is not None:
            field = "override_reason" if check.light.verdict == "warn" and not check.remarks else "text"
            raise InputError(check.problem, code="wording" if check.remarks else "message", field=field)
        template = messaging.load().find(form.template) if form.template else None
        today = self._seat.clock.today()
        body = TextMessage(
            text=form.text.strip(),
            subject=form.subject.strip() if check.channel == "email" else "",
            template="" if template is None else template.id,
            version=messaging.load().version,
            language=_language(file, form.language),
            party=lights.whose(file, point).party,
            purpose=self._purpose(file, point, form),
            override_reason=form.override_reason.strip() if check.light.verdict == "warn" else "",
            verdict=check.light.verdict,
            next_action=_next(file, today),
        )
        self._seat.record(case_id, body, channel=check.channel, contact_point=point.id, pack=check.light.pack)
        return Changes(frozenset({"event", "message"}), frozenset({case_id}))

    def _point(self, case_id: str, point_id: str) -> tuple[CaseFile, PointRecord]:
        file = self._seat.file(case_id)
        point = next((row for row in file.points if row.id == point_id and row.kind in CHANNELS), None)
        if point is None:
            raise InputError(msg("Choose where the message goes."), field="point")
        return file, point

    def _purpose(self, file: CaseFile, point: PointRecord, form: MessageForm) -> Purpose:
        """The template's; of one's own words what a contact with this person usually is for."""
        if form.template:
            return messaging.load().find(form.template).purpose
        if _party(file, point) == "related":
            return "relay"
        return "service" if file.state.plan_in_force else "collect"

    def _values(self, file: CaseFile, language: str) -> Mapping[str, str]:
        """The fields as they are said in the language of the message; empty where the case has none."""
        today = self._seat.clock.today()
        say = Translator(language, self._seat.clock.zone, today)
        owed = standing.owed(file, today)
        promise = standing.judgement(file, today).open
        plan = file.state.plan
        coming = [row for row in plan.instalments if row.due >= today] if plan is not None and plan.in_force else []
        dues = [account.first_unpaid_due for account in file.accounts if account.first_unpaid_due is not None]
        action = file.state.next_action
        callback = None
        if action is not None and action.action == "call_back" and action.due >= today:
            callback = f"{say.day(action.due)} {action.time or ''}".strip()

        def money(minor: int) -> str:
            return say.say(msg("{amount}", amount=Money(minor, file.book.currency)))

        return {
            "name": file.debtor.name,
            "bank": file.book.bank,
            "phone": str(file.book.contact.get("phone", "")),
            "tail": file.accounts[0].number[-4:] if file.accounts else "",
            "amount": money(owed.total.total) if owed.total.total > 0 else "",
            "due_date": say.day(min(dues)) if dues else "",
            "promise_amount": "" if promise is None else money(promise.promise.amount),
            "promise_date": "" if promise is None else say.day(promise.promise.due),
            "instalment_amount": money(coming[0].amount) if coming else "",
            "instalment_date": say.day(coming[0].due) if coming else "",
            "callback": callback or "",
        }


def _language(file: CaseFile, chosen: str) -> str:
    return "zh_CN" if (chosen or file.debtor.language) == "zh_CN" else "en"


def _party(file: CaseFile, point: PointRecord) -> str:
    return "related" if lights.whose(file, point).party == "related" else "debtor"


def _withheld(
    template: MessageTemplate, facts: frozenset[str], values: Mapping[str, str], language: str
) -> Message | None:
    """Why the case does not allow the template."""
    fact = messaging.withheld(template, facts)
    if fact is not None:
        return (
            msg("Not on this case: {fact}.", fact=Label("script_fact", fact))
            if fact in template.requires
            else msg("In the way: {fact}.", fact=Label("script_fact", fact))
        )
    try:
        template.filled(language, values)
    except InputError as error:
        return error.message
    return None


def _problem(channel: str, form: MessageForm, light: Light, wrong: tuple[Remark, ...]) -> Message | None:
    try:
        messaging.check_text(channel, form.text, form.subject)
    except InputError as error:
        return error.message
    if wrong:
        return wrong[0].message
    if light.verdict == "block":
        return msg("{light}: {reason}", light=light.phrase, reason=light.reasons[0])
    if light.verdict == "warn" and not form.override_reason.strip():
        return msg("The light warns: {reason} Say why the message goes out all the same.", reason=light.reasons[0])
    return None


def _next(file: CaseFile, today: date) -> NextAction | None:
    """A case keeps the next action it has, unless that was the message itself; none is left without one."""
    action = file.state.next_action
    if action is not None and action.action != "send_message":
        return None
    return NextAction(action="call", due=next_business_day(today + timedelta(days=ANSWER_DAYS)))
