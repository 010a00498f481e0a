"""Trends by group, and trends as frames."""

from __future__ import annotations

import pickle

import pandas as pd
import pytest

from lmprice import PricingError, fit_decline

DATES = ["2024-01-01", "2024-07-01", "2025-01-01"]
PRICES = [4.0, 2.0, 1.0]


def test_each_group_is_fitted_by_itself() -> None:
    fits = fit_decline([*DATES, *DATES], [*PRICES, *PRICES[::-1]], by=["us"] * 3 + ["them"] * 3)
    assert list(fits) == ["us", "them"]
    assert fits["us"].annual_factor == fit_decline(DATES, PRICES).annual_factor
    assert fits["them"].annual_factor < 1
    assert str(fits).startswith("us: Price of one product")
    assert pickle.loads(pickle.dumps(fits))["us"].n == 3


def test_quality_by_group() -> None:
    dates, prices = [*DATES, "2025-06-01"] * 2, [4.0, 2.5, 1.4, 1.1] * 2
    quality = [1.0, 3, 2, 5] * 2
    fits = fit_decline(dates, prices, quality=quality, by=["a"] * 4 + ["b"] * 4)
    alone = fit_decline(dates[:4], prices[:4], quality=quality[:4])
    assert fits["b"].annual_factor == alone.annual_factor


def test_a_frame_in_and_frames_out() -> None:
    frame = pd.DataFrame({"day": DATES, "price": PRICES, "vendor": "us"})
    fits = fit_decline(frame["day"], frame["price"], by=frame["vendor"])
    table = fits.to_pandas()
    assert table.loc[0, "group"] == "us"
    assert table.loc[0, "annual_factor"] == fits["us"].annual_factor
    assert fits.to_polars()["n"].to_list() == [3]
    assert fits["us"].to_dicts()[0]["factor_low"] == fits["us"].interval.low
    assert "&quot;" not in fits._repr_html_()
    assert fits["us"]._repr_html_().startswith("<pre>Price of one product")


def test_what_is_wrong_names_the_row_and_the_group() -> None:
    with pytest.raises(PricingError, match=r"prices\[3\] 0 is not above 0 \(of 'b'\)"):
        fit_decline([*DATES, *DATES], [*PRICES, 0.0, 2.0, 1.0], by=["a"] * 3 + ["b"] * 3)
    with pytest.raises(PricingError, match="by 2 is the number of rows, but dates has 3"):
        fit_decline(DATES, PRICES, by=["a", "b"])
