"""ccusage: its JSON reports of daily use, whole or by project; input excludes cached tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lmprice.billing.readers.source import Records, Source


def _is_report(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    return bool(_days(value)) and all("modelBreakdowns" in day for _, day in _days(value))


def _days(value: Mapping[str, Any]) -> list[tuple[str | None, Mapping[str, Any]]]:
    """Each day with its project; none where the report is not by project."""
    projects = value.get("projects")
    if isinstance(projects, Mapping):
        return [(name, day) for name, days in projects.items() for day in days]
    daily = value.get("daily")
    return [(None, day) for day in daily] if isinstance(daily, list) else []


def _records(value: Any) -> Records:
    for project, day in _days(value):
        for part in day["modelBreakdowns"]:
            rest = {k: v for k, v in part.items() if k not in ("cost", "costUSD")}
            yield {"date": day["date"], "project": project, **rest}


SOURCE = Source(
    name="ccusage",
    title="ccusage daily report",
    header=frozenset(),
    time="date",
    model=("modelName",),
    customer=("project",),
    meters={
        "input_tokens": ("inputTokens", "cacheReadTokens", "cacheCreationTokens"),
        "cached_tokens": ("cacheReadTokens",),
        "cache_write_tokens": ("cacheCreationTokens",),
        "output_tokens": ("outputTokens",),
    },
    is_bucket=True,
    repeated=frozenset({"totalTokens"}),
    records=_records,
    shape=_is_report,
)
