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
UNUSUAL = Text("is not between {low} and {high}, as usual", "不在常见范围 {low} 至 {high} 之内")
UNUSUAL_SHARE = Text("is more than 200 %", "大于 200%")
LARGE_SHARE = 2.0


def plausibility(value: float, term: Term | Choice, lang: str) -> str | None:
    """What there is to ask about a valid number by itself."""
    if isinstance(term, (Choice, DateTerm)):
        return None
    if term.usual is not None and not term.usual[0] <= value <= term.usual[1]:
        low, high = (f"{limit:g}" for limit in term.usual)
        return UNUSUAL(lang).format(low=low, high=high)
    if not term.is_fraction or term.usual is not None or value <= LARGE_SHARE:
        return None
    if value <= 100 and value == int(value):
        return MEANT(lang).format(percent=f"{value * 100:,.0f}", number=f"{value:.0f}")
    return UNUSUAL_SHARE(lang)


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
    found = []
    check, lang = book.say(texts.CHECK), book.lang
    term = book.terms.get(key)
    if isinstance(term, Term) and not isinstance(term, DateTerm):
        if term.usual is not None:
            low, high = term.usual
            words = UNUSUAL(lang).format(low=f"{low:g}", high=f"{high:g}")
            found.append((f"OR({key}<{excel.text(low)},{key}>{excel.text(high)})", words))
        elif term.is_fraction and all(b.is_lower or b.limit > LARGE_SHARE for b in term.bounds):
            found.append((f"{key}>{excel.text(LARGE_SHARE)}", UNUSUAL_SHARE(lang)))
    formulas = [(condition, excel.text(check + words)) for condition, words in found]
    if found and found[0][1] == UNUSUAL_SHARE(lang):
        # 10 for 10 %: the number and a hundred times the number, its thousands with a comma.
        before, between, after = _parts(MEANT(lang))
        hundred = f'INT({key}/10)&","&RIGHT("00"&(100*{key}-1000*INT({key}/10)),3)'
        percent = f'IF({key}<10,100*{key}&"",{hundred})'
        meant = "&".join(
            (excel.text(check + before), percent, excel.text(between), key, excel.text(after))
        )
        whole = f"AND({key}>{excel.text(LARGE_SHARE)},{key}<=100,{key}=INT({key}))"
        formulas.insert(0, (whole, meant))
    for asked in book.trace.questions:
        if asked.field == key:
            words = excel.text(check + book.say(asked.message))
            formulas.append((excel.text(asked.condition), words))
    return formulas


def _parts(text: str) -> tuple[str, str, str]:
    before, _, rest = text.partition("{percent}")
    between, _, after = rest.partition("{number}")
    return before, between, after
