"""A fleet of whole nodes under a load that changes over the day: utilization is a result."""

from __future__ import annotations

from lmprice.chapters.serving.quantities import (
    FleetUtilization,
    HourLoad,
    LeastNodes,
    MeanNodes,
    NodeCapacity,
    Nodes,
    SpareNodes,
)
from lmprice.language.expression import ceil, count, maximum, ratio, total
from lmprice.language.formula import pricing_function
from lmprice.language.terms import Column

CATEGORY = "serving"

# A node more for so small a part of its capacity would be for rounding.
_ROUNDING = 1e-9


@pricing_function("LMNODES", CATEGORY)
def fleet_nodes(
    load: HourLoad,
    capacity: NodeCapacity,
    redundancy: SpareNodes = 0,
    least_nodes: LeastNodes = 0,
) -> Nodes:
    """Whole nodes for a load: enough for all of it, those that may fail on top, and never fewer.

    Notes
    -----
    max(⌈load / capacity⌉ + redundancy, least nodes).

    Examples
    --------
    >>> fleet_nodes(41, 10, 1)
    6.0
    """
    return maximum(ceil(load / capacity - _ROUNDING) + redundancy, least_nodes)


@pricing_function("LMNODESMEAN", CATEGORY)
def mean_fleet_nodes(
    loads: Column[HourLoad],
    capacity: NodeCapacity,
    redundancy: SpareNodes = 0,
    least_nodes: LeastNodes = 0,
) -> MeanNodes:
    """Nodes that are on, on average, where each hour has the whole nodes that its load needs.

    Notes
    -----
    The mean of `fleet_nodes` over the rows, one an hour.  Without autoscaling the nodes of the
    largest load are on all the time.

    Examples
    --------
    >>> mean_fleet_nodes([5, 12, 38, 20], 10, 1)
    3.25
    """
    nodes = maximum(ceil(loads / capacity - _ROUNDING) + redundancy, least_nodes)
    return ratio(total(nodes), count(loads))


@pricing_function("LMFLEETUTIL", CATEGORY)
def fleet_utilization(
    loads: Column[HourLoad],
    capacity: NodeCapacity,
    redundancy: SpareNodes = 0,
    least_nodes: LeastNodes = 0,
) -> FleetUtilization:
    """Utilization of nodes that are switched on by the hour: load over what they could serve.

    Notes
    -----
    Σ load / (capacity · Σ nodes) with `fleet_nodes`.  NaN where no node is on.

    Examples
    --------
    >>> round(fleet_utilization([5, 12, 38, 20], 10, 1), 4)
    0.5769
    """
    nodes = maximum(ceil(loads / capacity - _ROUNDING) + redundancy, least_nodes)
    return ratio(total(loads), capacity * total(nodes))
