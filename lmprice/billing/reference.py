"""The format of price books, described from its models: a JSON schema, and a page for readers."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from lmprice.billing import accounts, book, charges, conditions
from lmprice.billing.meters import METERS

# Each table with its models, in the order of a reader.
TABLES: tuple[tuple[str, str, tuple[type[BaseModel], ...]], ...] = (
    ("The book", "(top of the file)", (book.PriceBook,)),
    ("Rates of currencies", "[[rates]]", (book.Rate,)),
    ("Names of models", "[[models]]", (book.ModelNames,)),
    ("Sources of rows", "[[sources]]", (book.Source,)),
    ("Conditions", "when = { column = { ... } }", (conditions.Comparison,)),
    ("Factors", "[[factors]], [[charges.factors]]", (book.BookFactor,)),
    ("Charges", "[[charges]], [[plans.charges]], [[accounts.charges]]",
     tuple(get_args(get_args(charges.AnyCharge)[0]))),
    ("Tiers", "tiers = [...]", (charges.Tier, charges.RateTier, charges.Block)),
    ("Steps of length", "steps = [...]", (charges.Step,)),
    ("Peak hours", "peak_hours = [...]", (charges.Window,)),
    ("Plans", "[[plans]]", (accounts.Plan,)),
    ("Fees", "[[plans.fees]]", (accounts.Fee,)),
    ("Allowances", "[[plans.allowances]]", (accounts.Allowance,)),
    ("Accounts", "[[accounts]]", (accounts.Account,)),
    ("Plan of an account", "[[accounts.plans]]", (accounts.Subscription,)),
    ("Tax", "[accounts.tax]", (accounts.Tax,)),
    ("Coupons", "[[accounts.coupons]]", (accounts.AmountCoupon, accounts.RateCoupon)),
    ("Credits", "[[accounts.credits]]", (accounts.Credit,)),
    ("Commitments", "[[accounts.commitments]]", (accounts.Commitment,)),
)  # fmt: skip


def json_schema() -> dict[str, Any]:
    """The JSON schema of price books."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **book.PriceBook.model_json_schema(),
    }


def reference_page() -> str:
    """The page of the format, in Markdown."""
    rule = files("lmprice.billing").joinpath("rule.md").read_text(encoding="utf-8")
    return "\n".join([_HEAD, *_meters(), *_tables(), rule])


_HEAD = """\
# Price books

A price book says what is charged, from when, and to whom. It is a TOML, JSON or Excel file;
`lmprice book check FILE` says what is wrong with one, or in words what it charges, and
`lmprice book schema` prints a JSON schema for editors. Generated from the code, but for the rule at
the end.
"""


def _meters() -> Iterator[str]:
    yield "## Meters\n"
    yield (
        "What a usage row may carry. A meter that is not in the table is a column of the usage of "
        "the same name. Unless a source says otherwise, a meter is counted within the one named "
        "last.\n"
    )
    yield "| Meter | Column of the usage | Unit | Within |"
    yield "| --- | --- | --- | --- |"
    for name, meter in METERS.items():
        yield f"| {name} | {meter.column} | {meter.unit.en} | {meter.within or ''} |"
    yield ""


def _tables() -> Iterator[str]:
    for title, path, models in TABLES:
        yield f"## {title}\n\n`{path}`\n"
        for model in models:
            if len(models) > 1:
                yield f"### {_name(model)}\n"
            about = (model.__doc__ or "").strip().partition("\n\n")[0]
            yield f"{' '.join(about.replace('``', '`').split())}\n"
            yield "| Field | Kind | Default | Meaning |"
            yield "| --- | --- | --- | --- |"
            for name, field in model.model_fields.items():
                yield f"| {name} | {_kind(field)} | {_default(field)} | {field.description or ''} |"
            yield ""


def _name(model: type[BaseModel]) -> str:
    for tag in ("charge_model", "kind"):
        if tag in model.model_fields:
            words = get_args(model.model_fields[tag].annotation)
            return ", ".join(f'`{tag} = "{word}"`' for word in words)
    return model.__name__


def _kind(field: FieldInfo) -> str:
    bounds = [str(rule).replace("Ge(ge=", "≥ ").replace("Gt(gt=", "> ").replace("Le(le=", "≤ ")
              .rstrip(")") for rule in field.metadata
              if type(rule).__name__ in ("Ge", "Gt", "Le")]  # fmt: skip
    return " ".join([_type_name(field.annotation), *bounds])


def _type_name(kind: Any) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if str(origin) == "typing.Literal":
        return " or ".join(f"`{word}`" for word in arguments)
    if origin in (tuple, list):
        return f"list of {_type_name(arguments[0])}"
    if origin is dict:
        return "table"
    if str(origin) == "typing.Annotated":
        return _type_name(arguments[0])
    if arguments:
        names = [_type_name(one) for one in arguments if one is not type(None)]
        return names[0] if len(set(names)) == 1 else "table"
    names_of = {"float": "number", "int": "whole number", "str": "text", "bool": "true or false",
                "date": "date or time"}  # fmt: skip
    name = getattr(kind, "__name__", str(kind))
    return names_of.get(name, "table")


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined or field.is_required():
        return "required"
    value = field.default
    if value is None or value in ((), {}):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
