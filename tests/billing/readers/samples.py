"""Rows and headers of which the exports of vendors and tools are made."""

from __future__ import annotations

import json


def lines(*values: object) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


OPENAI_HEADER = (
    "start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,user_id,"
    "api_key_id,model,batch,service_tier,compute_units,input_tokens,output_tokens,"
    "input_cached_tokens,input_cache_write_tokens,input_uncached_tokens,input_text_tokens,"
    "output_text_tokens,input_cached_text_tokens,input_audio_tokens,input_cached_audio_tokens,"
    "output_audio_tokens,input_image_tokens,input_cached_image_tokens,output_image_tokens\n"
)
OPENAI = (
    OPENAI_HEADER + "1754006400,1754092800,2025-08-01T00:00:00+00:00,2025-08-02T00:00:00" + "," * 22
    + "\n"
    "1754092800,1754179200,2025-08-02T00:00:00+00:00,2025-08-03T00:00:00,proj_a,12,,,gpt-5,True,"
    "default,,31422.0,900.0,20000.0,0.0,11422.0,31422.0,900.0,20000.0,100.0,40.0,0.0,0.0,0.0,0.0\n"
)  # fmt: skip
OPENAI_ROW = {
    "timestamp": "2025-08-02",
    "customer": "proj_a",
    "model": "gpt-5",
    "requests": "12",
    "service_tier": "batch",
    "input_tokens": "31422",
    "cached_tokens": "20000",
    "input_audio_tokens": "60",  # 100 less the 40 that were cached
    "cached_audio_tokens": "40",
    "output_tokens": "900",
}
OPENAI_PAGE = {
    "object": "page",
    "has_more": False,
    "next_page": None,
    "data": [{
        "object": "bucket",
        "start_time": 1754092800,
        "end_time": 1754096400,
        "results": [{
            "object": "organization.usage.completions.result",
            "input_tokens": 1000, "output_tokens": 100, "num_model_requests": 3,
            "input_cached_tokens": 400, "input_cache_write_tokens": 300,
            "input_cache_write_30m_tokens": 100, "input_cache_write_12h_tokens": 50,
            "model": "gpt-5", "batch": False, "service_tier": "flex", "project_id": "proj_b",
            "user_id": None, "api_key_id": None,
        }],
    }],
}  # fmt: skip
ANTHROPIC_OLD = (
    "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,"
    "usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,"
    "usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,"
    "web_search_count"
)
ANTHROPIC = (
    f"{ANTHROPIC_OLD},inference_geo,speed\n"
    "2026-03-01,claude-opus-4-6,key,Research,batch,≤ 200k,3,100,20,1000,550,2,us,fast\n"
)
ANTHROPIC_ROW = {
    "timestamp": "2026-03-01",
    "customer": "Research",
    "model": "claude-opus-4-6",
    "requests": "0",  # a day of many requests
    "service_tier": "batch",
    "context_window": "<= 200k",
    "input_tokens": "1123",
    "cached_tokens": "1000",
    "cache_write_tokens": "100",
    "cache_write_1h_tokens": "20",
    "output_tokens": "550",
    "web_searches": "2",
}
ANTHROPIC_REPORT = {
    "data": [{
        "starting_at": "2026-03-01T10:00:00Z",
        "ending_at": "2026-03-01T11:00:00Z",
        "results": [{
            "uncached_input_tokens": 3, "cache_read_input_tokens": 1000, "output_tokens": 550,
            "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 20},
            "server_tool_use": {"web_search_requests": 2}, "model": "claude-opus-4-6",
            "service_tier": "standard", "context_window": "200k-1M", "workspace_id": "ws",
            "api_key_id": None,
        }],
    }],
    "has_more": False,
    "next_page": None,
}  # fmt: skip
CODEX_COUNT = {
    "timestamp": "2026-09-21T11:14:27.100Z",
    "type": "event_msg",
    "payload": {"type": "token_count", "info": {
        "total_token_usage": {"input_tokens": 1288, "output_tokens": 32},
        "last_token_usage": {
            "input_tokens": 1288, "cached_input_tokens": 960, "cache_write_input_tokens": 0,
            "output_tokens": 32, "reasoning_output_tokens": 9,
        },
    }},
}  # fmt: skip


def claude_code(output: int) -> dict[str, object]:
    """A line of the log: the same answer, as far as it had come."""
    usage = {
        "input_tokens": 120, "output_tokens": output, "cache_read_input_tokens": 15,
        "cache_creation_input_tokens": 30,
        "cache_creation": {"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 10},
    }  # fmt: skip
    message = {"role": "assistant", "id": "m1", "model": "claude-sonnet-4-5", "usage": usage}
    return {
        "timestamp": "2026-01-09T10:00:00.000Z",
        "sessionId": "s1",
        "cwd": "/home/me/shop",
        "message": message,
        "requestId": "r1",
    }


SPAN = {
    "name": "chat gpt-4.1",
    "startTimeUnixNano": "1754006400123456789",
    "attributes": [
        {"key": "gen_ai.system", "value": {"stringValue": "openai"}},
        {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4.1"}},
        {"key": "gen_ai.usage.prompt_tokens", "value": {"intValue": "811"}},
        {"key": "gen_ai.usage.cache_read.input_tokens", "value": {"intValue": "640"}},
        {"key": "gen_ai.usage.completion_tokens", "value": {"intValue": "92"}},
    ],
}
SERVICE = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
DAY = {"inputTokens": 1, "outputTokens": 2, "cacheCreationTokens": 3, "cacheReadTokens": 4}
