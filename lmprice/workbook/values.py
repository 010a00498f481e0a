"""The value of an input cell: what a scenario takes, or what is wrong with it."""

from __future__ import annotations

import datetime
import math
from typing import Any

from lmprice.language.dates import DateTerm, day, serial
from lmprice.language.errors import shown
from lmprice.language.terms import Choice, Term, Text
from lmprice.workbook import texts

NOT_RECALCULATED = Text(
    "holds a formula without a stored value: recalculate and save the workbook",
    "含有没有存储值的公式：请重新计算并保存工作簿",
)
IS_TEXT = Text("is text, not a number", "是文本，不是数字")
_IS_TEXT_NOT_DATE = Text("is text, not a date", "是文本，不是日期")
_IS_DATE = Text("is a date, not a number", "是日期，不是数字")
IS_INFINITE = Text("is too large", "过大")


def validated(value: Any, term: Term | Choice, lang: str) -> tuple[Any, str | None]:
    """The value as the scenario takes it, and what is wrong with it."""
    if value is None:
        return None, texts.IS_EMPTY(lang)
    if isinstance(term, Choice):
        spelled = {text(lang).casefold(): option for option, text in term.options.items()}
        option = spelled.get(str(value).casefold())
        wrong = f"{shown(value)} {texts.not_an_option(term, lang)}"
        return option, None if option else wrong
    if isinstance(term, DateTerm):
        return _validated_date(value, term, lang)
    rule = _broken_rule(value, term, lang)
    if rule is None:
        return float(value), None
    return None, f"{_as_typed(value)} {rule}"


def _validated_date(value: Any, term: DateTerm, lang: str) -> tuple[Any, str | None]:
    """A date as a spreadsheet has it: a number of days, whether or not it looks like a date."""
    if isinstance(value, str):
        rule: str | None = (texts.IS_AN_ERROR if value.startswith("#") else _IS_TEXT_NOT_DATE)(lang)
    elif isinstance(value, bool) or not isinstance(value, (datetime.date, int, float)):
        rule = texts.IS_NOT_A_DATE(lang)
    else:
        number = serial(value)
        if number == math.floor(number) and isinstance(value, datetime.datetime):
            value = value.date()
        rule = term.broken_rule(number, lang)
        if rule is None and number != math.floor(number):
            rule = texts.HAS_A_TIME(lang)
        if rule is None:
            return day(number), None
    return None, f"{_as_typed(value)} {rule}"


def _broken_rule(value: Any, term: Term, lang: str) -> str | None:
    if isinstance(value, str):
        return (texts.IS_AN_ERROR if value.startswith("#") else IS_TEXT)(lang)
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        return _IS_DATE(lang)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return texts.IS_NOT_A_NUMBER(lang)
    try:
        number = float(value)
    except OverflowError:
        return IS_INFINITE(lang)
    return term.broken_rule(number, lang) or (None if math.isfinite(number) else IS_INFINITE(lang))


def _as_typed(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str) and value.startswith("#"):
        return value
    return str(value) if isinstance(value, datetime.date) else shown(value)
