"""Drivers: paths by hand, contributions that add up, ranges, the year profit turns."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmprice import Drivers, PricingError, project_drivers

ALL = Drivers(
    hardware=(0.2, 0.3, 0.35),
    algorithms=(0.3, 0.5, 0.6),
    open_source=0.1,
    competition=(0.1, 0.2, 0.4),
    demand_growth=(0.5, 1, 1.5),
    elasticity=(-1.3, -1, -0.7),
)

decline = st.floats(-0.3, 0.9)
drivers = st.builds(
    Drivers,
    hardware=decline,
    algorithms=decline,
    open_source=decline,
    competition=decline,
    demand_growth=st.floats(-0.5, 3),
    elasticity=st.floats(-3, 0),
)


def ordered(low: float, high: float) -> st.SearchStrategy[tuple[float, float, float]]:
    """Three rates in ascending order."""
    three = st.tuples(*[st.floats(low, high)] * 3)
    return three.map(lambda rates: tuple(sorted(rates)))


def test_by_hand() -> None:
    # Cost 10 falls by half a year; the markup of 1 by a fifth; volume doubles and price works on
    # it with elasticity -1, so that revenue doubles.
    path = project_drivers(100, 20, 10, 600, Drivers(0.5, 0, 0, 0.2, 1.0, -1.0), years=2).base
    assert path.year.tolist() == [0, 1, 2]
    assert path.unit_cost == pytest.approx([10, 5, 2.5])
    assert path.price == pytest.approx([20, 9, 2.5 * 1.64])
    assert path.volume == pytest.approx([100, 4000 / 9, 8000 / 4.1])
    assert path.revenue == pytest.approx([2000, 4000, 8000])
    assert path.profit == pytest.approx([400, 4000 - 20000 / 9 - 600, 8000 / 4.1 * 1.6 - 600])
    assert path.price_contributions == pytest.approx(
        {
            "hardware": 2 * math.log(0.5),
            "algorithms": 0,
            "open_source": 0,
            "competition": math.log(1.64 / 2),
        }
    )
    assert path.volume_contributions["demand_growth"] == pytest.approx(2 * math.log(2))
    assert path.volume_contributions["hardware"] == pytest.approx(2 * math.log(2))


def test_the_year_profit_turns() -> None:
    def turn(fixed_cost: float, forces: Drivers) -> int | None:
        return project_drivers(100, 20, 10, fixed_cost, forces, years=5).base.turn

    # 1000 of margin, halved each year: 1000, 500, 250, ... against 300.
    assert turn(300, Drivers(competition=0.5)) == 2
    assert turn(0, Drivers(competition=0.5)) is None
    # Doubled each year against 3000: 1000, 2000, 4000.
    assert turn(3000, Drivers(demand_growth=1)) == 2
    assert turn(1e9, Drivers(demand_growth=1)) is None
    # Breaking even counts as no loss: 1000, 500 against 500.
    assert turn(500, Drivers(competition=0.5)) == 2


def test_paces() -> None:
    assert ALL.at("slow") == {
        "hardware": 0.2, "algorithms": 0.3, "open_source": 0.1, "competition": 0.1,
        "demand_growth": 0.5, "elasticity": -0.7,
    }  # fmt: skip
    assert ALL.at("fast")["elasticity"] == -1.3
    assert ALL.at("base")["elasticity"] == -1
    projected = project_drivers(1, 10, 4, 0, ALL, years=3)
    # 4 * (0.65 * 0.4 * 0.9)³ * (1 + 1.5 * 0.6³) and 4 * (0.8 * 0.7 * 0.9)³ * (1 + 1.5 * 0.9³)
    assert projected.fast.price[-1] == pytest.approx(4 * 0.234**3 * 1.324)
    assert projected.slow.price[-1] == pytest.approx(4 * 0.504**3 * 2.0935)


def test_what_it_says() -> None:
    said = str(project_drivers(100, 20, 10, 300, Drivers(competition=0.5), years=3))
    assert "The price falls from 20 to 11.25 in 3 years" in said
    assert "  competition   100.0 %" in said
    assert "The unit cost stays at 10, the markup goes from 100.0 % to 12.5 %." in said
    assert "Profit goes from 700 to -175; it turns in year 2." in said
    rising = str(project_drivers(100, 20, 10, 300, Drivers(hardware=-0.1), years=1))
    assert "The price rises from 20 to 22 in 1 year (" in rising
    assert "1.1 times dearer a year" in rising
    still = str(project_drivers(100, 20, 10, 300, Drivers(), years=1))
    assert still.startswith("The price stays at 20.\n")
    assert "hardware" not in still
    assert "the markup stays at 100.0 %." in still
    assert still.endswith("The volume stays at 100.\nProfit stays at 700.")


def test_nothing_is_not_said_to_change() -> None:
    none = str(project_drivers(0, 20, 10, 0, Drivers(competition=0.5, demand_growth=1), years=2))
    assert none.endswith("The volume stays at 0.\nProfit stays at 0.")
    # The price falls to half, which at an elasticity of 1 makes up for what demand loses.
    forces = Drivers(hardware=0.5, demand_growth=-0.5, elasticity=-1)
    even = str(project_drivers(100, 20, 10, 0, forces, years=1))
    assert "stays at 100" in even
    two = Drivers(hardware=0.75, competition=0, demand_growth=-0.75, elasticity=-1.0000001)
    near = str(project_drivers(100, 20, 10, 0, two, years=1))
    assert "The volume is as large as today: 0.25 times by its own growth, 4 times by" in near


def test_one_cause_of_volume_is_named_alone() -> None:
    grown = str(project_drivers(100, 10, 10, 0, Drivers(demand_growth=1), years=3))
    assert "The volume is 8 times as large, by its own growth." in grown
    drawn = str(project_drivers(100, 20, 10, 0, Drivers(hardware=0.5, elasticity=-1), years=3))
    assert "The volume is 8 times as large, by the price." in drawn


def test_a_pace_is_one_of_three() -> None:
    with pytest.raises(PricingError, match=r"pace 'quick' is none of slow, base, fast"):
        ALL.at("quick")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"quantity": -1}, r"quantity -1 is below 0"),
        ({"price": 0}, r"price 0 is not above 0"),
        ({"price": 9}, r"price 9 is below the unit cost 10"),
        ({"unit_cost": 0}, r"unit_cost 0 is not above 0"),
        ({"fixed_cost": math.nan}, r"fixed_cost nan is not a number"),
        ({"drivers": None}, r"drivers None is not Drivers"),
        ({"drivers": {"hardware": 0.3}}, r"drivers {'hardware': 0\.3} is not Drivers"),
        ({"quantity": None}, r"quantity None is not a number"),
        ({"price": "20"}, r"price '20' is not a number"),
        ({"years": "5"}, r"years '5' is not a whole number"),
        ({"years": 0}, r"years 0 is not a whole number of at least 1"),
        ({"years": 1.5}, r"years 1\.5 is not a whole number"),
        ({"years": True}, r"years True is not a whole number"),
        ({"drivers": Drivers(demand_growth=1e300)}, r"years 5 is so far ahead"),
        ({"drivers": Drivers(hardware=1 - 1e-15), "years": 50}, r"years 50 is so far ahead"),
    ],
)
def test_invalid(changed: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {
        "quantity": 100, "price": 20, "unit_cost": 10, "fixed_cost": 0, "drivers": Drivers(),
    }  # fmt: skip
    with pytest.raises(PricingError, match=f"project_drivers: {message}"):
        project_drivers(**(arguments | changed))


@pytest.mark.parametrize(
    ("forces", "message"),
    [
        ({"hardware": 1}, r"hardware 1 is not below 1"),
        ({"competition": (0.1, 0.2, 1)}, r"competition\[2\] 1 is not below 1"),
        ({"demand_growth": -1}, r"demand_growth -1 is not above -1"),
        ({"elasticity": 0.5}, r"elasticity 0\.5 is above 0"),
        ({"algorithms": (0.3, 0.2, 0.1)}, r"algorithms \(0\.3, 0\.2, 0\.1\) is not in ascending"),
        ({"algorithms": (0.3, 0.4)}, r"algorithms \(0\.3, 0\.4\) is neither one rate nor three"),
        ({"open_source": "fast"}, r"open_source 'fast' is not a number"),
    ],
)
def test_invalid_forces(forces: dict[str, Any], message: str) -> None:
    with pytest.raises(PricingError, match=f"Drivers: {message}"):
        Drivers(**forces)


@given(drivers, st.floats(0.1, 100), st.floats(0, 10), st.integers(1, 15))
def test_contributions_add_up(forces: Drivers, unit_cost: float, markup: float, years: int) -> None:
    price = unit_cost * (1 + markup)
    path = project_drivers(1000, price, unit_cost, 0, forces, years).base
    change = math.log(path.price[-1] / path.price[0])
    parts = path.price_contributions
    size = sum(map(abs, parts.values())) + 1
    assert sum(parts.values()) == pytest.approx(change, abs=1e-12 * size)
    change = math.log(path.volume[-1] / path.volume[0])
    parts = path.volume_contributions
    size = sum(map(abs, parts.values())) + 1
    assert sum(parts.values()) == pytest.approx(change, abs=1e-12 * size)


@given(
    st.builds(
        Drivers,
        hardware=ordered(-0.2, 0.9),
        algorithms=ordered(-0.2, 0.9),
        open_source=ordered(-0.2, 0.9),
        competition=ordered(-0.2, 0.9),
    ),
    st.data(),
)
def test_any_rates_in_range_stay_between_slow_and_fast(
    forces: Drivers, data: st.DataObject
) -> None:
    drawn = {
        name: data.draw(st.floats(getattr(forces, name)[0], getattr(forces, name)[2]))
        for name in ("hardware", "algorithms", "open_source", "competition")
    }
    projected = project_drivers(10, 20, 10, 0, forces, years=4)
    inside = project_drivers(10, 20, 10, 0, Drivers(**drawn), years=4).base
    for name in ("price", "unit_cost"):
        assert (getattr(inside, name) >= getattr(projected.fast, name) * (1 - 1e-12)).all()
        assert (getattr(inside, name) <= getattr(projected.slow, name) * (1 + 1e-12)).all()
