"""Worksheet functions of texts, which the registry, made for numbers, cannot hold.

Each is described here by hand, for the wizards of Excel and LibreOffice and for the reference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lmprice.language.terms import Text
from lmprice_excel import model_prices
from lmprice_excel.values import Block, Cell


@dataclass(frozen=True)
class TextParameter:
    """One parameter of a function of texts."""

    name: str
    help: Text
    unit: Text
    rule: Text | None = None
    left_out: Text | None = None
    """What counts when it is left out; None for one that may not be."""

    @property
    def is_optional(self) -> bool:
        """Whether the argument may be left out."""
        return self.left_out is not None


@dataclass(frozen=True)
class TextFunction:
    """A worksheet function of texts and everything that is known about it."""

    excel_name: str
    python_name: str
    category: str
    help: Text
    parameters: tuple[TextParameter, ...]
    package: str
    """What has to be installed for it."""
    note: str
    example: str
    """Arguments as they are typed into a cell."""
    example_result: str
    evaluate: Callable[..., Cell | Block]


_TEXT = Text("text", "文本")

MODEL_PRICE = TextFunction(
    excel_name=model_prices.NAME,
    python_name="billing.model_price",
    category="market",
    help=Text(
        "Market price of a model in USD per million tokens, as the package genai-prices has it.",
        "模型的市场价格（美元/百万 token），取自 genai-prices 软件包。",
    ),
    parameters=(
        TextParameter(
            "model",
            Text("Model as its vendor or a gateway writes it, such as gpt-4o", "模型名，如 gpt-4o"),
            _TEXT,
        ),
        TextParameter(
            "kind",
            Text("Which tokens are priced", "计价的 token 种类"),
            _TEXT,
            Text("input, cached, cache_write or output", "input、cached、cache_write 或 output"),
        ),
        TextParameter(
            "at",
            Text(
                "Day, or day and time in UTC, whose price counts", "按哪一天或哪一时刻（UTC）计价"
            ),
            Text("date", "日期"),
            left_out=Text("now", "当前时刻"),
        ),
        TextParameter(
            "provider",
            Text("Who sells it, such as azure", "由谁销售，如 azure"),
            _TEXT,
            left_out=Text("the vendor", "模型厂商"),
        ),
    ),
    package="genai_prices",
    note=(
        "A model that is not known gives `#N/A`. Needs `pip install 'lmprice[market]'`, whose "
        "installed version is the price list; nothing is fetched."
    ),
    example='"gpt-4o","output",DATE(2025,1,1)',
    example_result="10",
    evaluate=model_prices.evaluate,
)

TEXT_FUNCTIONS = (MODEL_PRICE,)
