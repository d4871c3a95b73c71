"""Sentences, labels, money and dates in a person's language: gettext catalogues, numbers and dates by CLDR."""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

from resources import resource
from workstation.domain.labels import label_text
from workstation.domain.message import Label, Message, Money, Percent, msg
from workstation.domain.money import decimals

if TYPE_CHECKING:
    from babel import Locale

LANGUAGES = {"zh_CN": "简体中文", "en": "English"}
DayStyle = Literal["short", "long", "full", "iso"]

# A desk works in one currency at a time, so the short symbol is clear.
SYMBOLS = {"CNY": "¥", "JPY": "¥", "USD": "$", "TWD": "NT$", "HKD": "HK$", "GBP": "£", "EUR": "€", "KRW": "₩"}
NEAR_DAYS = 200

# English, Chinese.
_DAYS = {
    "short": ("EEE d MMM", "M月d日 EEE"),
    "long": ("d MMMM y", "y年M月d日"),
    "full": ("EEE d MMM y", "y年M月d日 EEE"),
}

_FIELD = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=4)
def _catalogue(language: str) -> gettext.NullTranslations:
    """The compiled catalogue, or one compiled here from the .po file: translating needs no build step."""
    folder = f"locale/{language}/LC_MESSAGES/workstation"
    compiled = resource(folder + ".mo")
    if compiled.is_file():
        return gettext.GNUTranslations(io.BytesIO(compiled.read_bytes()))
    source = resource(folder + ".po")
    if not source.is_file():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    whole = io.BytesIO()
    write_mo(whole, read_po(io.BytesIO(source.read_bytes()), locale=language))
    return gettext.GNUTranslations(io.BytesIO(whole.getvalue()))


class Translator:
    """One language. `zone` is what moments are shown in (the system's when left out); days near `today` go without
    their year."""

    def __init__(self, language: str, zone: tzinfo | None = None, today: date | None = None) -> None:
        self.language = language if language in LANGUAGES else "en"
        self.zone = zone
        self.today = today
        self._texts = _catalogue(self.language)

    def text(self, text: str, **params: object) -> str:
        """A plain sentence with its fields filled."""
        return self._fill(self._texts.gettext(text), params) if params else self._texts.gettext(text)

    def say(self, message: Message | str) -> str:
        """A `Message` in this language; a person's own words as they are."""
        if isinstance(message, str):
            return message
        if message.plural is not None:
            count = message.params.get("n")
            text = self._texts.ngettext(message.text, message.plural, count if isinstance(count, int) else 2)
        else:
            text = self._texts.gettext(message.text)
        return self._fill(text, message.params)

    def label(self, label: Label) -> str:
        return self._texts.gettext(label_text(label))

    def money(self, money: Money, *, symbol: bool = True) -> str:
        """With its symbol, or only the digits with grouping."""
        digits = decimals(money.currency)
        text = self._grouped(abs(money.minor), digits)
        sign = "−" if money.minor < 0 else ""
        return f"{sign}{SYMBOLS.get(money.currency, money.currency + ' ')}{text}" if symbol else sign + text

    def short_money(self, money: Money) -> str:
        """For where there is no room for every digit: `¥8.02M`, `¥802.13万`. The whole amount stands elsewhere."""
        from babel.numbers import format_compact_decimal

        value = Decimal(abs(money.minor)).scaleb(-decimals(money.currency))
        sign = "−" if money.minor < 0 else ""
        text = format_compact_decimal(value, locale=self._locale, fraction_digits=2)
        return f"{sign}{SYMBOLS.get(money.currency, money.currency + ' ')}{text}"

    def _grouped(self, minor: int, digits: int) -> str:
        """As Babel writes it; by threes, which is how most languages group, without asking it for every figure."""
        if self._signs is None:
            from babel.numbers import format_decimal

            pattern = "#,##0" + ("." + "0" * digits if digits else "")
            return str(format_decimal(Decimal(minor).scaleb(-digits), format=pattern, locale=self._locale))
        group, point = self._signs
        whole, rest = divmod(minor, 10**digits)
        text = f"{whole:,}".replace(",", group)
        return f"{text}{point}{rest:0{digits}}" if digits else text

    @cached_property
    def _signs(self) -> tuple[str, str] | None:
        """The signs between thousands and before decimals; None where figures are not plain digits by threes."""
        from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol

        group, point = get_group_symbol(self._locale), get_decimal_symbol(self._locale)
        trial = format_decimal(Decimal("1234567.89"), format="#,##0.00", locale=self._locale)
        return (group, point) if trial == f"1{group}234{group}567{point}89" else None

    def decimal(self, value: Decimal, places: int = 0) -> str:
        """A plain number with grouping."""
        from babel.numbers import format_decimal

        pattern = "#,##0" + ("." + "0" * places if places else "")
        return str(format_decimal(value, format=pattern, locale=self._locale))

    def percent(self, value: Decimal, places: int = 2) -> str:
        from babel.numbers import format_percent

        return format_percent(value, format=f"#,##0.{'0' * places}%", locale=self._locale)

    def day(self, day: date, style: DayStyle = "short") -> str:
        """`short`: month, day and weekday; `long`: month, day and year; `full`: all of them."""
        from babel.dates import format_date

        if style == "iso":
            return day.isoformat()
        return format_date(day, _DAYS[style][self.language == "zh_CN"], locale=self._locale)

    def weekday(self, day: date) -> str:
        from babel.dates import format_date

        return format_date(day, "EEE", locale=self._locale)

    def moment(self, moment: datetime, *, today: date | None = None) -> str:
        """`09:41` on `today`, else month/day and time; with the year when it is another."""
        local = moment.astimezone(self.zone)
        if today is not None and local.date() == today:
            return self.say(msg("Today {time}", time=f"{local:%H:%M}"))
        if today is not None and local.year != today.year:
            return f"{local:%Y-%m-%d}"
        return f"{local.month}/{local.day:02} {local:%H:%M}"

    @cached_property
    def _locale(self) -> Locale:
        """Parsed once: by name, Babel would look it up anew for every figure."""
        from babel import Locale

        return Locale.parse("zh_CN" if self.language == "zh_CN" else "en_GB")

    def _fill(self, text: str, params: Mapping[str, object]) -> str:
        return _FIELD.sub(lambda found: self._show(params[found[1]]) if found[1] in params else found[0], text)

    def _show(self, value: object) -> str:
        match value:
            case Message():
                shown = self.say(value)
            case Money():
                shown = self.money(value)
            case Label():
                shown = self.label(value)
            case Percent():
                shown = self.percent(value.value, value.places)
            case datetime():
                shown = f"{value.astimezone(self.zone):%H:%M}"
            case date():
                near = self.today is not None and abs((value - self.today).days) < NEAR_DAYS
                shown = self.day(value, "short" if near else "long")
            case _:
                shown = str(value)
        return shown
