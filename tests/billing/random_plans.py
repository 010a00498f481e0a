"""Random plans."""

from __future__ import annotations

from tests.billing.random_charges import Draw, Fields


def draw_plan(draw: Draw, name: str, slots: list[Fields]) -> Fields:
    """A plan: fees, what it includes, and prices of its own."""
    plan: Fields = {"name": name, "fees": []}
    for number in range(draw.one([0, 1, 1, 2])):
        fee: Fields = {
            "name": draw.one(["base", f"fee {number}"]),
            "amount": draw.one([9.99, 30, 7]),
        }
        if draw.chance(0.5):
            draw.note("fee in arrears")
            fee["due"] = "arrears"
        if draw.chance(0.4):
            draw.note("fee per seat")
            fee["per_seat"] = True
        if draw.chance(0.4):
            draw.note("fee of a quarter or year")
            fee["period"] = draw.one(["quarter", "year"])
        if fee["name"] not in [other["name"] for other in plan["fees"]]:
            plan["fees"].append(fee)
    included = [slot for slot in slots if slot["aggregation"] == "sum"]
    if included and draw.chance(0.4, "allowance of a plan"):
        amount = draw.one([5, 20, 500])
        plan["allowances"] = [{"meter": draw.one(included)["meter"], "amount": amount}]
    if draw.chance(0.3, "discount of a plan"):
        rates = draw.one([[0.1], [0.25], [0.5, 0.333]])
        plan["discounts"] = [{"name": f"off {n}", "rate": rate} for n, rate in enumerate(rates)]
    if draw.chance(0.4, "price of a plan"):
        plan["charges"] = draw.overrides(draw.one(slots))
    return plan
