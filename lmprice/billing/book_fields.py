"""What the sheets of a price book are: a table for each list of the book, a column a field.

The columns are the fields of the models, under the names that they have in TOML and JSON.  Lists
inside one cell are divided by commas, and conditions are written as in TOML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lmprice.billing.accounts import (
    Account,
    Allowance,
    AmountCoupon,
    Commitment,
    Credit,
    Discount,
    Fee,
    RateCoupon,
    Subscription,
    Tax,
)
from lmprice.billing.book import BookFactor, ModelNames, PriceBook, Rate, Source
from lmprice.billing.charges import AnyCharge, Block, RateTier, Step, Tier, Window
from lmprice.language.terms import Text

CHARGE = "charge"  # the number by which the other sheets refer to a charge
WEEKDAYS = "peak_weekdays"
CHARGES: tuple[type[BaseModel], ...] = get_args(get_args(AnyCharge)[0])
STATUS = Text("Status", "状态")

# Fields that are lists or tables, but fit one cell: texts or numbers divided by commas, or TOML.
IN_COMMAS = ("ignore", "unique", "aliases", "count_by", WEEKDAYS, "covers", "counts")
IN_TOML = ("when", "contains", "columns", "tags")
# The lists inside a charge, each with a sheet of its own.
LISTS = ("tiers", "steps", "peak_hours", "factors")

# The kinds of rows of an account: its list in the book, and the model of an element.
ENTRIES: dict[str, tuple[str, type[BaseModel]]] = {
    "amount": ("coupons", AmountCoupon),
    "rate": ("coupons", RateCoupon),
    "credit": ("credits", Credit),
    "commitment": ("commitments", Commitment),
    "tax": ("tax", Tax),
    "plan": ("plans", Subscription),
}
# Those of a plan.
PLAN_ENTRIES: dict[str, tuple[str, type[BaseModel]]] = {
    "fee": ("fees", Fee),
    "allowance": ("allowances", Allowance),
    "discount": ("discounts", Discount),
}
OF_ACCOUNT = ("time_zone", "period_day", "tags")  # fields of the account itself


@dataclass(frozen=True)
class Sheet:
    """A sheet: the list of the book that it holds, its columns, and those that every row needs."""

    key: str
    title: Text
    columns: tuple[str, ...]
    needed: tuple[str, ...] = ()


def _fields(*models: type[BaseModel]) -> tuple[str, ...]:
    """The fields of models that fit one cell, each once, in their order."""
    names = dict.fromkeys(name for model in models for name in model.model_fields)
    return tuple(name for name in names if name not in LISTS and name not in _OWN_SHEETS)


_OWN_SHEETS = (
    *(
        "charges",
        "accounts",
        "plans",
        "rates",
        "models",
        "sources",
        "fees",
        "allowances",
        "discounts",
    ),
    *("coupons", "credits", "commitments", "tax"),
)
_FIRST = ("charge_model", "model", "meter", "valid_from", "per", "unit_price")
BOOK = Sheet(
    "book",
    Text("Book", "价目"),
    (*(name for name in _fields(PriceBook) if name != "format"), "format"),
)
CHARGE_SHEET = Sheet(
    "charges",
    Text("Charges", "收费项"),
    (CHARGE, *_FIRST, *(n for n in _fields(*CHARGES) if n not in _FIRST), "plan", "customer"),
    (CHARGE, "charge_model", "model", "meter"),
)
LIST_SHEETS = (
    Sheet("tiers", Text("Tiers", "阶梯"), (CHARGE, *_fields(Tier, RateTier, Block)), (CHARGE,)),
    Sheet("steps", Text("Steps", "长度分级"), (CHARGE, *_fields(Step)),
          (CHARGE, "above", "unit_price")),
    Sheet("peak_hours", Text("Peak hours", "高峰时段"), (CHARGE, *_fields(Window)),
          (CHARGE, "start", "end")),
)  # fmt: skip
FACTOR_SHEET = Sheet(
    "factors", Text("Factors", "系数"), (CHARGE, *_fields(BookFactor)), ("factor",)
)
PLAN_SHEET = Sheet(
    "plans",
    Text("Plans", "套餐"),
    ("plan", "kind", *(n for n in _fields(Fee, Allowance, Discount))),
    ("plan",),
)
ACCOUNT_SHEET = Sheet(
    "accounts",
    Text("Accounts", "账户"),
    (
        "customer",
        "kind",
        *(n for n in _fields(*(m for _, m in ENTRIES.values())) if n != "kind"),
        *OF_ACCOUNT,
    ),
    ("customer",),
)
SIMPLE_SHEETS = (
    Sheet("rates", Text("Rates", "汇率"), _fields(Rate), ("currency", "rate", "valid_from")),
    Sheet("models", Text("Models", "模型"), _fields(ModelNames), ("name",)),
    Sheet("sources", Text("Sources", "来源"), _fields(Source), ("name", "contains")),
)
TABLES = (
    CHARGE_SHEET, *LIST_SHEETS, FACTOR_SHEET, PLAN_SHEET, ACCOUNT_SHEET, *SIMPLE_SHEETS,
)  # fmt: skip
# What a workbook of format 1 does not have.
NEW_SHEETS = frozenset({"factors", "plans", "rates", "models", "sources"})

_ALL_MODELS: tuple[type[BaseModel], ...] = (
    PriceBook, *CHARGES, BookFactor, Fee, Allowance, Discount, Rate, ModelNames, Source, Account,
    *(model for _, model in ENTRIES.values()),
)  # fmt: skip


def options(column: str, sheet: str = "") -> tuple[str, ...]:
    """The words that a column may hold; () where it is free."""
    if column == "kind":
        return tuple(PLAN_ENTRIES if sheet == PLAN_SHEET.key else ENTRIES)
    if column in IN_COMMAS:
        return ()
    found = dict.fromkeys(
        str(word)
        for model in _ALL_MODELS
        if column in model.model_fields
        for word in _words(model.model_fields[column])
    )
    return tuple(found)


def _words(field: FieldInfo) -> Sequence[Any]:
    if field.annotation is bool:
        return ("TRUE", "FALSE")
    kinds = (field.annotation, *get_args(field.annotation))
    return [word for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)]


def used_by(model: type[BaseModel]) -> tuple[list[str], list[str]]:
    """The fields that a charge needs beyond those of every charge, and those it may have."""
    common = set.intersection(*(set(m.model_fields) for m in CHARGES))
    own = {name: f for name, f in model.model_fields.items() if name not in common}
    needed = [name for name, field in own.items() if field.is_required()]
    return needed, [name for name in own if name not in needed]


def titles() -> Iterator[Text]:
    """The titles of all sheets."""
    yield from (sheet.title for sheet in (BOOK, *TABLES))
