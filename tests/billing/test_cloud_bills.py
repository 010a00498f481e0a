"""The bills of clouds: model and meter out of the names of prices, amounts by hand.

Headers: AWS, the data dictionary of the cost and usage report (docs.aws.amazon.com/cur); Azure, the
cost details of an enterprise agreement (learn.microsoft.com/azure/cost-management-billing); Google,
the standard usage cost export (docs.cloud.google.com/billing, export-data-bigquery-tables);
FOCUS, its specification.  Names of prices are public ones; the numbers are our own.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from lmprice.billing.gap import reconcile
from lmprice.billing.provider_bill import BillRow, read_bill
from lmprice.billing.usage import UsageError
from tests.billing.books import book, tokens

DAY = date(2026, 1, 5)


def test_aws(tmp_path: Path) -> None:
    path = tmp_path / "cur.csv"
    path.write_text(
        "line_item_usage_start_date,line_item_product_code,line_item_line_item_type,"
        "line_item_usage_type,line_item_usage_amount,pricing_unit,line_item_unblended_cost,"
        "line_item_currency_code\n"
        "2026-01-05T00:00:00Z,AmazonBedrock,Usage,USE1-Nova2.0Pro-text-input-tokens,1000,1K tokens,"
        "1.25,USD\n"
        "2026-01-05T00:00:00Z,AmazonBedrock,Tax,USE1-Nova2.0Pro-text-input-tokens,0,,0.25,USD\n"
        "2026-01-05T00:00:00Z,AmazonS3,Usage,Requests,10,,3,USD\n"
    )
    bill = read_bill(path)
    assert (bill.source, bill.currency, bill.others) == ("aws", "USD", 1)
    assert bill.rows == (
        BillRow(DAY, "Nova2.0Pro", "input", Fraction("1.25"), Fraction(1_000_000), "usage"),
        BillRow(DAY, "(not said)", "(not said)", Fraction("0.25"), None, "tax"),
    )


def test_azure(tmp_path: Path) -> None:
    path = tmp_path / "azure.csv"
    path.write_text(
        "Date,MeterCategory,MeterSubCategory,MeterName,Quantity,UnitOfMeasure,"
        "CostInBillingCurrency,BillingCurrencyCode,ChargeType\n"
        "01/05/2026,Foundry Models,Azure OpenAI,gpt-4o-mini-0718-Batch-Inp-glbl Tokens,500,1K,"
        "0.0375,EUR,Usage\n"
        "01/05/2026,Foundry Models,Azure OpenAI,gpt-4o-realtime,2,1 Hour,4,EUR,Usage\n"
        "01/05/2026,Storage,Blob,Hot,2,1 GB,1,EUR,Usage\n"
    )
    bill = read_bill(path)
    assert (bill.source, bill.currency, bill.others) == ("azure", "EUR", 1)
    assert bill.rows == (
        BillRow(DAY, "gpt-4o-mini-0718", "input", Fraction("0.0375"), Fraction(500_000), "usage"),
        BillRow(DAY, "gpt-4o-realtime", "(not said)", Fraction(4), None, "usage"),
    )


GOOGLE = {
    "service": {"description": "Vertex AI API"},
    "sku": {"description": "Gemini 2.5 Pro Online Prediction Input (text, image ≤ 200k tokens)"},
    "usage_start_time": "2026-01-05 08:00:00 UTC",
    "usage": {"amount": 2_000_000, "unit": "count"},
    "cost": 2.5,
    "currency": "USD",
    "credits": [{"name": "Promotion", "amount": -0.5}],
    "cost_type": "regular",
}


def test_google(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    other = {**GOOGLE, "service": {"description": "Cloud Storage"}}
    tax = {**GOOGLE, "cost": 0.38, "cost_type": "tax", "credits": []}
    path.write_text("\n".join(map(json.dumps, [GOOGLE, other, tax])))
    bill = read_bill(path)
    assert (bill.source, bill.currency, bill.others, bill.decimals) == ("google", "USD", 1, 2)
    assert [(row.meter, row.amount, row.quantity, row.kind) for row in bill.rows] == [
        ("input", Fraction("2.5"), Fraction(2_000_000), "usage"),
        ("(not said)", Fraction("-0.5"), None, "credit"),
        ("(not said)", Fraction("0.38"), None, "tax"),
    ]
    assert bill.rows[0].model == "Gemini-2.5-Pro"
    path.write_text(json.dumps({**GOOGLE, "credits": "none"}))
    with pytest.raises(UsageError, match="row 1: credits none are no list with amounts"):
        read_bill(path)
    path.write_text(json.dumps(GOOGLE) + "\n5\n")
    with pytest.raises(UsageError, match="holds no records of costs"):
        read_bill(path)
    path.write_text(json.dumps(GOOGLE) + "\n{\n")
    with pytest.raises(UsageError, match="is no JSON"):
        read_bill(path)


def test_focus_beside_usage(tmp_path: Path) -> None:
    """A million tokens at 2 dollars; the bill charges 2.20 for them and has a credit."""
    path = tmp_path / "focus.csv"
    path.write_text(
        "ChargePeriodStart,BilledCost,BillingCurrency,ChargeCategory,ConsumedQuantity,ConsumedUnit,"
        "SkuMeter,ChargeDescription,ServiceCategory\n"
        "2026-01-05T00:00:00Z,2.20,USD,Usage,1000000,Tokens,Input,chat,AI and Machine Learning\n"
        "2026-01-05T00:00:00Z,-1.00,USD,Credit,,,,promotion,AI and Machine Learning\n"
        "2026-01-05T00:00:00Z,9.00,USD,Usage,3,GB,Storage,disk,Storage\n"
    )
    used = pl.DataFrame([{
        "timestamp": "2026-01-05T10:00:00Z", "customer": "us", "model": "chat",
        "input_tokens": 1_000_000,
    }])  # fmt: skip
    gap = reconcile(used, book(*tokens(input=2)), read_bill(path))
    assert gap.bill.others == 1
    assert {name: value for name, value in gap.parts.items() if value} == {
        "unit price": Decimal("0.2"),
        "tax and credits": -1,
    }
    assert sum(gap.parts.values()) == gap.theirs - gap.ours == Decimal("-0.8")
