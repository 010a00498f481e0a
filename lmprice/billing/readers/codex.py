"""Codex: the log of a session (a rollout), JSON lines.

Each count of tokens says what the last turn took and what all took so far; a count that is written
again, with the same sum so far, is a repeat.  Input includes cached tokens, output the reasoning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lmprice.billing.readers.source import Entry, Notes, Source

_COUNTED = (
    "input_tokens",
    "cached_input_tokens",
    "cache_write_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
)
_REPEATS = "repeats of a count"
_KINDS = ("session_meta", "turn_context", "event_msg", "response_item")


def _is_log(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and value.get("type") in _KINDS
        and isinstance(value.get("payload"), Mapping)
    )


def _entries(lines: Iterator[Any], notes: Notes) -> Iterator[Entry]:
    session: Any = None
    context: Mapping[str, Any] = {}
    before: Mapping[str, Any] | None = None
    for line in lines:
        payload = line.get("payload") if isinstance(line, Mapping) else None
        if not isinstance(payload, Mapping):
            continue
        if line.get("type") == "session_meta":
            session, before = payload, None
        elif line.get("type") == "turn_context":
            context = payload
        elif payload.get("type") == "token_count" and isinstance(payload.get("info"), Mapping):
            so_far = payload["info"].get("total_token_usage")
            turn = payload["info"].get("last_token_usage")
            if so_far is not None and so_far == before:
                notes.add(_REPEATS, 1)
                continue
            if turn is None and isinstance(so_far, Mapping):
                turn = {n: so_far.get(n, 0) - (before or {}).get(n, 0) for n in _COUNTED}
            before = so_far if isinstance(so_far, Mapping) else before
            if isinstance(turn, Mapping):
                row = {
                    "timestamp": line.get("timestamp"),
                    "session": (session or {}).get("id"),
                    "cwd": (session or {}).get("cwd"),
                    "model": context.get("model") or (session or {}).get("model"),
                    "service_tier": context.get("service_tier"),
                    **{name: turn.get(name) for name in _COUNTED},
                }
                # The same session may lie in two folders.
                key = (row["session"], row["timestamp"], str(so_far))
                yield Entry(row, None if None in key[:2] or so_far is None else key)


SOURCE = Source(
    name="codex",
    title="Codex log",
    header=frozenset(),
    time="timestamp",
    model=("model",),
    customer=("cwd", "session"),
    meters={
        "input_tokens": ("input_tokens",),
        "cached_tokens": ("cached_input_tokens",),
        "cache_write_tokens": ("cache_write_input_tokens",),
        "output_tokens": ("output_tokens",),
        "reasoning_tokens": ("reasoning_output_tokens",),
    },
    conditions={"service_tier": "service_tier"},
    log=_entries,
    repeats=_REPEATS,
    shape=_is_log,
)
