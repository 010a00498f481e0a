"""Charts of what the library computes, in English and Chinese, for screen, paper and grey print.

Each function takes a result of the library and gives a figure of Matplotlib, which can be changed,
shown or saved; nothing is shown by itself, and the settings of Matplotlib stay as they are.

==========================  =======================================================
:func:`pricing_curve`       cost, revenue and profit, of ``simulate_pricing``
:func:`trend`               a price history and its trend, of ``fit_decline``
:func:`tornado`             which input moves a result most, of ``sensitivity``
:func:`waterfall`           how one price becomes another, of a scenario or a list
:func:`comparison`          alternatives of a scenario side by side
:func:`curves`              results of a scenario over a range of its inputs
:func:`histogram`           how a result is distributed, of ``monte_carlo``
:func:`convergence`         how its mean settles as draws are added
:func:`price_paths`         prices over time, of ``simulate_market``, ``compare_launches``
:func:`price_war`           what the answers to a rival's cut earn, of ``price_war``
:func:`save`                writes a figure to a .png, .svg or .pdf file
==========================  =======================================================

>>> from lmprice import plots, simulate_pricing
>>> figure = plots.pricing_curve(simulate_pricing(range(101), 20, 10, fixed_cost=100))
>>> figure.axes[0].get_xlabel()
'Quantity (units)'
"""

try:
    import matplotlib as _  # noqa: F401
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "charts need matplotlib: pip install 'lmprice[plot]'", name="matplotlib"
    ) from None

from lmprice.plots.bars import comparison, tornado
from lmprice.plots.canvas import save
from lmprice.plots.draws import convergence, histogram
from lmprice.plots.histories import price_paths, trend
from lmprice.plots.lines import curves, price_war, pricing_curve
from lmprice.plots.steps import Change, waterfall

__all__ = [
    "Change",
    "comparison",
    "convergence",
    "curves",
    "histogram",
    "price_paths",
    "price_war",
    "pricing_curve",
    "save",
    "tornado",
    "trend",
    "waterfall",
]


def __dir__() -> list[str]:
    return sorted(__all__)
