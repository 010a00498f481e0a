"""The independent calculator on whole books and logs: public reports, with values by hand."""

from __future__ import annotations

import csv
import tomllib
from datetime import date, timedelta
from fractions import Fraction
from io import StringIO

import pytest

from tests.billing.oracle.calendar import Calendar
from tests.billing.oracle.matching import AmbiguousError
from tests.billing.oracle.reading import bill
from tests.billing.oracle.settling import Bill
from tests.billing.random_books import draw_case

API = (
    '[[charges]]\nmodel = "api"\nmeter = "quantity"\ncharge_model = "standard"\nunit_price = 1.0\n'
)
ACME = '[[accounts]]\ncustomer = "acme"\n'


def tokens(model: str, more: str = "", digits: int = 6, **prices: float) -> str:
    """A book of prices per million tokens of one model."""
    charges = (
        f'[[charges]]\nmodel = "{model}"\nmeter = "{meter}"\nper = 1000000\n'
        f'charge_model = "standard"\nunit_price = {price}\n{more}\n'
        for meter, price in prices.items()
    )
    return f"digits = {digits}\n" + "".join(charges)


BESIDE = '[[sources]]\nname = "beside"\nmodel = "{}"\ncontains = {{}}\n'

# What each report is about: a book, a log (each with a timestamp and a customer first), and the
# sum that is right; the reports are named where the numbers come from.
CASES: dict[str, tuple[str, str, str]] = {
    "a batch costs half (dust-tt/dust#23702)": (
        tokens("a", 'factors = [{factor = 0.5, when = {batch = "true"}}]', input=3),
        "model,batch,input_tokens|a,FALSE,1000000|a,TRUE,1000000",
        "4.50",
    ),
    "a region costs a tenth more (anthropics/claude-code#60641)": (
        tokens("a", "", input=3)
        + '[[factors]]\nfactor = 1.1\nmodel = "a"\nwhen = {inference_geo = "us"}\n',
        "model,inference_geo,input_tokens|a,global,1000000|a,us,1000000",
        "6.30",
    ),
    "writes for an hour (phuryn/claude-usage#162)": (
        tokens("opus", "", cache_write=6.25, cache_write_1h=10) + BESIDE.format("*"),
        "model,cache_write_tokens,cache_write_1h_tokens|opus,47745500,168726465",
        "1985.674025",
    ),
    "the row says its context (getagentseal/codeburn#1478)": (
        tokens("sonnet", 'when = {context_window = "<= 200k"}', input=3, output=15)
        + tokens("sonnet", 'when = {context_window = "> 200k"}', input=6, output=22.5)[11:],
        "model,context_window,input_tokens,output_tokens|sonnet,≤200K,300000,10000",
        "1.05",
    ),
    "names with a vendor or a date (BerriAI/litellm#30081)": (
        tokens("gpt-4o", input=2.5)
        + '[[models]]\nname = "gpt-4o"\naliases = ["openai/gpt-4o", "gpt-4o-2024-*"]\n',
        "model,input_tokens|openai/gpt-4o,1000000|gpt-4o-2024-08-06,1000000",
        "5",
    ),
    "vendors that count cached tokens otherwise (langfuse/langfuse#10592)": (
        tokens("gpt", "", input=2.5, cached=1.25, output=10)
        + tokens("claude", "", input=3, cached=0.3, output=15)[11:]
        + BESIDE.format("claude"),
        "model,input_tokens,cached_tokens,output_tokens|gpt,2006,1920,300|claude,30000,20000,50",
        "0.102365",
    ),
    "five prices on one request (BerriAI/litellm#11938)": (
        tokens("sonar", "", input=2, output=8, reasoning=3, citation_tokens=2)
        + tokens("sonar", "", web_searches=5000)[11:]
        + BESIDE.format("*"),
        "model,input_tokens,output_tokens,reasoning_tokens,citation_tokens,web_searches"
        "|sonar,108,3256,73248,7299,74",
        "0.630606",
    ),
    "the answer's length sets the price (lidge-jun/opencodex#4444)": (
        tokens("glm", "", input=3, output=14)
        + tokens("glm", "when = {output_length = {below = 200}}", input=2, output=8)[11:],
        "model,input_tokens,output_tokens|glm,1000,150",
        "0.0032",
    ),
    "ten seconds at least (pydantic/genai-prices#578)": (
        'digits = 9\n[[charges]]\nmodel = "whisper"\nmeter = "seconds"\nper = 3600\n'
        'charge_model = "standard"\nunit_price = 0.111\nrow_minimum = 10\n',
        "model,seconds|whisper,3|whisper,4|whisper,30",
        "0.001541667",
    ),
    "one line for each block of an answer (ccusage/ccusage#994)": (
        'unique = ["request_id"]\n'
        + tokens("opus", "", input=5, output=25, cache_write=6.25, cached=0.5)
        + BESIDE.format("*"),
        "model,request_id,input_tokens,output_tokens,cache_write_tokens,cached_tokens"
        "|opus,req_1,6,384,11352,22076|opus,req_1,6,384,11352,22076",
        "0.091618",
    ),
    "1,200 prepaid covers a minimum of 60 (FOCUS spend agreements, B2)": (
        API + ACME + 'credits = [{name = "c", amount = 1200, valid_from = 2026-01-01, '
        'covers = ["usage", "minimum"]}]\n'
        'commitments = [{name = "m", minimum = 60, valid_from = 2026-01-01}]\n',
        "model,quantity|api,48",
        "0",
    ),
    "dollars for euros": (
        API
        + 'currency = "EUR"\n[[rates]]\ncurrency = "EUR"\nrate = 1.25\nvalid_from = 2020-01-01\n'
        '[[rates]]\ncurrency = "EUR"\nrate = 2\nvalid_from = 2026-01-16\n',
        "model,quantity|api,100",
        "125",
    ),
    "a step by the length of the input": (
        '[[charges]]\nmodel = "a"\nmeter = "input"\ncharge_model = "context"\nunit_price = 1\n'
        "steps = [{above = 10, unit_price = 2}]\n",
        "model,input_tokens|a,10|a,11",
        "32",
    ),
    "off-peak by the minute": (
        '[[charges]]\nmodel = "a"\nmeter = "input"\ncharge_model = "off_peak"\nunit_price = 2\n'
        'off_peak_price = 1\npeak_hours = [{start = "00:00", end = "10:00"}]\n'
        "peak_weekdays = [1]\n",
        "model,input_tokens|a,10",
        "20",
    ),
}


def billed(book: str, log: str, period: tuple[date, date] | None = None) -> dict[str, Fraction]:
    """What is billed, by customer and period."""
    header, *lines = log.split("|")
    whole = "\n".join(["timestamp,customer," + header, *(f"2026-01-05,acme,{x}" for x in lines)])
    rows = list(csv.DictReader(StringIO(whole)))
    made = bill({"currency": "USD", **tomllib.loads(book)}, rows, period)
    return {f"{customer} {begin}": one.billed for (customer, begin), one in made.items()}


@pytest.mark.parametrize("name", CASES)
def test_public_reports(name: str) -> None:
    book, log, right = CASES[name]
    assert billed(book, log) == {"acme 2026-01-01": Fraction(right)}


def test_a_price_of_one_customer_and_a_customer_without_usage() -> None:
    """Acme has negotiated 2; beta has an account, a zone and no rows, and pays the flat fee."""
    own = API.replace("charges", "accounts.charges").replace("1.0", "2.0")
    tiers = '[[charges]]\nmodel = "*"\nmeter = "seats"\ncharge_model = "graduated"\n'
    fee = "tiers = [{unit_price = 1, flat_fee = 50}]\n"
    book = API + tiers + fee + ACME + own + '[[accounts]]\ncustomer = "beta"\n'
    assert billed(book, "model,quantity|api,10") == {"acme 2026-01-01": 70, "beta 2026-01-01": 50}


def test_midnight_in_the_zone_of_the_book() -> None:
    """A day row of 1 June at +02:00 is May in UTC (ccusage/ccusage#1114)."""
    rows = [{"timestamp": "2026-06-01T00:00:00+02:00", "customer": "a", "model": "api"}]
    rows[0]["quantity"] = "5"
    book = {"currency": "USD", **tomllib.loads(API)}
    assert [begin.month for _, begin in bill(book, rows)] == [5]
    assert [begin.month for _, begin in bill({**book, "time_zone": "Europe/Berlin"}, rows)] == [6]


def test_a_yearly_commitment_within_a_named_span() -> None:
    """1,200 in twelve months, 48 used, the rest due in the last (FOCUS spend agreements, A1)."""
    terms = 'commitments = [{name = "y", minimum = 1200, period = "year", valid_from = 2026-01-01}]'
    span = date(2026, 1, 1), date(2027, 1, 1)
    paid = billed(API + ACME + terms, "model,quantity|api,48", span)
    assert [paid["acme 2026-01-01"], paid["acme 2026-12-01"]] == [48, 1152]


def test_what_fell_due_before_the_span_uses_up_a_credit() -> None:
    terms = 'credits = [{name = "c", amount = 60, valid_from = 2026-01-01}]'
    fee = "minimum = 10\n"
    span = date(2026, 2, 1), date(2026, 3, 1)
    paid = billed(API + fee + ACME + terms, "model,quantity|api,57", span)
    assert paid == {"acme 2026-02-01": 10}


def test_refused_rows_and_books() -> None:
    assert billed(API, "model,quantity|other,5|api,1") == {"acme 2026-01-01": 1}
    rule = API + "row_minimum = 10\n"
    assert billed(rule, "model,quantity,requests|api,5,2|api,5,1") == {"acme 2026-01-01": 10}
    cached = tokens("a", "", input=1e6, cached=1e6)
    assert billed(cached, "model,input_tokens,cached_tokens|a,5,6|a,6,6") == {"acme 2026-01-01": 6}
    # Of 6 tokens, all cached, none is without a price; of 7 one is.
    only = tokens("a", "", cached=1e6) + tokens("a", 'when = {tier = "x"}', input=1)[11:]
    log = "model,input_tokens,cached_tokens|a,6,6|a,7,6"
    assert billed(only, log) == {"acme 2026-01-01": 6}
    tie = API + 'when = {tier = "x"}\n' + API + 'when = {region = "y"}\n'
    with pytest.raises(AmbiguousError):
        billed(tie, "model,quantity,tier,region|api,1,x,y")


@pytest.mark.engine
def test_spans_of_random_books_add_up() -> None:
    """A law of the rule that the calculator keeps: a span's bills are those of its parts."""
    for seed in range(5):
        case = draw_case(seed)
        for account in case.book["accounts"]:
            account.pop("period_day", None)
        calendar = Calendar(period_day=case.book.get("period_day", 1))
        first = calendar.period(date.fromisoformat(case.rows[0]["timestamp"][:10]))[0]
        months = list(calendar.periods(first, first + timedelta(days=70)))
        whole = bill(case.book, case.rows, (months[0][0], months[-1][1]))
        parts: dict[tuple[str, date], Bill] = {}
        for month in months:
            parts |= bill(case.book, case.rows, month)
        assert parts == whole, seed
