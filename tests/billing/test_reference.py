"""The page of the format: every field with kind, meaning and an example that holds."""

from __future__ import annotations

import tomllib
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from lmprice.billing.field_examples import EXAMPLES, UNITS
from lmprice.billing.reference import TABLES, reference_page

MODELS = [model for _, _, models in TABLES for model in models]
FIELDS = [(model, name, field) for model in MODELS for name, field in model.model_fields.items()]


@pytest.mark.parametrize(
    ("model", "name", "field"), FIELDS, ids=[f"{m.__name__}.{n}" for m, n, _ in FIELDS]
)
def test_every_field_is_explained(model: type[BaseModel], name: str, field: FieldInfo) -> None:
    assert field.description
    if name in ("charge_model", "kind"):  # words of which the page shows the first
        return
    text = EXAMPLES.get(f"{model.__name__}.{name}", EXAMPLES.get(name, ""))
    example = tomllib.loads(f"x = {text}")["x"]
    rules: Any = (
        Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    )
    kind: TypeAdapter[Any] = TypeAdapter(rules)
    kind.validate_python(example)


def test_nothing_is_said_of_fields_that_are_not_there() -> None:
    known = {name for _, name, _ in FIELDS}
    known |= {f"{model.__name__}.{name}" for model, name, _ in FIELDS}
    assert {*EXAMPLES, *UNITS} <= known


def test_the_page_tells_kinds_apart() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in reference_page().splitlines()
        if line.startswith("| ")
    ]
    kinds = {row[0]: row[1] for row in rows}
    assert kinds["valid_until"] == "date or time"
    assert kinds["list_unit_price"] == "number ≥ 0"
    assert kinds["row_minimum"] == "number > 0"
    assert kinds["count_by"] == kinds["ignore"] == "list of texts"
    assert kinds["fees"] == "list of tables"
    assert kinds["covers"] == "list of `usage` or `fees` or `minimum` or `tax`"
    assert kinds["round_units"] == "`up` or `down` or `nearest`"
    assert not any("typing." in cell for row in rows for cell in row)
