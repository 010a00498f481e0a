"""Random books and logs in which a period sees many changes, from a seed; features are noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.billing.random_charges import BY_ROW, COUNTED, NO_SUMS, TOKENS, Draw, Fields
from tests.billing.random_plans import draw_plan

ZONES = [  # in the last three a clock change takes midnight away, or half an hour
    *("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Sydney"),
    *("Africa/Cairo", "America/Havana", "Australia/Lord_Howe"),
]
COLUMNS = ("tier", "region", "size", "project", "request_id", "requests")
WITHIN = {"cached": "input", "cached_audio": "cached", "reasoning": "output"}


@dataclass
class Case:
    """A book, a log, the span that is billed (None: the log's), and the features it has."""

    seed: int
    book: Fields
    rows: list[dict[str, str]]
    period: tuple[date, date] | None
    features: set[str]


def draw_case(seed: int) -> Case:
    """The book and log of a seed."""
    draw = Draw(seed)
    slots = draw_slots(draw)
    book = draw_book(draw, slots)
    rows = draw_rows(draw, slots, book)
    period = None
    if draw.chance(0.3, "named span"):
        start = draw.first.replace(day=1) - timedelta(days=draw.one([0, 0, 31, 40]))
        period = start, start + timedelta(days=draw.one([31, 62, 100, 400]))
    return Case(seed, book, rows, period, draw.features)


def draw_slots(draw: Draw) -> list[Fields]:
    """What is priced: pairs of a model and a meter."""
    slots: list[Fields] = []
    meters = draw.random.sample(["quantity", "input", "output", "web_searches", "storage_gb"], 2)
    for meter in meters:
        for model in ["alpha", "beta-*"] if draw.chance(0.5, "pattern of models") else ["alpha"]:
            kinds = [*COUNTED, "context", "context", "off_peak"] if meter in TOKENS else COUNTED
            if meter == "web_searches":
                kinds = [*COUNTED, "off_peak", "off_peak", "off_peak"]
            slot: Fields = {"model": model, "meter": meter, "aggregation": "sum", "kinds": kinds}
            slot["factors"] = draw.chance(0.4)
            if meter == "quantity" and draw.chance(0.3):
                slot |= {"events": True, "kinds": ["standard", "percentage"]}
            elif meter == "quantity" and draw.chance(0.4, "negative rows"):
                slot |= {"negative": True, "factors": False}
                slot["kinds"] = ["standard", "graduated", "volume", "package", "block", "top_tier"]
            elif meter == "web_searches" and draw.chance(0.5):
                slot["row_rules"] = True
            if meter in ("storage_gb", "web_searches") and draw.chance(0.4, "counts by a column"):
                slot["count_by"] = ["project"]
                slot["kinds"] = COUNTED
            slots.append(slot)
    for child, parent in WITHIN.items():
        for slot in [s for s in slots if s["meter"] == parent]:
            if draw.chance(0.6, "tokens within others"):
                slots.append({**slot, "meter": child, "kinds": [*COUNTED, *BY_ROW]})
    if draw.chance(0.85):
        how = draw.one(NO_SUMS)
        draw.note(how)
        meter = {"unique": "users", "time_weighted": "gpu_hours"}.get(how, "seats")
        kinds = ["standard", "graduated", "volume", "package", "block", "top_tier"]
        slots.append(
            {"model": "alpha", "meter": meter, "aggregation": how, "kinds": kinds, "factors": False}
        )
    other = draw.chance(0.3)
    return [{**slot, "currency": other} for slot in slots]


def draw_book(draw: Draw, slots: list[Fields]) -> Fields:
    """The book: prices, factors, plans and accounts."""
    book: Fields = {"format": 2, "name": "random", "version": "1", "currency": "USD"}
    book |= {"digits": draw.one([2, 2, 2, 0, 4]), **draw_ways(draw)}
    if any(slot["currency"] for slot in slots):
        draw.note("other currencies")
        changed = {"currency": "EUR", "rate": 1.1, "valid_from": draw.when(5)}
        always = {"currency": "EUR", "rate": 1.25, "valid_from": "2000-01-01"}
        book["rates"] = [always, changed]
    if any(slot["meter"] in WITHIN for slot in slots) and draw.chance(0.5, "source"):
        source: Fields = {"name": "beside", "model": draw.one(["*", "beta-*", "alpha"])}
        if draw.chance(0.4):
            source["when"] = {"region": "eu"}
        all_within = {"input": ["cached"], "cached": ["cached_audio"], "output": ["reasoning"]}
        source["contains"] = draw.one([{}, {"input": ["cached"]}, all_within])
        book["sources"] = [source]
    book["charges"] = [charge for slot in slots for charge in draw.versions(slot)]
    for slot in slots:
        if draw.chance(0.35, "price with a condition"):
            book["charges"] += draw.versions(slot, when=draw_condition(draw, slot))
        if slot["model"] == "beta-*" and draw.chance(0.4, "exact name beside a pattern"):
            book["charges"] += draw.versions({**slot, "model": "beta-2"})
    book["factors"] = draw_factors(draw, slots)
    book["plans"] = [draw_plan(draw, name, slots) for name in ("basic", "pro")]
    book["accounts"] = draw_accounts(draw, slots)
    for account in book["accounts"]:
        for credit in account["credits"]:
            if "rates" in book and draw.chance(0.4, "credit in another currency"):
                credit["currency"] = "EUR"
        of_months = [
            plan["name"]
            for plan in book["plans"]
            if all(fee.get("period", "month") == "month" for fee in plan["fees"])
        ]
        if account["customer"] == "*" and of_months and draw.chance(0.5, "plan of everyone"):
            held = {"plan": draw.one(of_months), "valid_from": draw.when(40), "seats": 2}
            account["plans"] = [held]
    return book


def draw_ways(draw: Draw) -> Fields:
    """How the whole book rounds, counts days and reads rows."""
    made: Fields = {}
    if draw.chance(0.3, "another rounding"):
        made["rounding"] = draw.one(["half_even", "up", "down"])
    if draw.chance(0.15, "tiers rounded one by one"):
        made["round_tier_lines"] = True
    if draw.chance(0.4, "time zone of the book"):
        made["time_zone"] = draw.one(ZONES)
    if draw.chance(0.3, "day of the period"):
        made["period_day"] = draw.one([7, 15, 29, 31])
    if draw.chance(0.3, "alias and vendor"):
        aliases = ["openai/alpha", "alpha-2024"]
        made["models"] = [{"name": "alpha", "aliases": aliases, "vendor": "openai"}]
    if draw.chance(0.3, "identity of rows"):
        made |= {"unique": ["request_id"], "keep": draw.one(["first", "last"])}
    if draw.chance(0.3):
        made["unpriced"] = "list"
    return made


def draw_condition(draw: Draw, slot: Fields) -> Fields:
    """One or two conditions on columns or on the length of a row."""
    conditions: list[Fields] = [
        {"tier": "batch"},
        {"tier": ["Batch ", "flex"], "region": "eu"},
        {"size": {"above": 2, "at_most": 10}},
        {"region": "≤ 200K"},
    ]
    if slot["meter"] in TOKENS:
        conditions += [{"input_length": {"above": 500}}] * 3
    return dict(draw.one(conditions))


def draw_factors(draw: Draw, slots: list[Fields]) -> list[Fields]:
    """Factors of a model, a vendor or the whole book."""
    meters = [s["meter"] for s in slots if s["aggregation"] == "sum" and not s.get("negative")]
    found: list[Fields] = []
    for level, fields in (
        ("model", {"model": draw.one(["alpha", "beta-*"])}),
        ("vendor", {"vendor": "openai"}),
        ("book", {}),
    ):
        if meters and draw.chance(0.25, f"factor of a {level}"):
            made = {"factor": draw.one([1.1, 0.5, 1.005]), "meter": draw.one(meters), **fields}
            if draw.chance(0.5):
                made["when"] = {"region": "eu"}
            if draw.chance(0.3):
                made["valid_from"] = draw.when()
            found.append(made)
            if draw.chance(0.3, "exclusive factor"):
                found.append({**made, "factor": 2, "exclusive": True, "when": {"tier": "batch"}})
    return found


def draw_accounts(draw: Draw, slots: list[Fields]) -> list[Fields]:
    """Accounts of two customers and perhaps of everyone else."""
    accounts = []
    for customer in ("ann", "bob", "*"):
        if customer == "bob" and not draw.chance(0.6):
            continue
        if customer == "*" and not draw.chance(0.4, "account of everyone"):
            continue
        account: Fields = {"customer": customer}
        if draw.chance(0.25, "time zone of an account"):
            account["time_zone"] = draw.one(ZONES)
        if draw.chance(0.2, "day of an account's period"):
            account["period_day"] = draw.one([5, 31])
        if draw.chance(0.3, "tax"):
            account["tax"] = {"name": "VAT", "rate": draw.one([0.2, 0.19, 0.075])}
            if draw.chance(0.4, "inclusive tax"):
                account["tax"]["inclusive"] = True
        if draw.chance(0.3, "price of an account"):
            account["charges"] = draw.overrides(draw.one(slots))
        add_terms(draw, account)
        accounts.append(account)
    return accounts


def add_terms(draw: Draw, account: Fields) -> None:
    """Plans, coupons, credits and commitments of an account."""
    everyone = account["customer"] == "*"
    if draw.chance(0.6, "plan") and not everyone:
        starts = sorted({draw.when(40) for _ in range(draw.one([1, 2, 2, 3]))})
        if len(starts) > 1:
            draw.note("plan change")
        account["plans"] = [{"plan": draw.one(["basic", "pro"]), "valid_from": s} for s in starts]
        for held in account["plans"]:
            held["seats"] = draw.one([1, 3, 10])
        if draw.chance(0.3):
            account["plans"][-1]["valid_until"] = draw.later(starts[-1])
    account["coupons"] = [draw_coupon(draw, n) for n in range(draw.one([0, 0, 1, 2]))]
    account["credits"] = [draw_credit(draw, n) for n in range(draw.one([0, 0, 1, 2]))]
    account["commitments"] = []
    for number in range(draw.one([0, 0, 1, 2])):
        draw.note("commitment")
        start = draw.when(40)
        made: Fields = {"name": f"commitment {number}", "minimum": draw.one([50, 99.99, 333])}
        made["valid_from"] = start
        if draw.chance(0.5):
            made["valid_until"] = draw.later(start)
        if not everyone and draw.chance(0.5):
            draw.note("commitment of a quarter or year")
            made["period"] = draw.one(["quarter", "quarter", "year"])
        if draw.chance(0.4):
            draw.note("commitment that counts fees")
            made["counts"] = draw.one([["usage", "fees"], ["fees"]])
        account["commitments"].append(made)
        if "valid_until" in made and draw.chance(0.3, "commitment that goes on"):
            minimum = draw.one([made["minimum"], 120])
            again = {**made, "minimum": minimum, "valid_from": made["valid_until"]}
            del again["valid_until"]
            account["commitments"].append(again)


def draw_coupon(draw: Draw, number: int) -> Fields:
    """A share or a sum off."""
    draw.note("coupon")
    made: Fields = {"name": f"coupon {number}", "valid_from": draw.when(40)}
    if draw.chance(0.5):
        draw.note("coupon of a rate")
        made |= {"kind": "rate", "rate": draw.one([0.1, 0.5, 0.333])}
    else:
        draw.note("coupon of an amount")
        made |= {"kind": "amount", "amount": draw.one([5, 20.005, 100])}
        if draw.chance(0.4):
            draw.note("coupon anew each period")
            made["each_month"] = True
        elif draw.chance(0.3):
            made["used"] = 2.5
    if draw.chance(0.5):
        made["valid_until"] = draw.later(made["valid_from"])
    return made


def draw_credit(draw: Draw, number: int) -> Fields:
    """Prepaid money."""
    draw.note("credit")
    made: Fields = {"name": f"credit {number}", "amount": draw.one([10, 45.675, 500])}
    made["valid_from"] = draw.when(40)
    if draw.chance(0.6, "credit that ends"):
        made["valid_until"] = draw.later(made["valid_from"])
    if draw.chance(0.4, "priority of a credit"):
        made["priority"] = draw.one([1, 2])
    if draw.chance(0.5, "credit that covers more"):
        made["covers"] = draw.random.sample(
            ["usage", "fees", "minimum", "tax"], draw.one([1, 2, 4])
        )
    if draw.chance(0.4, "credit taxed when bought"):
        made["taxed_when_bought"] = True
    if draw.chance(0.2):
        made["used"] = 3
    return made


def draw_rows(draw: Draw, slots: list[Fields], book: Fields) -> list[dict[str, str]]:
    """The log: texts, with several rows of one moment, in any order."""
    meters = list(dict.fromkeys(slot["meter"] for slot in slots))
    buckets = draw.chance(0.25, "rows of many requests")
    asked = "input_length" in repr(book["charges"])
    lengths = asked and draw.chance(0.4, "length in a column")
    moments = [draw_moment(draw) for _ in range(draw.one([4, 8, 20]))]
    whole_days = not any(c["charge_model"] == "off_peak" for c in every_charge(book))
    rows: list[dict[str, str]] = []
    wanted = draw.one([3, 10, 25])
    while len(rows) < wanted:
        zone = draw.one([None, "UTC", "America/Bogota"])
        stamp = written(draw.one(moments), zone, days=whole_days and draw.chance(0.2))
        row = {"timestamp": stamp, "customer": draw.one(["ann", "ann", "ann", "bob", "cyd"])}
        row["model"] = draw.one(["alpha", "alpha", "beta-1", "beta-2"])
        if "models" in book and row["model"] == "alpha" and draw.chance(0.5):
            row["model"] = draw.one(["openai/alpha", "alpha-2024"])
        row["tier"] = draw.one(["", "BATCH", "batch", " flex", "standard"])
        row["region"] = draw.one(["", "EU", "us", "<=200k"])
        row["size"] = draw.one(["1", "2", "3.5", "10", "10.001"])
        row["project"] = draw.one(["p", "q", ""])
        row["request_id"] = draw.one(["", "r1", "r2", "r3", "r4", "r5"])
        row["requests"] = draw.one(["", "1", "5"]) if buckets else ""
        if lengths:
            row["input_length"] = draw.one(["", "100", "501"])
        priced = [s for s in slots if fits(s["model"], row["model"])]
        for meter in meters:
            slot = next((s for s in priced if s["meter"] == meter), None)
            column = f"{meter}_tokens" if meter in TOKENS else meter
            row[column] = draw_amount(draw, slot) if slot and draw.chance(0.75) else ""
        contain(draw, row)
        columns = [f"{meter}_tokens" if meter in TOKENS else meter for meter in meters]
        if any(row[column] not in ("", "0") for column in columns):
            rows.append(row)
    ignore_unused(book, rows)
    return rows


def contain(draw: Draw, row: dict[str, str]) -> None:
    """Makes wholes that are no less than their parts, but for a row now and then."""
    for child, parent in reversed(WITHIN.items()):
        within = row.get(f"{child}_tokens")
        if within and f"{parent}_tokens" in row:
            row[f"{parent}_tokens"] = str(int(within) + draw.one([0, 5, 500, 1234]))
            if draw.chance(0.05, "refused row"):
                row[f"{parent}_tokens"] = "1"


def fits(model: str, name: str) -> bool:
    """Whether a row's model is one of a slot's."""
    return ("beta" in name) == (model == "beta-*")


def draw_amount(draw: Draw, slot: Fields) -> str:
    """A cell: whole numbers of tokens, decimals elsewhere, any text where unique ones count."""
    meter = slot["meter"]
    if slot["aggregation"] == "unique":
        return str(draw.one(["u1", "u2", "u3"]))
    if meter in (*TOKENS, "web_searches", "seats"):
        return str(draw.one([0, 1, 5, 100, 500, 501, draw.random.randint(1, 1500)]))
    amount = str(draw.one([0, 0.5, 1, 2.5, 3, 5, 5.001, 10, 0.1, 33.3, 99]))
    if slot.get("negative") and draw.chance(0.2):
        return "-" + amount
    if meter == "quantity" and draw.chance(0.06, "large amounts"):
        return "12345678.9"
    return amount


def draw_moment(draw: Draw) -> datetime:
    """A moment of the log, half of them at midnight or noon."""
    days = draw.random.randint(0, (draw.last - draw.first).days)
    day = datetime(draw.first.year, draw.first.month, draw.first.day, tzinfo=UTC)
    hours = draw.one([0, 12, draw.random.randint(0, 23)])
    return day + timedelta(days=days, hours=hours, minutes=draw.one([0, 0, 30, 59]))


def written(moment: datetime, zone: str | None, *, days: bool) -> str:
    """A moment as a log may write it: a day, a time of the account, or one with an offset."""
    if days:
        return moment.date().isoformat()
    if zone is None:  # no hour that a clock change skips or repeats
        return moment.replace(hour=max(moment.hour, 4), tzinfo=None).isoformat()
    return moment.astimezone(ZoneInfo(zone)).isoformat()


def every_charge(book: Fields) -> list[Fields]:
    """The charges of the book, its plans and accounts."""
    holders = [book, *book["plans"], *book["accounts"]]
    return [charge for holder in holders for charge in holder.get("charges", [])]


def ignore_unused(book: Fields, rows: list[dict[str, str]]) -> None:
    """Names the columns that no price, factor, source or identity looks at."""
    asked = repr([every_charge(book), book.get("factors"), book.get("sources")])
    used = {column for column in COLUMNS if f"'{column}'" in asked}
    used |= {*book.get("unique", []), "requests"}
    book["ignore"] = [column for column in COLUMNS if column not in used]
