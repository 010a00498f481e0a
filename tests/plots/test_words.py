"""Charts in other words: another currency is there when they are drawn."""

from __future__ import annotations

import pytest
from matplotlib.text import Text

from lmprice import PricingError, plots
from lmprice.scenarios import Breakeven, Discounts


def test_charts_of_a_scenario_in_another_currency() -> None:
    def words(text: str) -> str:
        return text.replace("USD", "CNY")

    for figure in (
        plots.curves(Breakeven(), words=words),
        plots.comparison(Discounts(), words=words),
    ):
        shown = " ".join(text.get_text() for text in figure.findobj(match=Text))
        assert "CNY" in shown
        assert "USD" not in shown
    with pytest.raises(PricingError, match="words 5 is not a function"):
        plots.curves(Breakeven(), words=5)  # type: ignore[arg-type]
