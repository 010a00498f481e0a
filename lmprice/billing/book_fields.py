"""What the sheets of a price book are: a table for each list of the book, a column a field.

The columns are the fields of the models, under the names that they have in TOML and JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lmprice.billing.book import AmountCoupon, Commitment, Credit, PriceBook, RateCoupon
from lmprice.billing.charges import AnyCharge, Block, RateTier, Step, Tier, Window
from lmprice.language.terms import Text

CHARGE = "charge"  # the number by which the other sheets refer to a charge
WEEKDAYS = "peak_weekdays"  # a list in one cell
CHARGES: tuple[type[BaseModel], ...] = get_args(get_args(AnyCharge)[0])

# The kinds of rows of an account: its list in the book, and the model of an element.
ENTRIES: dict[str, tuple[str, type[BaseModel]]] = {
    "amount": ("coupons", AmountCoupon),
    "rate": ("coupons", RateCoupon),
    "credit": ("credits", Credit),
    "commitment": ("commitments", Commitment),
}


@dataclass(frozen=True)
class Sheet:
    """A sheet: the list of the book that it holds, and its columns."""

    key: str
    title: Text
    columns: tuple[str, ...]


def _fields(*models: type[BaseModel]) -> tuple[str, ...]:
    """The fields of models that fit one cell, each once, in their order."""
    names = dict.fromkeys(name for model in models for name in model.model_fields)
    return tuple(
        name for name in names if name not in LISTS and name not in ("charges", "accounts")
    )


# The lists inside a charge, each with a sheet of its own.
LISTS = ("tiers", "steps", "peak_hours")
_FIRST = ("charge_model", "model", "meter", "valid_from", "per", "unit_price")
BOOK = Sheet("book", Text("Book", "价目"), _fields(PriceBook))
CHARGE_SHEET = Sheet(
    "charges",
    Text("Charges", "收费项"),
    (CHARGE, *_FIRST, *(name for name in _fields(*CHARGES) if name not in _FIRST)),
)
LIST_SHEETS = (
    Sheet("tiers", Text("Tiers", "阶梯"), (CHARGE, *_fields(Tier, RateTier, Block))),
    Sheet("steps", Text("Steps", "长度分级"), (CHARGE, *_fields(Step))),
    Sheet("peak_hours", Text("Peak hours", "高峰时段"), (CHARGE, *_fields(Window))),
)
ACCOUNT_SHEET = Sheet(
    "accounts",
    Text("Accounts", "账户"),
    ("customer", "kind", *(n for n in _fields(*(m for _, m in ENTRIES.values())) if n != "kind")),
)
TABLES = (CHARGE_SHEET, *LIST_SHEETS, ACCOUNT_SHEET)


def options(column: str) -> tuple[str, ...]:
    """The words that a column may hold; () where it is free."""
    if column == "kind":
        return tuple(ENTRIES)
    models: tuple[type[BaseModel], ...] = (PriceBook, *CHARGES)
    found = dict.fromkeys(
        str(word)
        for model in models
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


HELP = {
    CHARGE: Text("Number of the charge; the other sheets refer to it",
                 "收费项编号，供其他工作表引用"),
    "name": Text("Name, as a bill shows it", "名称，显示在账单上"),
    "version": Text("Version of the book", "价目版本"),
    "currency": Text("Three letters, such as USD or CNY", "三字母货币代码，如 USD 或 CNY"),
    "digits": Text("Decimals that are billed; empty: 2", "计费的小数位数；空白为 2"),
    "rounding": Text("How money is rounded; empty: half_away_from_zero",
                     "金额舍入方式；空白为四舍五入"),
    "round_tier_lines": Text(
        "TRUE: each tier of a charge is rounded; empty: FALSE",
        "TRUE：每级阶梯分别舍入；空白为 FALSE"
    ),
    "input_includes_cached": Text(
        "Whether input tokens of the usage count cached ones too; empty: TRUE",
        "用量中的输入 token 是否包含缓存命中；空白为 TRUE",
    ),
    "charge_model": Text("How units become money", "计费方式"),
    "model": Text("Model that is charged", "计费的模型"),
    "meter": Text("What is counted", "计量对象"),
    "valid_from": Text("First moment, in UTC", "生效时间（UTC）"),
    "valid_until": Text("End, exclusive; empty: none", "失效时间（不含）；空白为无"),
    "per": Text("Units in one priced unit: 1000000 for prices per million; empty: 1",
                "一个计价单位所含数量：按百万计价填 1000000；空白为 1"),
    "discount": Text("Negotiated discount, a fraction; empty: 0", "协议折扣（比例）；空白为 0"),
    "round_units": Text("How priced units are rounded; empty: not",
                        "计价数量的舍入方式；空白为不舍入"),
    "unit_multiple": Text("What priced units are rounded to; empty: 1",
                          "计价数量的舍入单位；空白为 1"),
    "free_units": Text("Free units of each month; empty: 0", "每月免费数量；空白为 0"),
    "maximum": Text("Most that a month costs; empty: none", "每月费用上限；空白为无"),
    "minimum": Text("Least that a month costs; empty: none", "每月最低费用；空白为无"),
    "unit_price": Text("Price of a unit (at peak)", "单价（高峰）"),
    "list_unit_price": Text("Public price, where unit_price is negotiated",
                            "公开价（单价为协议价时）"),
    "bill_zero_quantity": Text("Whether no usage pays the first fee; empty: TRUE",
                               "无用量时是否收取首级固定费；空白为 TRUE"),
    "allowance": Text("Free units before the first tier; empty: 0",
                      "首级阶梯之前的免费数量；空白为 0"),
    "rate": Text("A fraction: 0.2 is 20 %", "比例：0.2 即 20%"),
    "fixed_fee": Text("Fee of each row of usage; empty: 0", "每条用量的固定费；空白为 0"),
    "package_size": Text("Units in a package", "每包数量"),
    "package_price": Text("Price of a package", "每包价格"),
    "mode": Text("Blocks of all tiers or of the last one; empty: all_tiers",
                 "按各级或按最高一级计块；空白为 all_tiers"),
    "inclusive": Text("Whether a request of exactly the length is still below; empty: TRUE",
                      "恰为该长度的请求是否仍按较低一级；空白为 TRUE"),
    "off_peak_price": Text("Price at all other times", "其他时段的单价"),
    WEEKDAYS: Text("Days with a peak, 1 for Monday: 1, 2, 3; empty: all",
                   "有高峰的星期，1 为星期一：1, 2, 3；空白为每天"),
    "up_to": Text("Last unit of the tier; empty in the last tier", "本级最后一个数量；末级留空"),
    "flat_fee": Text("Fee of the tier; empty: 0", "本级固定费；空白为 0"),
    "block_size": Text("Units in a block", "每块数量"),
    "max_blocks": Text("Most blocks of the tier; empty in the last", "本级最多块数；末级留空"),
    "block_price": Text("Price of a block", "每块价格"),
    "above": Text("Input tokens above which this price holds", "超过此输入 token 数时适用"),
    "start": Text("Start, in UTC: 01:00", "开始时间（UTC）：01:00"),
    "end": Text("End, exclusive, in UTC: 04:00", "结束时间（不含，UTC）：04:00"),
    "customer": Text("Customer; * for everyone without an account", "客户；* 为无账户的所有客户"),
    "kind": Text("Coupon (amount or rate), credit or commitment",
                 "优惠券（金额或比例）、预付款或承诺"),
    "amount": Text("Money off, or prepaid", "减免或预付的金额"),
    "used": Text("What of the amount was used up before; empty: 0", "此前已用金额；空白为 0"),
    "each_month": Text("Whether the amount comes anew each month; empty: FALSE",
                       "金额是否每月重新计算；空白为 FALSE"),
}  # fmt: skip
