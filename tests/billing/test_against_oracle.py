"""Random books and logs cost the same cents by lmprice as by the independent calculator."""

from __future__ import annotations

import pytest

from tests.billing.differential import differences
from tests.billing.random_books import draw_case

BOOKS = 60


@pytest.mark.engine
@pytest.mark.parametrize("ten", range(BOOKS // 10))
def test_every_cent_of_random_books(ten: int) -> None:
    failed = {
        seed: found
        for seed in range(10 * ten, 10 * ten + 10)
        if (found := differences(draw_case(seed)))
    }
    assert not failed, "python -m tests.billing.differential --books 1 --seed SEED shows it small"


def test_the_books_have_what_changes_in_a_month() -> None:
    """The sample is one of the books that the rule of a bill is about."""
    features = {feature for seed in range(BOOKS) for feature in draw_case(seed).features}
    assert features >= {
        *("plan change", "price version", "credit", "coupon", "commitment"),
        *("price with a condition", "time zone of the book", "graduated", "volume", "top_tier"),
    }
