"""What a valid input may still be asked: whether it is meant, whether it fits the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lmprice.dialects import excel
from lmprice.language.dates import DateTerm
from lmprice.language.terms import Choice, Term, Text
from lmprice.workbook import texts

if TYPE_CHECKING:
    from lmprice.workbook.book import Book

MEANT = Text("{percent} %: meant {number} %?", "{percent}%：是否指 {number}%？")
MEANT_BELOW = Text(" (meant {number} %?)", "（是否指 {number}%？）")
UNUSUAL = Text("is not between {low} and {high}, as usual", "不在常见范围 {low} 至 {high} 之内")
LARGE_SHARE = 2.0  # of terms that do not say what is usual
PERCENT = Text(" %", "%")


def usual_range(term: Term | Choice | None) -> tuple[float, float] | None:
    """What is plausible for an input; None where anything is."""
    if not isinstance(term, Term) or isinstance(term, DateTerm):
        return None
    if term.usual is not None or not term.is_fraction:
        return term.usual
    is_bounded = any(not b.is_lower and b.limit <= LARGE_SHARE for b in term.bounds)
    lowest = next((b.limit for b in term.bounds if b.is_lower), -LARGE_SHARE)
    return None if is_bounded else (lowest, LARGE_SHARE)


def plausibility(value: float, term: Term | Choice, lang: str) -> str | None:
    """What there is to ask about a valid number by itself."""
    usual = usual_range(term)
    if usual is None or usual[0] <= value <= usual[1]:
        return None
    if isinstance(term, Term) and term.is_fraction and _may_be_percent(value, usual[1]):
        return MEANT(lang).format(percent=f"{value * 100:,.0f}", number=f"{value:.0f}")
    return _unusual(term, usual, lang)


def _may_be_percent(value: float, high: float) -> bool:
    """Whether a share looks like a number of per cent that lost its sign: 10 for 10 %."""
    return value == int(value) and high < value <= _largest_percent(high)


def _largest_percent(high: float) -> float:
    return 100 * min(high, 1)


def _unusual(term: Term | Choice, usual: tuple[float, float], lang: str) -> str:
    is_share = isinstance(term, Term) and term.is_fraction
    low, high = (f"{100 * x:g}{PERCENT(lang)}" if is_share else f"{x:g}" for x in usual)
    return UNUSUAL(lang).format(low=low, high=high)


def question(book: Book, key: str) -> str | None:
    """What the status of an input asks, where there is something to ask."""
    asked = None
    if key in book.terms:
        asked = plausibility(book.known.get(key, 0.0), book.terms[key], book.lang)
    if asked is None:
        asked = next((t(book.lang) for name, t in book.questions if name == key), None)
    return None if asked is None else book.say(texts.CHECK) + asked


def question_formulas(book: Book, key: str) -> list[tuple[str, str]]:
    """Conditions of questions in formulas, each with what the status cell then says."""
    check, lang = book.say(texts.CHECK), book.lang
    term = book.terms.get(key)
    usual = usual_range(term)
    formulas = []
    if usual is not None and isinstance(term, Term):
        low, high = map(excel.text, usual)
        words = excel.text(check + _unusual(term, usual, lang))
        formulas.append((f"OR({key}<{low},{key}>{high})", words))
        if term.is_fraction:
            largest = excel.text(_largest_percent(usual[1]))
            whole = f"AND({key}>{high},{key}<={largest},{key}=INT({key}))"
            formulas.insert(0, (whole, _meant(key, check, lang)))
    for asked in book.trace.questions:
        if asked.field == key:
            words = excel.text(check + book.say(asked.message))
            formulas.append((excel.text(asked.condition), words))
    return formulas


def percent_formula(key: str, lang: str) -> str:
    """What is added where a share is too large, but would do as a number of per cent."""
    before, after = MEANT_BELOW(lang).split("{number}")
    asked = f"{excel.text(before)}&{key}&{excel.text(after)}"
    return f'&IF(AND({key}<=100,{key}=INT({key})),{asked},"")'


def _meant(key: str, check: str, lang: str) -> str:
    """The number, and a hundred times the number with a comma in its thousands, in words."""
    before, between, after = _parts(MEANT(lang))
    hundred = f'INT({key}/10)&","&RIGHT("00"&(100*{key}-1000*INT({key}/10)),3)'
    percent = f'IF({key}<10,100*{key}&"",{hundred})'
    parts = (excel.text(check + before), percent, excel.text(between), key, excel.text(after))
    return "&".join(parts)


def _parts(text: str) -> tuple[str, str, str]:
    before, _, rest = text.partition("{percent}")
    between, _, after = rest.partition("{number}")
    return before, between, after
