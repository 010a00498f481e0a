"""Claude Code: the log of its sessions, JSON lines.

An answer that streams is written several times under one message and request; the last time it is
whole.  A session that is resumed begins with a copy of what it goes on from.  Input excludes
cached and written tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lmprice.billing.readers.source import Entry, Notes, Source

_TOKENS = ("input_tokens", "output_tokens", "cache_read_input_tokens")
_NO_MODEL = "<synthetic>"  # an error that the program shows as an answer
_WRITTEN = "cache_creation_input_tokens"


def _is_log(value: Any) -> bool:
    return isinstance(value, Mapping) and "sessionId" in value


def _usage(line: Mapping[str, Any]) -> Mapping[str, Any] | None:
    message = line.get("message")
    usage = message.get("usage") if isinstance(message, Mapping) else None
    return usage if isinstance(usage, Mapping) else None


def _entries(lines: Iterator[Any], notes: Notes) -> Iterator[Entry]:
    for line in lines:
        usage = _usage(line) if isinstance(line, Mapping) else None
        if usage is None:
            continue
        message = line["message"]
        if message.get("model") == _NO_MODEL and not any(
            usage.get(n) for n in (*_TOKENS, _WRITTEN)
        ):
            notes.add("messages that no model has written", 1)
            continue
        row = {name: usage.get(name) for name in _TOKENS}
        by_life = usage.get("cache_creation")
        if isinstance(by_life, Mapping) and by_life:
            row["written 5m"] = by_life.get("ephemeral_5m_input_tokens")
            row["written 1h"] = by_life.get("ephemeral_1h_input_tokens")
        else:
            row["written 5m"] = usage.get(_WRITTEN)
        tools = usage.get("server_tool_use") or {}
        row["web_search_requests"] = tools.get("web_search_requests")
        row |= {name: usage.get(name) for name in ("service_tier", "speed", "inference_geo")}
        row |= {name: line.get(name) for name in ("timestamp", "sessionId", "cwd")}
        row["model"] = message.get("model")
        key = (message.get("id"), line.get("requestId"))
        yield Entry(row, None if None in key else key)


SOURCE = Source(
    name="claude-code",
    title="Claude Code log",
    header=frozenset(),
    time="timestamp",
    model=("model",),
    customer=("cwd", "sessionId"),
    meters={
        "input_tokens": ("input_tokens", "cache_read_input_tokens", "written 5m", "written 1h"),
        "cached_tokens": ("cache_read_input_tokens",),
        "cache_write_tokens": ("written 5m",),
        "cache_write_1h_tokens": ("written 1h",),
        "output_tokens": ("output_tokens",),
        "web_searches": ("web_search_requests",),
    },
    conditions={"service_tier": "service_tier", "speed": "speed", "region": "inference_geo"},
    log=_entries,
    repeats="repeats of a message",
    shape=_is_log,
)
