"""Breaks in trend: found where there is one, and at the stated rate where there is none."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from lmprice.chapters.decline.breaks import LEVEL, MOST_BREAKS, find_breaks
from lmprice.chapters.decline.fit import fit_decline
from tests.chapters.decline.histories import OPENAI, dates_of, exponential


def line(times: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(times)), times])


def test_openai_turns_after_august_2025() -> None:
    fit = fit_decline(list(OPENAI), list(OPENAI.values()))
    assert fit.breaks == (date(2025, 11, 13),)
    assert "Break in trend at 2025-11-13: one line does not describe these prices." in str(fit)
    falling, rising = fit.segments
    assert (falling.first, falling.last, falling.n) == (date(2023, 3, 14), date(2025, 8, 7), 6)
    assert (rising.first, rising.last, rising.n) == (date(2025, 11, 13), date(2026, 4, 23), 4)
    assert falling.annual_factor > 1 > rising.annual_factor
    assert "2025-11-13 to 2026-04-23, 4 prices: rises" in str(fit)
    assert fit.latest is rising
    assert rising.latest is rising
    # The segments are fits of their own rows, and the whole is that of all.
    dates, prices = list(OPENAI), list(OPENAI.values())
    assert fit_decline(dates[:6], prices[:6]).annual_factor == falling.annual_factor
    days = np.array(dates, dtype="datetime64[D]").astype(int)
    slope = np.polyfit(days, np.log(prices), 1)[0]
    assert fit.annual_factor == pytest.approx(np.exp(-365 * slope))


def test_the_statistic_is_chows() -> None:
    # Chow's F of every cut, from three fits by NumPy.
    days = np.array(list(OPENAI), dtype="datetime64[D]").astype(float)
    logs = np.log(list(OPENAI.values()))

    def left(rows: slice) -> float:
        fitted = np.polyval(np.polyfit(days[rows] - days[0], logs[rows], 1), days[rows] - days[0])
        return float(np.sum((logs[rows] - fitted) ** 2))

    statistics = {}
    for cut in range(3, 8):
        apart = left(slice(0, cut)) + left(slice(cut, 10))
        statistics[cut] = (left(slice(0, 10)) - apart) / 2 / (apart / 6)
    (found,) = find_breaks(line(days - days[0]), logs, days)
    assert found.row == max(statistics, key=lambda cut: statistics[cut]) == 6
    assert found.statistic == pytest.approx(statistics[6], rel=1e-6)
    assert found.p_value <= LEVEL


def test_a_break_in_a_long_series_is_found_to_the_row() -> None:
    # The best of all cuts, from two fits by NumPy on either side of each near the turn.
    rows, turn = 20_000, 7_123
    times = np.arange(rows, dtype=np.float64)
    noise = np.random.default_rng(5).normal(0, 0.02, rows)
    logs = -times / 9_000 + np.where(times < turn, 0, 0.1 - (times - turn) / 5_000) + noise

    def left(part: slice) -> float:
        line = np.polynomial.Polynomial.fit(times[part], logs[part], 1)
        return float(np.sum((logs[part] - line(times[part])) ** 2))

    both = {cut: left(slice(cut)) + left(slice(cut, rows)) for cut in range(turn - 9, turn + 9)}
    best = min(both, key=lambda cut: both[cut])
    (found,) = find_breaks(line(times), logs, times)
    assert found.row == best
    chow = (left(slice(rows)) - both[best]) / 2 / (both[best] / (rows - 4))
    # The statistic is that of the nearest of forty dates.
    assert 0.5 * chow < found.statistic <= chow * (1 + 1e-9)


@pytest.mark.engine
@pytest.mark.parametrize("rows", [6, 9, 14, 30, 200])
def test_no_break_in_clean_exponentials(rows: int) -> None:
    # At a level of 1 % more than 8 of 200 has a probability of 0.02 %.
    seeds = 200 if rows < 30 else 50
    broken = sum(bool(fit_decline(*exponential(seed, rows)).breaks) for seed in range(seeds))
    assert broken <= 8


@pytest.mark.parametrize("rows", [3, 4, 5])
def test_too_few_rows_for_a_break(rows: int) -> None:
    assert fit_decline(dates_of([*range(rows)]), [9.0, 1.0, 8.0, 2.0, 9.0][:rows]).breaks == ()


def test_exact_lines_have_no_break() -> None:
    days = np.arange(0, 900, 30)
    assert fit_decline(dates_of(days), 40 * 3.0 ** (-days / 365)).breaks == ()
    assert fit_decline(dates_of(days), np.full(len(days), 0.1)).breaks == ()


def test_exact_lines_that_turn() -> None:
    days = np.arange(0, 900, 30)
    prices = np.where(days < 450, 40 * 3.0 ** (-days / 365), 8 * 2.0 ** (days / 365))
    fit = fit_decline(dates_of(days), prices)
    assert fit.breaks == (dates_of([450])[0],)
    assert [s.annual_factor for s in fit.segments] == pytest.approx([3, 0.5])


def test_several_breaks_in_order() -> None:
    days = np.arange(1200)
    level = np.select([days < 300, days < 700, days < 820], [30.0, 3.0, 20.0], 0.5)
    fit = fit_decline(dates_of(days), level)
    assert fit.breaks == tuple(dates_of([300, 700, 820]))
    assert [s.n for s in fit.segments] == [300, 400, 120, 380]
    assert "Breaks in trend at" in str(fit)


def test_no_more_breaks_than_said() -> None:
    days = np.arange(1600)
    fit = fit_decline(dates_of(days), 2.0 ** (days // 160 % 2))
    assert len(fit.breaks) == MOST_BREAKS


@pytest.mark.engine
def test_a_break_in_noise_is_found_near_its_date() -> None:
    found = []
    for seed in range(20):
        dates, prices = exponential(seed, 2000, noise=0.2)
        turn = dates_of([600])[0]
        broken = [p if d < turn else 3 * p for d, p in zip(dates, prices, strict=True)]
        found.append(fit_decline(dates, broken).breaks)
    assert all(len(breaks) >= 1 for breaks in found)
    assert all(min(abs((b - turn).days) for b in breaks) <= 3 for breaks in found)


def test_prices_of_one_date_are_never_split() -> None:
    random = np.random.default_rng(5)
    days = np.repeat(np.arange(8) * 60, 5)
    prices = np.where(days < 240, 10.0, 1.0) * np.exp(0.1 * random.normal(size=40))
    fit = fit_decline(dates_of(days), prices, basis="lineage")
    assert fit.breaks == (dates_of([240])[0],)
    assert [s.n for s in fit.segments] == [20, 20]


def test_the_same_answer_every_time() -> None:
    dates, prices = exponential(1, 40)
    times = np.array(dates, dtype="datetime64[D]").astype(float)
    logs = np.log(prices) + (times > times[20])
    first = find_breaks(line(times - times[0]), logs, times)
    assert first
    assert find_breaks(line(times - times[0]), logs, times) == first


def test_a_quality_that_is_the_same_on_one_side() -> None:
    random = np.random.default_rng(2)
    days = np.arange(0, 1200, 20)
    quality = np.where(days < 600, 1.0, random.uniform(1, 3, len(days)))
    prices = np.exp(quality - days / 365 + (days >= 600) * 2 + 0.05 * random.normal(size=len(days)))
    fit = fit_decline(dates_of(days), prices, quality=quality)
    assert dates_of([600])[0] in fit.breaks
    assert fit.segments[0].mean_quality == ()
    assert len(fit.segments[-1].mean_quality) == 1
