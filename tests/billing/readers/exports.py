"""One export a source: a header as published (the file is named), numbers of our own.

``rows`` is what they are as rows of a usage table.  Amounts that are not given there are empty.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from tests.billing.readers.samples import (
    ANTHROPIC,
    ANTHROPIC_OLD,
    ANTHROPIC_REPORT,
    ANTHROPIC_ROW,
    CODEX_COUNT,
    DAY,
    OPENAI,
    OPENAI_PAGE,
    OPENAI_ROW,
    SERVICE,
    SPAN,
    claude_code,
    lines,
)


@dataclass(frozen=True)
class Export:
    """A small export and what it says."""

    source: str
    seen: str  # the public file or package whose header this is
    file: str
    text: str
    rows: list[dict[str, str]]
    notes: dict[str, int] = field(default_factory=dict)


EXPORTS = [
    Export(
        "openai",
        "pmutua/afyaplus-multimodal-intake-assistant: completions_usage_*.csv",
        "completions_usage.csv",
        OPENAI,
        [OPENAI_ROW],
        {"empty buckets": 1},
    ),
    Export("openai", "the same, tabs", "usage.tsv", OPENAI.replace(",", "\t"), [OPENAI_ROW],
           {"empty buckets": 1}),
    Export(
        "openai",
        "PyPI openai 3.57.0: types/admin/organization",
        "page.json",
        json.dumps(OPENAI_PAGE, indent=1),
        [{
            "timestamp": "2025-08-02T00:00:00.000000Z", "customer": "proj_b", "model": "gpt-5",
            "requests": "3", "service_tier": "flex", "input_tokens": "1000",
            "cached_tokens": "400", "cache_write_tokens": "150",
            "cache_write_30m_tokens": "100", "cache_write_12h_tokens": "50",
            "output_tokens": "100",
        }],
    ),
    Export("anthropic", "header of five public test files", "usage.csv", ANTHROPIC,
           [ANTHROPIC_ROW | {"region": "us", "speed": "fast"}]),
    Export(
        "anthropic",
        "the same, before inference_geo and speed were added",
        "old.csv",
        f"{ANTHROPIC_OLD}\n2026-03-01,claude-opus-4-6,key,Research,batch,≤ 200k,"
        "3,100,20,1000,550,2\n",
        [ANTHROPIC_ROW],
    ),
    Export(
        "anthropic",
        "the vendor's API reference: usage_report/messages",
        "report.json",
        json.dumps(ANTHROPIC_REPORT),
        [ANTHROPIC_ROW | {
            "timestamp": "2026-03-01T10:00:00.000000Z", "customer": "ws",
            "service_tier": "standard", "context_window": "> 200k",
        }],
    ),
    Export(
        "openrouter",
        "header of a public activity export",
        "activity.csv",
        "generation_id,created_at,cost_total,cost_web_search,tokens_prompt,tokens_completion,"
        "tokens_reasoning,tokens_cached,model_permaslug,provider_name,variant,user\n"
        "g1,2025-08-01 10:00:00 UTC,0.1,0,100,50,10,60,openai/gpt-4o,OpenAI,standard,acme\n"
        "g2,2025-08-01 10:00:01 UTC,0.1,0,100,50,10,120,openai/gpt-4o,OpenAI,standard,acme\n",
        [
            {
                "timestamp": f"2025-08-01T10:00:0{i}.000000Z", "customer": "acme",
                "model": "openai/gpt-4o", "input_tokens": "100", "cached_tokens": cached,
                "output_tokens": "50", "reasoning_tokens": "10", "variant": "standard",
            }
            for i, cached in enumerate(("60", "100"))
        ],
        {"rows with more cached than prompt tokens, of which the prompt counts": 1},
    ),
    Export(
        "openrouter",
        "PyPI openrouter 1.3.84: activity",
        "activity.json",
        json.dumps({"data": [{
            "date": "2025-08-01", "model": "openai/gpt-4o", "model_permaslug": "openai/gpt-4o",
            "provider_name": "OpenAI", "requests": 3, "prompt_tokens": 100,
            "completion_tokens": 50, "reasoning_tokens": 10, "cached_tokens": 60,
            "workspace_id": "w",
        }]}),
        [{
            "timestamp": "2025-08-01", "customer": "w", "model": "openai/gpt-4o", "requests": "3",
            "input_tokens": "100", "cached_tokens": "60", "output_tokens": "50",
            "reasoning_tokens": "10",
        }],
    ),
    Export(
        "litellm",
        "PyPI litellm 1.110.2: schema.prisma, LiteLLM_SpendLogs",
        "spend.csv",
        "request_id,call_type,api_key,spend,total_tokens,prompt_tokens,completion_tokens,"
        "startTime,endTime,model,model_group,metadata,end_user\n"
        "r1,acompletion,k,0.1,120,100,20,2026-01-01 10:00:00,2026-01-01 10:00:02,gpt-4o,chat,"
        '"{""usage_object"": {""prompt_tokens_details"": {""cached_tokens"": 60}}}",acme\n',
        [{
            "timestamp": "2026-01-01T10:00:00.000000Z", "customer": "acme", "model": "gpt-4o",
            "input_tokens": "100", "cached_tokens": "60", "output_tokens": "20",
        }],
    ),
    Export(
        "litellm-daily",
        "PyPI litellm 1.110.2: schema.prisma, LiteLLM_DailyUserSpend",
        "daily.csv",
        "date,api_key,model,model_group,custom_llm_provider,prompt_tokens,completion_tokens,"
        "cache_read_input_tokens,cache_creation_input_tokens,spend,api_requests,user_id\n"
        "2026-01-01,k,gpt-4o,chat,openai,100,20,60,10,0.1,4,acme\n",
        [{
            "timestamp": "2026-01-01", "customer": "acme", "model": "gpt-4o", "requests": "4",
            "input_tokens": "100", "cached_tokens": "60", "cache_write_tokens": "10",
            "output_tokens": "20",
        }],
    ),
    Export(
        "langfuse",
        "langfuse/langfuse: blob storage export",
        "observations.jsonl",
        lines(
            {"id": "1", "start_time": "2026-01-01T10:00:00Z", "provided_model_name": "gpt-4o",
             "usage_details": {"input": 40, "input_cached_tokens": 60, "output": 10,
                               "output_reasoning_tokens": 5, "total": 115, "citations": 7},
             "user_id": "acme"},
            {"id": "2", "start_time": "2026-01-01T10:00:00Z", "provided_model_name": None,
             "usage_details": {}, "user_id": "acme"},
        ),
        [{
            "timestamp": "2026-01-01T10:00:00.000000Z", "customer": "acme", "model": "gpt-4o",
            "input_tokens": "100", "cached_tokens": "60", "output_tokens": "15",
            "reasoning_tokens": "5", "citations_tokens": "7",
        }],
        {"observations without usage": 1},
    ),
    Export(
        "langfuse",
        "langfuse/langfuse: the page's export, names in camel case",
        "page.json",
        json.dumps([{
            "id": "1", "startTime": "2026-01-01T10:00:00Z", "model": "gpt-4o",
            "usageDetails": {"input": 40, "output": 10}, "userId": "acme", "traceName": "t",
        }]),
        [{
            "timestamp": "2026-01-01T10:00:00.000000Z", "customer": "acme", "model": "gpt-4o",
            "input_tokens": "40", "output_tokens": "10",
        }],
    ),
    Export(
        "ccusage",
        "ccusage/ccusage: docs/guide/json-output.md",
        "ccusage.json",
        json.dumps({"daily": [{
            "date": "2026-01-01", "modelsUsed": ["opus"],
            "modelBreakdowns": [{"modelName": "opus", **DAY, "cost": 0.1}],
        }], "totals": DAY}),
        [{
            "timestamp": "2026-01-01", "customer": "ccusage", "model": "opus", "requests": "0",
            "input_tokens": "8", "cached_tokens": "4", "cache_write_tokens": "3",
            "output_tokens": "2",
        }],
    ),
    Export(
        "claude-code",
        "ccusage/ccusage: apps/ccusage/test/fixtures/claude",
        "chat.jsonl",
        lines({"type": "user", "sessionId": "s1"}, claude_code(6), claude_code(60)),
        [{
            "timestamp": "2026-01-09T10:00:00.000000Z", "customer": "/home/me/shop",
            "model": "claude-sonnet-4-5", "input_tokens": "165", "cached_tokens": "15",
            "cache_write_tokens": "20", "cache_write_1h_tokens": "10", "output_tokens": "60",
        }],
        {"repeats of a message": 1},
    ),
    Export(
        "codex",
        "public rollout fixtures of codex-cli 0.156",
        "rollout.jsonl",
        lines(
            {"type": "session_meta", "payload": {"id": "t1", "cwd": "/shop"}},
            {"type": "turn_context", "payload": {"model": "gpt-5.5", "service_tier": "default"}},
            CODEX_COUNT,
            CODEX_COUNT,
        ),
        [{
            "timestamp": "2026-09-21T11:14:27.100000Z", "customer": "/shop", "model": "gpt-5.5",
            "service_tier": "standard", "input_tokens": "1288", "cached_tokens": "960",
            "output_tokens": "32", "reasoning_tokens": "9",
        }],
        {"repeats of a count": 1},
    ),
    Export(
        "opentelemetry",
        "open-telemetry: semantic conventions of generative AI, OTLP JSON",
        "spans.json",
        json.dumps({"resourceSpans": [
            {"resource": SERVICE, "scopeSpans": [{"spans": [SPAN, {"name": "other"}]}]}
        ]}),
        [{
            "timestamp": "2025-08-01T00:00:00.123456Z", "customer": "shop", "model": "gpt-4.1",
            "input_tokens": "811", "cached_tokens": "640", "output_tokens": "92",
        }],
    ),
    Export(
        "audr",
        "PyPI audr 0.2.0: specification 1.1.0",
        "records.jsonl",
        lines(*(
            {"spec_version": "1.1.0", "record_id": name, "corrects": corrects,
             "timing": {"event_time": "2026-01-01T00:00:00Z"},
             "resource": {"provider": "x", "name": "m"}, "attribution": {"account_id": "acme"},
             "usage": {"llm": {"input_tokens": n, "output_tokens": 7, "cache_read_tokens": 3,
                               "reasoning_tokens": 2, "requests": 1}}}
            for name, corrects, n in (("a", None, 50), ("b", "a", 5))
        )),
        [{
            "timestamp": "2026-01-01T00:00:00.000000Z", "customer": "acme", "model": "m",
            "requests": "1", "input_tokens": "8", "cached_tokens": "3", "output_tokens": "9",
            "reasoning_tokens": "2",
        }],
        {"records that another one corrects": 1},
    ),
    Export(
        "focus",
        "FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec: columns of 1.2",
        "focus.csv",
        "BillingAccountId,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ConsumedQuantity,"
        "ConsumedUnit,SkuMeter,BilledCost,RegionId\n"
        "b,2026-01-05T00:00:00Z,2026-01-06T00:00:00Z,Usage,100,Tokens,gpt-4o input tokens,0.1,us\n"
        "b,2026-01-05T00:00:00Z,2026-01-06T00:00:00Z,Tax,,,,0.1,\n",
        [{
            "timestamp": "2026-01-05", "customer": "b", "model": "gpt-4o", "requests": "0",
            "region": "us", "input_tokens": "100",
        }],
        {"rows that are no usage (tax, credits, purchases)": 1},
    ),
    Export(
        "aws",
        "usage types of public cost reports of Bedrock",
        "cur.csv",
        "line_item_usage_start_date,line_item_usage_end_date,line_item_product_code,"
        "line_item_usage_type,line_item_usage_amount,pricing_unit,line_item_usage_account_id\n"
        "2026-01-05T00:00:00Z,2026-01-05T01:00:00Z,AmazonBedrock,"
        "USE1-Claude4.6Sonnet-cache-write-input-token-count-1-hour,10,1K tokens,111\n"
        "2026-01-05T00:00:00Z,2026-01-05T01:00:00Z,AmazonBedrock,"
        "USE1-GPT-OSS-120B-output-tokens-batch,2.5,1K tokens,111\n"
        "2026-01-05T00:00:00Z,2026-01-05T01:00:00Z,AmazonS3,Requests,10,GB,111\n",
        [
            {
                "timestamp": "2026-01-05T00:00:00.000000Z", "customer": "111",
                "model": "Claude4.6Sonnet", "requests": "0", "region": "use1",
                "input_tokens": "10000", "cache_write_1h_tokens": "10000",
            },
            {
                "timestamp": "2026-01-05T00:00:00.000000Z", "customer": "111",
                "model": "GPT-OSS-120B", "requests": "0", "region": "use1",
                "service_tier": "batch", "output_tokens": "2500",
            },
        ],
        {"rows of other products, and rows that are no usage": 1},
    ),
    Export(
        "azure",
        "meter names of public Azure price sheets",
        "azure.csv",
        "SubscriptionName,Date,MeterCategory,MeterSubCategory,MeterName,Quantity,UnitOfMeasure\n"
        "S,2026-01-05,Foundry Models,Azure OpenAI,gpt-4o-mini-0718-Batch-Inp-glbl Tokens,12.5,1K\n"
        "S,2026-01-05,Foundry Models,Azure OpenAI,5.6 sol ShortCo Cd Wr Std Gl 1M Tokens,2,1M\n"
        "S,2026-01-05,Foundry Models,Azure OpenAI,gpt-4o-realtime,2,1 Hour\n"
        "S,2026-01-05,Storage,Blob,Hot,2,1 GB\n",
        [
            {
                "timestamp": "2026-01-05", "customer": "S", "model": "gpt-4o-mini-0718",
                "requests": "0", "service_tier": "batch", "region": "global",
                "input_tokens": "12500",
            },
            {
                "timestamp": "2026-01-05", "customer": "S", "model": "5.6-sol", "requests": "0",
                "service_tier": "standard", "region": "global", "context_window": "short",
                "input_tokens": "2000000", "cache_write_tokens": "2000000",
            },
            {
                "timestamp": "2026-01-05", "customer": "S", "model": "gpt-4o-realtime",
                "requests": "0",
                "reason": "'gpt-4o-realtime' does not say one of input, cached, cache write and "
                          "output",
            },
        ],
        {"rows of other products": 1},
    ),
    Export(
        "google",
        "columns of the public billing export schema",
        "gcp.jsonl",
        lines({
            "service": {"description": "Vertex AI API"},
            "sku": {"id": "1", "description": "Gemini 2.5 Pro Online Prediction Input (text, "
                                              "image, video ≤ 200k tokens)"},
            "usage_start_time": "2026-01-05 00:00:00 UTC",
            "usage_end_time": "2026-01-05 01:00:00 UTC",
            "usage": {"amount": 1200, "unit": "count"}, "project": {"id": "p"},
        }),
        [{
            "timestamp": "2026-01-05T00:00:00.000000Z", "customer": "p",
            "model": "Gemini-2.5-Pro", "requests": "0", "context_window": "<= 200k",
            "input_tokens": "1200",
        }],
    ),
]  # fmt: skip
