"""The format of price books, described from its models: a JSON schema, and a page for readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from lmprice.billing import accounts, book, charges, conditions
from lmprice.billing.field_examples import EXAMPLES, UNITS, of_field
from lmprice.billing.meters import METERS

# What charges have in common is said once.
_SHARED = (charges.Charge, charges.CountedCharge, charges.EventCharge)
_SHARED_BY = {
    charges.Charge: "Every charge",
    charges.CountedCharge: "Charges on a total: all but context and off_peak",
    charges.EventCharge: "Charges that may price each row: standard and percentage",
}

# Each table with its models, in the order of a reader.
TABLES: tuple[tuple[str, str, tuple[type[BaseModel], ...]], ...] = (
    ("The book", "(top of the file)", (book.PriceBook,)),
    ("Rates of currencies", "[[rates]]", (book.Rate,)),
    ("Names of models", "[[models]]", (book.ModelNames,)),
    ("Sources of rows", "[[sources]]", (book.Source,)),
    ("Conditions", "when = { column = { ... } }", (conditions.Comparison,)),
    ("Factors", "[[factors]], [[charges.factors]]", (book.BookFactor,)),
    ("Charges", "[[charges]], [[plans.charges]], [[accounts.charges]]",
     (*_SHARED, *get_args(get_args(charges.AnyCharge)[0]))),
    ("Tiers", "tiers = [...]", (charges.Tier, charges.RateTier, charges.Block)),
    ("Steps of length", "steps = [...]", (charges.Step,)),
    ("Peak hours", "peak_hours = [...]", (charges.Window,)),
    ("Plans", "[[plans]]", (accounts.Plan,)),
    ("Fees", "[[plans.fees]]", (accounts.Fee,)),
    ("Allowances", "[[plans.allowances]]", (accounts.Allowance,)),
    ("Discounts", "[[plans.discounts]]", (accounts.Discount,)),
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
            yield "| Field | Kind | Unit | Default | Meaning | Example |"
            yield "| --- | --- | --- | --- | --- | --- |"
            for name, field in _own_fields(model):
                unit = of_field(UNITS, model.__name__, name)
                cells = (name, _kind(field), unit, _default(field), field.description or "")
                example = of_field(EXAMPLES, model.__name__, name)
                if words := _choices(field.annotation):
                    example = example if example in words else words[0]
                yield f"| {' | '.join(cells)} | `{example}` |"
            yield ""


def _own_fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """The fields of a model; of a charge those that it does not share with others."""
    shared: set[str] = set()
    for base in _SHARED:
        if issubclass(model, base) and model is not base:
            shared |= set(base.model_fields)
    yield from ((name, f) for name, f in model.model_fields.items() if name not in shared)


def _name(model: type[BaseModel]) -> str:
    if model in _SHARED_BY:
        return _SHARED_BY[model]
    for tag in ("charge_model", "kind"):
        if tag in model.model_fields:
            words = get_args(model.model_fields[tag].annotation)
            return ", ".join(f'`{tag} = "{word}"`' for word in words)
    return model.__name__


def _kind(field: FieldInfo) -> str:
    return " ".join([_type_name(field.annotation), *_bounds(field.metadata)])


def _choices(kind: Any) -> list[str]:
    """The words that a field may hold, as TOML writes them."""
    if get_origin(kind) is Literal:
        return [f'"{w}"' if isinstance(w, str) else str(w) for w in get_args(kind)]
    return [word for one in get_args(kind) for word in _choices(one)] if not _is_list(kind) else []


def _is_list(kind: Any) -> bool:
    return get_origin(kind) in (tuple, list)


_NAMES = {"float": "number", "int": "whole number", "str": "text", "bool": "true or false",
          "date": "date or time"}  # fmt: skip


def _type_name(kind: Any) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return " or ".join(f"`{word}`" for word in arguments)
    if origin in (tuple, list):
        name = _type_name(arguments[0])
        return f"list of {name}" + ("s" if name in ("text", "table") else "")
    if origin is dict:
        return "table"
    if origin is Annotated:
        return " ".join([_type_name(arguments[0]), *_bounds(arguments[1:])])
    if arguments:  # a union, or something that may be missing
        names = dict.fromkeys(_type_name(one) for one in arguments if one is not type(None))
        return next(iter(names)) if len(names) == 1 else "table"
    return _NAMES.get(getattr(kind, "__name__", str(kind)), "table")


def _bounds(metadata: Iterable[Any]) -> list[str]:
    found: list[str] = []
    for rule in metadata:
        if isinstance(rule, FieldInfo):
            found += _bounds(rule.metadata)
        for name, sign in (("ge", "≥"), ("gt", ">"), ("le", "≤")):
            bound = getattr(rule, name, None)
            if bound is not None and type(rule).__name__.lower() == name:
                found.append(f"{sign} {bound:g}")
    return found


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
