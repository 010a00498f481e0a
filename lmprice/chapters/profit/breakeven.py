"""Breakeven: the quantity, price, volume change or time at which nothing is won or lost."""

from __future__ import annotations

from lmprice.chapters.tokens.functions import serving_cost
from lmprice.language.expression import log, maximum, nan, ratio, sqrt, total, where
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import (
    LEFT_OUT,
    BreakevenPrice,
    BreakevenQuantity,
    BreakevenRevenue,
    BreakevenTokens,
    BreakevenUtilization,
    CompositeUnits,
    Decline,
    FirstMargin,
    FixedCost,
    FixedCostChange,
    GpuHourPrice,
    Investment,
    Linear,
    Margin,
    Mix,
    MonthlyCapacity,
    MonthlyFixedCost,
    NewPrice,
    NewUnitCost,
    Periods,
    PositiveQuadratic,
    PriceChange,
    ProfitMaximizingQuantity,
    Quadratic,
    Quantity,
    SalesChange,
    TargetProfit,
    TargetQuantity,
    TaxRate,
    TokenPrice,
    TokensPerSecond,
    TokenVariableCost,
    UnitCost,
    UnitPrice,
)
from lmprice.language.terms import Column

CATEGORY = "breakeven"

# A curve that touches zero in decimals, or margins that add up only in the limit, may be off by a
# rounding error in binary; what differs by less than this counts as equal.
ROUNDING = 1e-12
TOUCHING = 1 + ROUNDING


@pricing_function("LMBREAKEVEN", CATEGORY)
def breakeven_quantity(
    price: UnitPrice, unit_cost: UnitCost, fixed_cost: FixedCost
) -> BreakevenQuantity:
    """Breakeven quantity: fixed cost divided by the contribution margin of a unit.

    Notes
    -----
    NaN when the price does not exceed the unit cost: then no quantity breaks even.

    Examples
    --------
    >>> breakeven_quantity(20, 10, 100)
    10.0
    >>> breakeven_quantity(8, 10, 100)
    nan
    """
    margin = price - unit_cost
    return where(margin > 0, fixed_cost / margin, nan)


@pricing_function("LMBREAKEVENREV", CATEGORY)
def breakeven_revenue(
    price: UnitPrice, unit_cost: UnitCost, fixed_cost: FixedCost
) -> BreakevenRevenue:
    """Breakeven revenue: the revenue at the breakeven quantity.

    Notes
    -----
    NaN when the price does not exceed the unit cost.

    Examples
    --------
    >>> breakeven_revenue(20, 10, 100)
    200.0
    """
    margin = price - unit_cost
    return where(margin > 0, price * fixed_cost / margin, nan)


@pricing_function("LMBREAKEVENPRICE", CATEGORY)
def breakeven_price(
    quantity: Quantity, unit_cost: UnitCost, fixed_cost: FixedCost
) -> BreakevenPrice:
    """Breakeven price: unit cost plus the share of fixed cost that each unit carries.

    Notes
    -----
    NaN at quantity 0.

    Examples
    --------
    >>> breakeven_price(100, 10, 100)
    11.0
    """
    return unit_cost + ratio(fixed_cost, quantity)


@pricing_function("LMTARGETQTY", CATEGORY)
def target_quantity(
    price: UnitPrice,
    unit_cost: UnitCost,
    fixed_cost: FixedCost,
    target_profit: TargetProfit,
    tax_rate: TaxRate = 0,
) -> TargetQuantity:
    """Quantity that earns a target profit after tax.

    Notes
    -----
    (F + target / (1 - tax rate)) / (p - c).  NaN when the price does not exceed the unit cost.

    Examples
    --------
    >>> target_quantity(100, 20, 18000, 24000, 0.4)
    725.0
    """
    margin = price - unit_cost
    return where(margin > 0, (fixed_cost + target_profit / (1 - tax_rate)) / margin, nan)


@pricing_function("LMBREAKEVENLOW", CATEGORY)
def quadratic_breakeven_low(
    price: UnitPrice, quadratic: PositiveQuadratic, linear: Linear, fixed_cost: FixedCost
) -> BreakevenQuantity:
    """Lower breakeven quantity under a quadratic cost function: profit begins above it.

    Notes
    -----
    The smaller root of a x² + (b - p) x + F, written as 2 F / (p - b + root) so that nearly equal
    numbers are not subtracted.  NaN when the price does not reach the linear coefficient or the
    roots are not real: then no quantity breaks even.

    Examples
    --------
    >>> round(quadratic_breakeven_low(20, 0.1, 10, 100), 4)
    11.2702
    """
    margin = price - linear
    root = sqrt(maximum(margin**2 - 4 * quadratic * fixed_cost, 0))
    low = where(fixed_cost > 0, 2 * fixed_cost / (margin + root), 0)
    return where((margin >= 0) & (4 * quadratic * fixed_cost <= margin**2 * TOUCHING), low, nan)


@pricing_function("LMBREAKEVENHIGH", CATEGORY)
def quadratic_breakeven_high(
    price: UnitPrice, quadratic: PositiveQuadratic, linear: Linear, fixed_cost: FixedCost
) -> BreakevenQuantity:
    """Upper breakeven quantity under a quadratic cost function: profit ends above it.

    Notes
    -----
    The larger root of a x² + (b - p) x + F.  NaN when the price does not reach the linear
    coefficient or the roots are not real: then no quantity breaks even.

    Examples
    --------
    >>> round(quadratic_breakeven_high(20, 0.1, 10, 100), 4)
    88.7298
    """
    margin = price - linear
    root = sqrt(maximum(margin**2 - 4 * quadratic * fixed_cost, 0))
    high = (margin + root) / (2 * quadratic)
    return where((margin >= 0) & (4 * quadratic * fixed_cost <= margin**2 * TOUCHING), high, nan)


@pricing_function("LMMAXPROFITQTY", CATEGORY)
def profit_maximizing_quantity(
    price: UnitPrice, quadratic: Quadratic, linear: Linear
) -> ProfitMaximizingQuantity:
    """Quantity with the highest profit under a quadratic cost function: price meets marginal cost.

    Notes
    -----
    (p - b) / 2a, and 0 when the price is below the linear coefficient.  NaN unless the quadratic
    coefficient is above 0: otherwise profit has no peak.

    Examples
    --------
    >>> profit_maximizing_quantity(20, 0.1, 10)
    50.0
    """
    return where(quadratic > 0, maximum(price - linear, 0) / (2 * quadratic), nan)


@pricing_function("LMBREAKEVENLIFT", CATEGORY)
def breakeven_sales_change(price_change: PriceChange, margin: Margin) -> SalesChange:
    """Change in quantity that keeps the contribution after a price change.

    Notes
    -----
    -d / (m + d), both as fractions of the old price.  NaN when nothing is left of the margin (no
    quantity recovers the cut) or when there was none before.  Source: Nagle and Müller, *The
    Strategy and Tactics of Pricing*, breakeven sales change.

    Examples
    --------
    >>> breakeven_sales_change(-0.2, 0.5)
    0.6666666666666667
    """
    return where(
        (margin >= 0) & (margin + price_change > 0), -price_change / (margin + price_change), nan
    )


@pricing_function("LMREQUIREDLIFT", CATEGORY)
def required_sales_change(
    quantity: Quantity,
    price: UnitPrice,
    unit_cost: UnitCost,
    new_price: NewPrice,
    new_unit_cost: NewUnitCost,
    fixed_cost_change: FixedCostChange = 0,
) -> SalesChange:
    """Change in quantity that keeps the profit when price, unit cost and fixed cost all change.

    Notes
    -----
    (CM0 + dF / x) / CM1 - 1 with the contribution margins before and after.  NaN at quantity 0,
    when the new price does not exceed the new unit cost, or when the fixed cost saved outweighs the
    old contribution.

    Examples
    --------
    >>> round(required_sales_change(4000, 10, 5.5, 9.5, 5.5, 800), 12)
    0.175
    """
    needed = price - unit_cost + ratio(fixed_cost_change, quantity)
    margin = new_price - new_unit_cost
    return where((margin > 0) & (needed >= 0), needed / margin - 1, nan)


@pricing_function("LMBREAKEVENMIX", CATEGORY)
def mix_breakeven(
    prices: Column[UnitPrice],
    unit_costs: Column[UnitCost],
    mix: Column[Mix],
    fixed_cost: FixedCost,
) -> CompositeUnits:
    """Breakeven of several products sold in a constant mix, in composite units.

    Notes
    -----
    F / Σ mix (p - c).  One composite unit holds ``mix`` of each product.  NaN when a composite unit
    earns nothing.

    Examples
    --------
    >>> round(mix_breakeven([6.25, 7.75, 9.25], [3.25, 4.5, 6.25], [5, 3, 2], 145000), 2)
    4715.45
    """
    contribution = total(mix * (prices - unit_costs))
    return where(contribution > 0, fixed_cost / contribution, nan)


@pricing_function("LMSELFHOST", CATEGORY)
def selfhost_breakeven_mtok(
    monthly_fixed_cost: MonthlyFixedCost,
    api_price: TokenPrice,
    variable_cost: TokenVariableCost = 0,
    capacity: MonthlyCapacity = LEFT_OUT,
) -> BreakevenTokens:
    """Monthly volume, in million tokens, above which self-hosting is cheaper than an API.

    Notes
    -----
    Fixed cost divided by what each million tokens saves.  NaN when the API price does not exceed
    the variable cost of self-hosting, or when that volume is beyond the capacity that the fixed
    cost pays for: then more hardware does not make it cheaper either.  Without a capacity the
    hardware is taken to serve any volume, which no hardware does.

    Examples
    --------
    >>> selfhost_breakeven_mtok(9000, 10, 1, 1840)
    1000.0

    A GPU at $2.50 an hour that can serve 1,840 million tokens a month (700 a second) would need
    3,042 million at $0.60:

    >>> selfhost_breakeven_mtok(1825, 0.6, 0, 1840)
    nan
    """
    saving = api_price - variable_cost
    volume = where(saving > 0, monthly_fixed_cost / saving, nan)
    return where(volume <= capacity, volume, nan)


@pricing_function("LMBREAKEVENUTIL", CATEGORY)
def breakeven_utilization(
    gpu_hour_price: GpuHourPrice, tokens_per_second: TokensPerSecond, price: TokenPrice
) -> BreakevenUtilization:
    """Utilization at which the token price just covers the hardware.

    Notes
    -----
    The serving cost at full load divided by the price.  NaN when even full load does not cover the
    hardware.

    Examples
    --------
    >>> round(breakeven_utilization(2.5, 700, 2), 4)
    0.496
    """
    full_load = serving_cost(gpu_hour_price, tokens_per_second)
    return where(full_load <= price, ratio(full_load, price), nan)


@pricing_function("LMPAYBACK", CATEGORY)
def payback_periods(investment: Investment, first_margin: FirstMargin, decline: Decline) -> Periods:
    """Periods until a margin that shrinks by a constant share each period repays an investment.

    Notes
    -----
    ln(1 - K d / M) / ln(1 - d), and K / M without decline.  NaN when the margins never add up to
    the investment.

    Examples
    --------
    >>> round(payback_periods(1000, 400, 0.2), 4)
    3.1063
    """
    left = 1 - ratio(investment * decline, first_margin)
    shrinking = log(left) / log(1 - decline) + 0.0  # of nothing to pay back, 0 and not -0
    return where(left > ROUNDING, where(decline > 0, shrinking, investment / first_margin), nan)
