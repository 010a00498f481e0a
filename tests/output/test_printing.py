"""Numbers as text, one by one and as the column of a table."""

from __future__ import annotations

import pytest

from lmprice.language.quantities import UnitPrice
from lmprice.language.terms import FRACTION, Term, Text, term
from lmprice.output.printing import column

NAN = float("nan")
SHARE = Term(Text("Share", "份额"), FRACTION, Text("", ""))


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1.7, 0.6, 0.5, -2], ["1.70", "0.60", "0.50", "-2.00"]),
        ([0.0000015, 0.0000025], ["0.000001500", "0.000002500"]),
        ([1234.6, 0.5, 0, NAN], ["1,235", "0.5", "0", "no answer"]),
        ([1234.6, -0.25], ["1,235", "-0.25"]),  # not 0
        ([NAN, 0.0], ["no answer", "0"]),
        ([], []),
    ],
)
def test_a_column_has_the_decimals_of_its_largest_number(
    values: list[float], texts: list[str]
) -> None:
    assert column(values, term(UnitPrice)) == texts


def test_shares_are_percentages() -> None:
    assert column([0.5, -0.0125], SHARE) == ["50.0 %", "-1.2 %"]
