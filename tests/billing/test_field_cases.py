"""Public reports of wrong bills, each with its right value by hand.

The reports are named by repository and number; numbers are theirs, or made up where they give none.
"""

from __future__ import annotations

import csv
import io
import tomllib
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from lmprice.billing import BookError, UsageError, parse_book, rate
from lmprice.billing.rating import Rating


def rated(
    log: str, charges: str, *, period: tuple[str | None, str | None] | None = None, **options: Any
) -> Rating:
    """A log with customer acme where it says nothing else, rated by a book."""
    header, *lines = log.strip().split("\n")
    rows = list(csv.DictReader(io.StringIO("\n".join([header, *lines]))))
    for row in rows:
        row.setdefault("customer", "acme")
        row.setdefault("timestamp", "2026-01-05")
    book = {"format": 2, "name": "n", "version": "1", "currency": "USD", **tomllib.loads(charges)}
    return rate(pl.DataFrame(rows), parse_book(book), period=period, **options)


def billed(found: Rating) -> dict[str, Decimal]:
    """What each customer is billed in each period."""
    return {
        f"{customer} {period}": cost
        for customer, period, cost in found.bill.select(
            "customer", "period", "billed_cost"
        ).iter_rows()
    }


def total(found: Rating) -> Decimal:
    return Decimal(found.bill["billed_cost"].sum())


def price(model: str, per: float = 1e6, more: str = "", **prices: float) -> str:
    """Standard charges of a model by meter."""
    return "".join(
        f'[[charges]]\nmodel = "{model}"\nmeter = "{meter}"\nper = {per}\n{more}\n'
        f'charge_model = "standard"\nunit_price = {unit_price}\n'
        for meter, unit_price in prices.items()
    )


API = price("api", 1, quantity=1.0)
ACME = '[[accounts]]\ncustomer = "acme"\n'
BESIDE = '[[sources]]\nname = "beside"\ncontains = {}\n'


def test_batches_at_half_price() -> None:
    # dust-tt/dust#23702, anchpop/tysm#55, nickna/Conduit#505: 1e6 x 3 + 1e6 x 1.5
    log = "model,batch,input_tokens\na,FALSE,1000000\na,TRUE,1000000"
    by_price = price("a", input=3.0) + price("a", more="when = { batch = true }", input=1.5)
    by_factor = price("a", input=3.0) + "[[factors]]\nfactor = 0.5\nwhen = { batch = true }\n"
    assert total(rated(log, by_price)) == total(rated(log, by_factor)) == Decimal("4.50")
    with pytest.raises(UsageError, match=r"^the column batch may change prices"):
        rated(log, price("a", input=3.0))
    assert total(rated(log, 'ignore = ["batch"]\n' + price("a", input=3.0))) == 6


def test_months_that_begin_on_the_seventh() -> None:
    # ccusage/ccusage#964, getsentry/sentry#46598: 40; then 120, of which 60 are to pay
    log = "timestamp,model,quantity\n2026-03-05,api,40\n2026-03-10,api,60\n2026-04-05,api,60"
    tiers = "tiers = [{ up_to = 60.0, unit_price = 0.0 }, { unit_price = 1.0 }]\n"
    charge = f'[[charges]]\nmodel = "api"\nmeter = "quantity"\ncharge_model = "graduated"\n{tiers}'
    found = rated(log, "period_day = 7\n" + charge)
    assert billed(found) == {"acme 2026-02-07": 0, "acme 2026-03-07": 60}


def test_months_of_a_time_zone() -> None:
    # ccusage/ccusage#1114, openclaw/openclaw#14750: a day row of 1 June at +02:00
    log = "timestamp,model,output_tokens\n2026-06-01T00:00:00+02:00,flash,5000000"
    prices = price("flash", output=0.28)
    assert billed(rated(log, prices)) == {"acme 2026-05-01": Decimal("1.40")}
    berlin = rated(log, 'time_zone = "Europe/Berlin"\n' + prices)
    assert billed(berlin) == {"acme 2026-06-01": Decimal("1.40")}
    own = rated(log, prices + ACME + 'time_zone = "Europe/Berlin"\n')
    assert billed(own) == {"acme 2026-06-01": Decimal("1.40")}


def test_cache_writes_of_two_lengths() -> None:
    # phuryn/claude-usage#162: (47,745,500 x 6.25 + 168,726,465 x 10) / 1e6
    log = "model,cache_write_tokens,cache_write_1h_tokens\nopus,47745500,168726465"
    prices = "digits = 6\n" + price("opus", cache_write=6.25, cache_write_1h=10.0) + BESIDE
    assert total(rated(log, prices)) == Decimal("1985.674025")
    with pytest.raises(UsageError, match=r"^the column cache_write_1h_tokens holds usage that no"):
        rated(log, price("opus", cache_write=6.25) + BESIDE)


def test_a_minimum_in_a_month_without_usage() -> None:
    # FOCUS_Spec spend_agreements.md A2: 48 + 12, nothing + 60, 60
    log = "timestamp,customer,model,quantity\n2025-04-10,awesome,db,4\n2025-06-10,awesome,db,5"
    terms = (
        'commitments = [{ name = "m", minimum = 60.0, valid_from = "2025-04-01", '
        'valid_until = "2026-04-01" }]\n'
    )
    prices = price("db", 1, quantity=12.0) + ACME.replace("acme", "awesome") + terms
    found = billed(rated(log, prices))
    assert list(found.values()) == [60, 60, 60]
    assert sum(billed(rated(log, prices, period=(None, "2026-04-01"))).values()) == 12 * 60


def test_a_minimum_that_changes_within_a_month() -> None:
    # lago-api commitments/minimum/in_arrears: 150 of 150, and 250 of 450 by days
    log = "timestamp,model,quantity\n2026-06-05,api,150\n2026-06-20,api,250"
    terms = (
        "commitments = [\n"
        '{ name = "A", minimum = 300.0, valid_from = 2026-01-01, valid_until = 2026-06-16 },\n'
        '{ name = "B", minimum = 900.0, valid_from = 2026-06-16 }]\n'
    )
    assert total(rated(log, API + ACME + terms)) == 600


def test_a_row_says_its_context() -> None:
    # getagentseal/codeburn#1478: three requests of 100,000 tokens in one row of a day
    log = "model,context_window,input_tokens,output_tokens\nsonnet,<= 200k,300000,10000"
    short, long = ('when = { context_window = "≤ 200K" }', 'when = { context_window = "> 200k" }')
    prices = price("sonnet", more=short, input=3.0, output=15.0)
    prices += price("sonnet", more=long, input=6.0, output=22.5)
    assert total(rated(log, "digits = 6\n" + prices)) == Decimal("1.05")
    steps = (
        '[[charges]]\nmodel = "sonnet"\nmeter = "input"\ncharge_model = "context"\n'
        "unit_price = 3.0\nsteps = [{ above = 200000.0, unit_price = 6.0 }]\n"
    )
    with pytest.raises(UsageError, match="the column context_window may change prices"):
        rated(log, steps + price("sonnet", output=1.0))
    bucket = rated("model,requests,input_tokens\nsonnet,3,300000", steps)
    assert bucket.refused["reason"].to_list() == [
        "input_length is not known of a row of several requests"
    ]


def test_a_credit_that_has_expired() -> None:
    # openmeter/credit/README.md: a trial credit until 2 July, 150 used on 20 July
    dates = "valid_from = 2026-01-01, valid_until = 2026-07-02"
    terms = f'credits = [{{ name = "t", amount = 200.0, {dates} }}]'
    log = "timestamp,model,quantity\n2026-07-20,api,150"
    assert total(rated(log, API + ACME + terms)) == 150


def test_the_credit_that_ends_first_is_drawn_first() -> None:
    # docs.stigg.io credit-consumption-logic, openmeter/credit/README.md
    terms = (
        'credits = [{ name = "paid", amount = 100.0, valid_from = 2026-01-01 },\n'
        '{ name = "promo", amount = 100.0, valid_from = 2026-01-01, valid_until = 2026-08-01 }]\n'
    )
    log = "timestamp,model,quantity\n2026-07-10,api,100\n2026-08-10,api,100"
    assert list(billed(rated(log, API + ACME + terms)).values()) == [0, 0]
    first = terms.replace('"paid",', '"paid", priority = 1,')
    assert list(billed(rated(log, API + ACME + first)).values()) == [0, 100]


def test_a_price_of_one_customer() -> None:
    # siropkin/budi#724, FlowFuse/flowfuse#5794: acme pays 2, everyone else 3
    log = "customer,model,input_tokens\nacme,a,1000000\nbeta,a,1000000"
    own = ACME + price("a", input=2.0).replace("[[charges]]", "[[accounts.charges]]")
    found = billed(rated(log, price("a", input=3.0) + own))
    assert found == {"acme 2026-01-01": 2, "beta 2026-01-01": 3}
    with pytest.raises(BookError, match=r"write it under charges of the account$"):
        rated(log, price("a", more='customer = "acme"', input=2.0))


def test_the_days_of_an_invoice() -> None:
    # xavierjflanagan/Guardian: 0.569788, 0.340900, 0.072054
    log = (
        "timestamp,customer,model,session,input_tokens,output_tokens\n"
        "2025-10-07T00:00:00+00:00,p,gpt-5-mini,s1,80992,274770\n"
        "2025-10-10T00:00:00+00:00,p,gpt-5-mini,s1,124784,154852\n"
        "2025-10-11T00:00:00+00:00,p,gpt-5-mini,s2,22688,33191"
    )
    prices = "digits = 6\n" + price("gpt-5-mini", input=0.25, output=2.0)
    by_day = rated(log, prices, by=["day"]).detail
    assert by_day is not None
    days = [Decimal("0.569788"), Decimal("0.340900"), Decimal("0.072054")]
    assert by_day["billed_cost"].to_list() == days
    by_session = rated(log, prices, by=["session"]).detail
    assert by_session is not None
    assert by_session["billed_cost"].to_list() == [Decimal("0.910688"), Decimal("0.072054")]
    rows = rated(log, prices, rows=True).rows
    assert rows is not None
    assert rows["billed_cost"].to_list() == days
    assert rows["session"].to_list() == ["s1", "s1", "s2"]


def test_lines_of_one_request() -> None:
    # ccusage/ccusage#994, tddworks/ClaudeBar#207: (6x5 + 384x25 + 11352x6.25 + 22076x0.5) / 1e6
    row = "opus,msg_1,req_1,6,384,11352,22076"
    log = (
        "timestamp,model,message_id,request_id,input_tokens,output_tokens,cache_write_tokens,"
        f"cached_tokens\n2026-05-14T07:47:58Z,{row}\n2026-05-14T07:47:59Z,{row}"
    )
    prices = "digits = 6\n" + 'unique = ["request_id"]\n'
    prices += price("opus", input=5.0, output=25.0, cache_write=6.25, cached=0.5) + BESIDE
    found = rated(log, prices)
    assert total(found) == Decimal("0.091618")
    assert found.totals.rows_by_kind["duplicate"] == 1


def test_a_fee_without_usage() -> None:
    # getlago/lago#648, FOCUS_Spec simple_agreements.md A1: 50, and 50 + 10 x 2
    log = "timestamp,customer,model,quantity\n2026-01-20,user,api,10"
    tiers = (
        "tiers = [{ up_to = 1.0, unit_price = 0.0, flat_fee = 50.0 }, "
        "{ unit_price = 2.0, flat_fee = 50.0 }]\n"
    )
    charge = f'[[charges]]\nmodel = "api"\nmeter = "quantity"\ncharge_model = "volume"\n{tiers}'
    found = rated(log, charge + ACME.replace("acme", "sleeper"))
    assert billed(found) == {"sleeper 2026-01-01": 50, "user 2026-01-01": 70}
    plan = (
        price("api", 1, quantity=2.0)
        + '[[plans]]\nname = "base"\nfees = [{ name = "base", amount = 50 }]\n'
        + "".join(
            f'[[accounts]]\ncustomer = "{who}"\n'
            'plans = [{ plan = "base", valid_from = 2026-01-01 }]\n'
            for who in ("sleeper", "user")
        )
    )
    assert billed(rated(log, plan)) == {"sleeper 2026-01-01": 50, "user 2026-01-01": 70}


def test_vendors_that_count_cached_tokens_otherwise() -> None:
    # langfuse/langfuse#10592: (86x2.5 + 1920x1.25 + 300x10) / 1e6, and
    # (30000x3 + 20000x0.3 + 50x15) / 1e6
    log = "model,input_tokens,cached_tokens,output_tokens\ngpt,2006,1920,300\nclaude,30000,20000,50"
    prices = "digits = 6\n" + price("gpt", input=2.5, cached=1.25, output=10.0)
    prices += price("claude", input=3.0, cached=0.3, output=15.0)
    prices += '[[sources]]\nname = "anthropic"\nmodel = "claude*"\ncontains = {}\n'
    assert total(rated(log, prices)) == Decimal("0.102365")


def test_names_with_a_vendor_or_a_date() -> None:
    # BerriAI/litellm#30081, ccusage/ccusage#1785: 2 x 2.50
    log = "model,input_tokens\nopenai/gpt-4o,1000000\ngpt-4o-2024-08-06,1000000"
    names = '[[models]]\nname = "gpt-4o"\naliases = ["openai/gpt-4o", "gpt-4o-2024-*"]\n'
    found = rated(log, price("gpt-4o", input=2.5) + names)
    assert total(found) == 5
    assert found.matches.select("model", "priced_as", "match").rows() == [
        ("gpt-4o-2024-08-06", "gpt-4o", "pattern"),
        ("openai/gpt-4o", "gpt-4o", "alias"),
    ]


def test_five_prices_on_one_request() -> None:
    # bgeneto/open-webui-cost-tracker#6, BerriAI/litellm#11938
    log = (
        "model,input_tokens,output_tokens,reasoning_tokens,citation_tokens,quantity\n"
        "sonar,108,3256,73248,7299,74"
    )
    prices = price("sonar", input=2.0, output=8.0, reasoning=3.0, citation_tokens=2.0)
    prices += price("sonar", 1, quantity=0.005) + BESIDE
    assert total(rated(log, "digits = 6\n" + prices)) == Decimal("0.630606")
    with pytest.raises(UsageError) as caught:
        rated(log, price("sonar", input=2.0, output=8.0) + price("sonar", 1, quantity=0.005))
    assert [line.split()[2] for line in str(caught.value).splitlines()] == [
        "reasoning_tokens", "citation_tokens",
    ]  # fmt: skip


def test_a_price_by_the_length_of_the_answer() -> None:
    # bigmodel.cn/pricing as quoted in lidge-jun/opencodex#4444
    conditions = {
        "short": "input_length = { below = 32000 }, output_length = { below = 200 }",
        "middle": "input_length = { below = 32000 }, output_length = { at_least = 200 }",
        "long": "input_length = { at_least = 32000 }",
    }
    prices = {"short": (2.0, 8.0), "middle": (3.0, 14.0), "long": (4.0, 16.0)}
    book = "digits = 6\n" + "".join(
        price("glm", more=f"when = {{ {conditions[name]} }}", input=own[0], output=own[1])
        for name, own in prices.items()
    )
    for tokens, cost in (("1000,150", "0.0032"), ("1000,200", "0.0058"), ("32000,150", "0.1304")):
        log = f"model,input_tokens,output_tokens\nglm,{tokens}"
        assert total(rated(log, book)) == Decimal(cost)


def test_what_is_prepaid_pays_the_minimum() -> None:
    # FOCUS_Spec spend_agreements.md B2: 48 used and 12 unused, both from the prepayment
    log = "timestamp,model,quantity\n2025-04-10,db,4"
    terms = (
        'credits = [{ name = "p", amount = 1200.0, valid_from = 2025-04-01, '
        'valid_until = 2026-04-01, covers = ["usage", "minimum"] }]\n'
        'commitments = [{ name = "m", minimum = 60.0, valid_from = 2025-04-01 }]\n'
    )
    found = rated(log, price("db", 1, quantity=12.0) + ACME + terms)
    assert found.bill.select("effective_cost", "billed_cost").row(0) == (60, 0)


def test_a_minimum_of_a_charge_whose_price_changes() -> None:
    # getlago.com spending-minimum: one month, one minimum of 50 + 50
    log = "timestamp,model,quantity\n2026-06-05,api,1\n2026-06-20,api,1"
    prices = price("api", 1, "minimum = 100.0", quantity=1.0)
    prices += price("api", 1, "minimum = 100.0\nvalid_from = 2026-06-16", quantity=2.0)
    assert total(rated(log, prices)) == 100


def test_columns_by_the_names_of_a_vendor() -> None:
    # VasiHemanth/tokentelemetry#68, vibe-cafe/vibe-usage#8: refused, naming the columns
    log = (
        "model,input_tokens,output_tokens,cache_creation_input_tokens,cache_read_input_tokens\n"
        "sonnet,3,550,12304,100000"
    )
    prices = price("sonnet", input=3.0, output=15.0, cache_write=3.75, cached=0.3) + BESIDE
    with pytest.raises(UsageError) as caught:
        rated(log, prices)
    assert [line.split()[2] for line in str(caught.value).splitlines()] == [
        "cache_creation_input_tokens", "cache_read_input_tokens",
    ]  # fmt: skip


def test_a_region_costs_more() -> None:
    # anthropics/claude-code#60641, BerriAI/litellm#38369: 3 + 3 x 1.1
    log = "model,inference_geo,input_tokens\na,global,1000000\na,us,1000000"
    factor = '[[factors]]\nmodel = "a"\nfactor = 1.1\nwhen = { inference_geo = "US" }\n'
    assert total(rated(log, price("a", input=3.0) + factor)) == Decimal("6.30")


def test_seconds_of_which_ten_are_billed_at_least() -> None:
    # pydantic/genai-prices#578, BerriAI/litellm#16570: (10 + 10 + 30) / 3600 x 0.111
    log = "model,quantity\nwhisper,3\nwhisper,4\nwhisper,30"
    prices = "digits = 9\n" + price("whisper", 3600, "row_minimum = 10", quantity=0.111)
    assert total(rated(log, prices)) == Decimal("0.001541667")
    bucket = rated("model,requests,quantity\nwhisper,3,37", prices)
    assert bucket.refused["reason"].to_list() == [
        "row_minimum holds for one request, and the row is 3"
    ]


def test_the_most_seats_of_a_month() -> None:
    # polarsource/polar#9090: 7 x 20
    log = "timestamp,model,quantity\n" + "".join(
        f"2026-01-{day:02},seat,{seats}\n" for day, seats in ((5, 5), (12, 7), (19, 6), (26, 7))
    )
    prices = price("seat", 1, 'aggregation = "max"', quantity=20.0)
    assert total(rated(log, prices)) == 140


def test_a_commitment_of_a_year() -> None:
    # FOCUS_Spec spend_agreements.md A1: 48, 120, 60, and 972 in the last month
    log = "timestamp,model,quantity\n2025-04-10,db,4\n2025-05-10,db,10\n2025-06-10,db,5"
    terms = (
        'commitments = [{ name = "yearly", minimum = 1200.0, period = "year", '
        "valid_from = 2025-04-01, valid_until = 2026-04-01 }]\n"
    )
    prices = price("db", 1, quantity=12.0) + ACME + terms
    found = billed(rated(log, prices, period=(None, "2026-04-01")))
    assert found["acme 2026-03-01"] == 972
    assert sum(found.values()) == 1200
    (still_open,) = rated(log, prices).open
    assert (still_open.name, still_open.amount, str(still_open.due)) == (
        "yearly", Decimal(972), "2026-04-01",
    )  # fmt: skip


def test_a_discount_of_a_plan() -> None:
    # 10 % off 100 + 30 on the pro plan to 16 June: (30 x 15/30 + 60) x 0.9 = 67.50; then 40
    log = "timestamp,model,quantity\n2026-06-05,api,60\n2026-06-20,api,40"
    plans = (
        '[[plans]]\nname = "pro"\nfees = [{ name = "pro", amount = 30 }]\n'
        'discounts = [{ name = "launch", rate = 0.1 }]\n[[plans]]\nname = "basic"\n'
    )
    own = (
        'plans = [{ plan = "pro", valid_from = 2026-06-01 }, '
        '{ plan = "basic", valid_from = 2026-06-16 }]\n'
    )
    found = rated(log, API + plans + ACME + own)
    assert billed(found) == {"acme 2026-06-01": Decimal("107.50")}
    (line,) = found.lines.filter(pl.col("category") == "coupon").iter_rows(named=True)
    assert (line["charge"], line["billed_cost"]) == ("launch", Decimal("-7.50"))
    # The coupon of the account takes its share of what is left: 67.50 x 0.5.
    half = 'coupons = [{ kind = "rate", name = "half", rate = 0.5, valid_from = 2026-06-01, '
    both = rated(log, API + plans + ACME + own + half + "valid_until = 2026-06-16 }]\n")
    assert billed(both) == {"acme 2026-06-01": Decimal("73.75")}


ROLLOVER = "allowances[0].rollover_periods: is not built: what is left of an allowance ends with "


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ('allowances = [{meter="quantity",amount=5,rollover_periods=1}]', f"{ROLLOVER}its period"),
        ("discount = 0.1", "discount: is not a field of a plan: write discounts, a list"),
    ],
)
def test_what_a_plan_cannot_hold_is_named(where: str, message: str) -> None:
    with pytest.raises(BookError) as caught:
        rated("model,quantity\napi,1", API + f'[[plans]]\nname = "p"\n{where}\n')
    assert str(caught.value) == f"plans[0].{message}"
