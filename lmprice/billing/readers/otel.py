"""OpenTelemetry: spans of generative AI as OTLP writes them in JSON, under old and new names.

Input tokens include cached and written ones, output tokens the reasoning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lmprice.billing.readers.source import Records, Source

_USAGE = "gen_ai.usage."
_OLD = {
    "gen_ai.usage.prompt_tokens": "gen_ai.usage.input_tokens",
    "gen_ai.usage.completion_tokens": "gen_ai.usage.output_tokens",
    "gen_ai.system": "gen_ai.provider.name",
}
_KEPT = (
    "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model",
    "gen_ai.operation.name", "gen_ai.conversation.id", "enduser.id", "user.id",
    "openai.response.service_tier", "openai.request.service_tier",
)  # fmt: skip


def _is_export(value: Any) -> bool:
    return isinstance(value, Mapping) and "resourceSpans" in value


def _attributes(holder: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a span or resource, each with its one value."""
    found = {}
    for attribute in holder.get("attributes") or ():
        value = attribute.get("value") or {}
        found[attribute.get("key", "")] = next(iter(value.values()), None)
    return found


def _spans(value: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    for part in value["resourceSpans"]:
        resource = _attributes(part.get("resource") or {})
        for scope in part.get("scopeSpans") or ():
            for span in scope.get("spans") or ():
                yield resource, span


def _records(value: Any) -> Records:
    for resource, span in _spans(value):
        attributes = _by_new_names(_attributes(span))
        used = {k: v for k, v in attributes.items() if k.startswith(_USAGE)}
        if used:
            yield {
                "time": _microseconds(span.get("startTimeUnixNano")),
                "service.name": resource.get("service.name"),
                **{k: attributes.get(k) for k in _KEPT},
                **used,
                "span_id": span.get("spanId"),
            }


def _by_new_names(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes by their new names; what old and new ones say differently is both."""
    found = {name: value for name, value in attributes.items() if name not in _OLD}
    for old, new in _OLD.items():
        if old in attributes:
            value = found.setdefault(new, attributes[old])
            if str(value) != str(attributes[old]):
                found[new] = f"{value} or {attributes[old]}"
    return found


def _microseconds(nanoseconds: Any) -> Any:
    """A time; what is none stays itself, for its row to be refused."""
    try:
        return int(nanoseconds) // 1000
    except (TypeError, ValueError, OverflowError):
        return nanoseconds


SOURCE = Source(
    name="opentelemetry",
    title="OpenTelemetry spans",
    header=frozenset(),
    time="time",
    model=("gen_ai.response.model", "gen_ai.request.model"),
    customer=("enduser.id", "user.id", "service.name"),
    meters={
        "input_tokens": ("gen_ai.usage.input_tokens",),
        "cached_tokens": ("gen_ai.usage.cache_read.input_tokens",),
        "cache_write_tokens": ("gen_ai.usage.cache_creation.input_tokens",),
        "output_tokens": ("gen_ai.usage.output_tokens",),
        "reasoning_tokens": ("gen_ai.usage.reasoning.output_tokens",),
        "input_audio_tokens": ("gen_ai.usage.audio.input_tokens",),
        "input_image_tokens": ("gen_ai.usage.image.input_tokens",),
        "input_video_tokens": ("gen_ai.usage.video.input_tokens",),
        "output_audio_tokens": ("gen_ai.usage.audio.output_tokens",),
    },
    conditions={"service_tier": "openai.response.service_tier"},
    repeated=frozenset({
        *("gen_ai.usage.text.input_tokens", "gen_ai.usage.text.output_tokens"),
        "openai.request.service_tier",
    }),
    records=_records,
    shape=_is_export,
)  # fmt: skip
