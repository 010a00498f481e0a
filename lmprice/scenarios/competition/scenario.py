"""Competition: what rivals' prices leave us, where prices end, and what to answer to a cut.

The functions of the chapter on competition solve for best replies and Nash prices exactly.  A sheet
without Python cannot, so here they are found by iteration, in the steps that a sheet takes as well.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from lmprice.chapters.competition import functions as competition
from lmprice.language.expression import exp, largest, log, maximum, minimum, ratio, total, where
from lmprice.language.terms import Text
from lmprice.scenarios.base import Out, Scenario
from lmprice.scenarios.competition import terms
from lmprice.scenarios.tables import Label, Row, Table, columns, first
from lmprice.scenarios.template import (
    Answer,
    Around,
    Comparison,
    Curves,
    Mark,
    Sensitivity,
    Span,
    Steps,
    Template,
)
from lmprice.scenarios.verdicts import Tone

# Where two rivals have all buyers between them a step halves the distance to the equilibrium, and
# elsewhere it leaves less: prices come out to nine digits.
NASH_STEPS = 28
ODDS_STEPS = 6  # Newton's, from the start below: five reach the last digit
ROUNDING = 1e-9  # profits on a million tokens that differ by less are equal
# What a step leaves of the market beside one seller.  One that is more than about 600 price scales
# ahead of all others does not come to rest in so many steps, and a warning says so.
LEAST_REST = 1e-12
LARGEST_EXPONENT = 700  # e to the power of it is still a number


class Rival(Row):
    """A rival."""

    name: Annotated[str, Label(Text("Rival", "对手"), Text("Name of the rival", "对手名称"))]
    price: terms.RivalPrice
    unit_cost: terms.RivalCost
    quality: terms.RivalQuality


RIVALS = [
    Rival(name="Nimbus", price=2.4, unit_cost=0.5, quality=2.8),
    Rival(name="Cirrus", price=4.0, unit_cost=1.2, quality=3.8),
    Rival(name="Stratus", price=1.5, unit_cost=0.4, quality=1.1),
    Rival(name="Altus", price=1.0, unit_cost=0.3, quality=0.4),
]


class Competition(Scenario):
    """A rival cuts its price: what each answer to it earns, under logit demand.

    Examples
    --------
    >>> market = Competition().evaluate()
    >>> round(market["hold_profit"]), round(market["match_price_profit"])
    (120713, 32098)
    """

    template: ClassVar[Template] = Template(
        name="competition",
        version=2,
        title=Text("Competition", "竞争定价"),
        about=Text(
            "A rival cuts its price: should we match it? What we sell and earn at the prices of "
            "all rivals, our best price against them, where prices end if everyone goes on "
            "answering (Nash), and what holding, matching and the best reply earn after the cut. "
            "Buyers choose by quality less price and by tastes of their own (logit demand).",
            "对手降价，要不要跟进？在各对手价格下本方的销量与利润、本方的最优价格、"
            "各方不断应对后的价格（纳什均衡），以及对手降价后维持原价、"
            "跟进与最优反应各自的利润。"
            "买方按“质量减价格”以及各自的偏好选择（logit 需求）。",
        ),
        example=Text(
            "The example is made up: five sellers of a language model, their prices in dollars per "
            "million tokens. Qualities are set so that at the prices of today we have a third of "
            "the market. Nimbus, in the first row of the rivals, cuts its price by 75 %.",
            "示例为虚构：五家大语言模型供应商，价格单位为每百万 token 美元。"
            "质量的取值使本方在当前价格下约占三分之一的市场。"
            "对手表第一行的 Nimbus 降价 75%。",
        ),
        sensitivity=Sensitivity(
            result="match_price_gain",
            rows=Around(("cut",), 0.05, is_absolute=True),
            columns=Around(("price_scale",), 0.2),
        ),
        curves=Curves(
            title=Text("Our profit by our price, before and after the cut",
                       "对手降价前后，本方利润随本方价格的变化"),
            x=Span(("price",), start=("price", "reply_price"), end=("price", "reply_price")),
            series=("profit", "hold_profit"),
            marks=(
                Mark(Text("You are here", "当前"), "price", "hold_profit"),
                Mark(Text("Best reply", "最优反应"), "reply_price", "reply_profit"),
            ),
            headline=Text("After the cut {reply_price} USD earns most",
                          "对手降价后，价格为 {reply_price} 美元时利润最高"),
        ),
        comparison=Comparison(
            title=Text("Answers to the cut side by side", "应对方式对比"),
            sheet=Text("Answers", "应对方式"),
            alternatives=terms.ANSWERS,
            columns=terms.COMPARED,
            best="profit",
            chart="profit",
        ),
        more=(
            Steps(
                title=Text("Price war: our profit by the depth of the cut",
                           "价格战：本方利润随对手降幅的变化"),
                sheet=Text("Price war", "价格战"),
                note=Text("Green: what earns most of holding and matching. The best reply to the "
                          "cut that is filled in stands on the sheet Answers.",
                          "绿色：维持原价与跟进中利润最高者。对所填降幅的最优反应见“应对方式”表。"),
                x=Span(("cut",), 0.0, 0.9, 18),
                columns=("cut_price", "hold_share", "match_price_share", "hold_profit",
                         "match_price_profit", "match_cut_profit"),
                series=("hold_profit", "match_price_profit", "match_cut_profit"),
                best=("hold_profit", "match_price_profit", "match_cut_profit"),
            ),
        ),
        low={"price_scale": 0.8},
        high={"price_scale": 1.25},
        answer=Answer((
            "profit", "hold_profit", "match_price_profit", "reply_price", "reply_profit",
            "needed_share",
        )),
    )  # fmt: skip

    price: terms.OurPrice = 2.0
    unit_cost: terms.OurCost = 0.45
    quality: terms.OurQuality = 2.8
    price_scale: terms.PriceScale = 1.0
    outside: terms.Outside = 0.0
    market_size: terms.MarketSize = 500_000.0
    cut: terms.PriceCut = 0.75
    rivals: Annotated[
        list[Rival],
        Table(
            Text("Rivals", "竞争对手"),
            Text("All sellers but us; the one in the first row cuts its price",
                 "除本方以外的全部卖方；第一行的对手降价"),
        ),
    ] = RIVALS  # fmt: skip

    def results(self, out: Out) -> None:  # noqa: D102
        rivals = columns(self.rivals)
        out.section(Text("What else buyers can choose", "买方的其他选择"))
        surplus = out.column("rivals", "surplus", rivals.quality - rivals.price, terms.SURPLUS)
        best = out("best", maximum(largest(surplus), self.outside), terms.BEST)
        attraction = exp((rivals.quality - rivals.price - best) / self.price_scale)
        # 0 in the empty rows, which a what-if adds up as well.
        attraction = where(rivals.price > 0, attraction, 0)
        attraction = out.column("rivals", "attraction", attraction, terms.ATTRACTION)
        attractions = total(attraction) + self._odds(self.outside - best)
        value = best + self.price_scale * log(attractions)
        alternatives = out("alternatives", value, terms.ALTERNATIVES)

        profit = self._today(out, surplus, alternatives)
        self._war(out, best, attractions, profit)
        self._nash(out, profit)

    def _odds(self, surplus: float) -> float:
        """The odds of a sale with so much more surplus than another choice."""
        return exp(surplus / self.price_scale)

    def _share(self, price: float, alternatives: float) -> float:
        """Our share at a price of ours: the odds of the alternatives are against it."""
        against = (alternatives - (self.quality - price)) / self.price_scale
        return 1 / (1 + exp(minimum(against, LARGEST_EXPONENT)))

    def _profit(self, price: float, share: float) -> float:
        return (price - self.unit_cost) * share * self.market_size

    def _today(self, out: Out, surplus: float, alternatives: float) -> float:
        """Shares and profits at the prices of today; gives back our profit."""
        rivals = columns(self.rivals)
        out.section(Text("Today", "当前"))
        share = out("share", self._share(self.price, alternatives), terms.OUR_SHARE)
        out("quantity", share * self.market_size, terms.QUANTITY)
        profit = out("profit", self._profit(self.price, share), terms.OUR_PROFIT)
        elasticity = competition.logit_own_elasticity(self.price, share, self.price_scale)
        out("elasticity", elasticity, terms.ELASTICITY)
        rest = (1 - share) * self._odds(self.outside - alternatives)
        rest = out("nonbuyers", rest, terms.NONBUYERS)
        part = (1 - share) * self._odds(surplus - alternatives)
        part = out.column("rivals", "share", part, terms.SHARE)
        out.sums(terms.ALL_BUYERS, share + total(part) + rest, 1)
        sold = out.column("rivals", "quantity", part * self.market_size, terms.QUANTITY)
        out.column("rivals", "profit", (rivals.price - rivals.unit_cost) * sold, terms.PROFIT)
        elasticity = competition.logit_own_elasticity(rivals.price, part, self.price_scale)
        out.column("rivals", "elasticity", elasticity, terms.ELASTICITY)

        out.section(terms.TODAY)
        self._at_best(out, "today", terms.TODAY, alternatives, profit)
        return profit

    def _at_best(self, out: Out, key: str, name: Text, alternatives: float, profit: float) -> float:
        """Report what our best price brings against the profit of today; gives back our share."""
        price = self._best_price(out, key, name, alternatives)
        price = out(f"{key}_price", price, terms.of(name, terms.PRICE))
        share = self._share(price, alternatives)
        share = out(f"{key}_share", share, terms.of(name, terms.SHARE))
        best = out(f"{key}_profit", self._profit(price, share), terms.of(name, terms.PROFIT))
        out(f"{key}_gain", best - profit, terms.of(name, terms.GAIN))
        return share

    def _war(self, out: Out, best: float, attractions: float, profit: float) -> None:
        """What each answer to the cut of the first rival brings."""
        rivals = columns(self.rivals)
        out.section(Text("The rival's cut", "对手降价"))
        price = out("rival_price", first(rivals.price), terms.FIRST_PRICE)
        unit_cost = out("rival_unit_cost", first(rivals.unit_cost), terms.FIRST_COST)
        quality = out("rival_quality", first(rivals.quality), terms.FIRST_QUALITY)
        cut_price = out("cut_price", price * (1 - self.cut), terms.CUT_PRICE)
        # What its old attraction takes off it adds again, and more: no digits are lost in the sum.
        rest = attractions - self._odds(quality - price - best)
        best_after = maximum(best, quality - cut_price)
        best_after = out("best_after", best_after, terms.of(terms.AFTER, terms.BEST))
        rest = rest * self._odds(best - best_after)
        attractions = rest + self._odds(quality - cut_price - best_after)
        after = best_after + self.price_scale * log(attractions)
        after = out("after", after, terms.of(terms.AFTER, terms.ALTERNATIVES))

        prices = {
            "hold": self.price,
            "match_price": minimum(cut_price, self.price),
            "match_cut": self.price * (1 - self.cut),
            "reply": self._best_price(out, "reply", terms.ANSWERS["reply"], after),
        }
        shares: dict[str, float] = {}
        profits: dict[str, float] = {}
        gains: dict[str, float] = {}
        for key, name in terms.ANSWERS.items():
            titled = {column: terms.of(name, term) for column, term in terms.COMPARED.items()}
            prices[key] = out(f"{key}_price", prices[key], titled["price"])
            shares[key] = out(f"{key}_share", self._share(prices[key], after), titled["share"])
            out(f"{key}_quantity", shares[key] * self.market_size, titled["quantity"])
            profits[key] = self._profit(prices[key], shares[key])
            profits[key] = out(f"{key}_profit", profits[key], titled["profit"])
            out(f"{key}_change", profits[key] - profit, titled["change"])
            gains[key] = out(f"{key}_gain", profits[key] - profits["hold"], titled["gain"])
        margin = maximum(prices["match_price"] - self.unit_cost, 0)
        needed = ratio(profits["hold"], margin * self.market_size)
        out("needed_share", needed, terms.NEEDED_SHARE)
        share = (1 - shares["hold"]) * self._odds(quality - cut_price - after)
        earned = (cut_price - unit_cost) * share * self.market_size
        out("rival_profit_after", earned, terms.FIRST_PROFIT_AFTER)
        held = profits["hold"] - ROUNDING * self.market_size
        out.warn(profits["match_price"] < held, terms.MATCHING_PRICE_LOSES)
        out.warn(profits["match_cut"] < held, terms.MATCHING_CUT_LOSES)
        lower = minimum(prices["match_price"], prices["match_cut"])
        out.warn(lower < self.unit_cost, terms.BELOW_COST)
        is_worth_it = gains["reply"] > ROUNDING * self.market_size
        loses = where(gains["match_price"] < 0, 1, 0)
        out.verdict(where(is_worth_it, loses, 0) > 0, terms.REPLY, Tone.GOOD)
        out.verdict(is_worth_it, terms.REPLY_OR_MATCH, Tone.GOOD)
        out.verdict(gains["match_price"] < 0, terms.HOLD, Tone.CAUTION)
        out.verdict(True, terms.HOLD_OR_MATCH, Tone.CAUTION)

    # Prices that earn most ------------------------------------------------------------------------

    def _best_price(self, out: Out, key: str, name: Text, alternatives: float) -> float:
        """Our price that earns most: c + mu (1 + W), where W are the odds of a sale at it."""
        advantage = self._advantage(self.quality - self.unit_cost - alternatives)
        advantage = out(f"{key}_advantage", advantage, terms.of(name, terms.ADVANTAGE))
        odds = out.iterate(
            f"{key}_odds",
            lambda odds: better_odds(odds, advantage),
            first_odds(advantage),
            ODDS_STEPS,
            terms.of(name, terms.ODDS),
        )
        return self.unit_cost + self.price_scale * (1 + odds)

    def _advantage(self, surplus: float, attraction: float = 1) -> float:
        """The y of W + log W = y for a seller with so much more surplus at cost than the best.

        ``attraction`` is that of all others together, where the best one has 1.
        """
        advantage = surplus / self.price_scale - 1 - log(attraction)
        return maximum(advantage, -LARGEST_EXPONENT)

    def _nash(self, out: Out, profit: float) -> None:
        """Where no seller gains by moving alone: every one asks its best price at once.

        In a step each rival goes one of Newton's steps towards its best reply to all others, after
        we have given ours in full.
        """
        rivals, scale = columns(self.rivals), self.price_scale

        def price(odds: float) -> float:
            return rivals.unit_cost + scale * (1 + odds)

        def step(odds: float) -> float:
            surplus = out.column("rivals", "surplus", rivals.quality - price(odds), terms.SURPLUS)
            best = out("best", maximum(largest(surplus), self.outside), terms.BEST)
            attraction = self._odds(surplus - best)
            attraction = out.column("rivals", "attraction", attraction, terms.ATTRACTION)
            others = total(attraction) + self._odds(self.outside - best)
            others = out("others", others, terms.of(terms.ALL_BUT_US, terms.ATTRACTION))
            ahead = self._advantage(self.quality - self.unit_cost - best, others)
            ahead = out("ahead", ahead, terms.of(terms.WE, terms.ADVANTAGE))
            ours = first_odds(ahead)
            for number in range(ODDS_STEPS):
                ours = out(f"ours_{number}", ours, terms.our_odds(number))
                ours = better_odds(ours, ahead)
            everyone = out("all", others * (1 + ours), terms.of(terms.ALL, terms.ATTRACTION))
            rest = maximum(everyone - attraction, LEAST_REST * everyone)
            advantage = self._advantage(rivals.quality - rivals.unit_cost - best, rest)
            advantage = out.column("rivals", "advantage", advantage, terms.ADVANTAGE)
            return maximum(better_odds(odds, advantage), first_odds(advantage))

        name = terms.NASH
        out.section(name)
        titled = terms.of(name, terms.ODDS)
        odds = out.iterate("odds", step, 1, NASH_STEPS, titled, table="rivals")
        nash = out.column("rivals", "nash_price", price(odds), terms.of(name, terms.PRICE))
        surplus = rivals.quality - nash
        surplus = out.column("rivals", "nash_surplus", surplus, terms.of(name, terms.SURPLUS))
        best = out("nash_best", maximum(largest(surplus), self.outside), terms.of(name, terms.BEST))
        attraction = self._odds(surplus - best)
        titled = terms.of(name, terms.ATTRACTION)
        attraction = out.column("rivals", "nash_attraction", attraction, titled)
        value = best + scale * log(total(attraction) + self._odds(self.outside - best))
        alternatives = out("nash_alternatives", value, terms.of(name, terms.ALTERNATIVES))
        share = self._at_best(out, "nash", terms.OURS_AT_NASH, alternatives, profit)
        part = (1 - share) * self._odds(surplus - alternatives)
        out.column("rivals", "nash_share", part, terms.of(name, terms.SHARE))


def first_odds(advantage: float) -> float:
    """Odds W at or below those with W + log W = advantage, and near them."""
    # x / (1 + x) with x = e^advantage, which is near where few buy, and exact in the limit.
    few = 1 / (1 + exp(-advantage))
    return where(advantage > 1, advantage - log(advantage), few)


def better_odds(odds: float, advantage: float) -> float:
    """The odds one of Newton's steps nearer to W + log W = advantage, never above them.

    The left side is concave, so every step ends at or below the root, and from there they rise.
    """
    return odds * (1 + advantage - log(odds)) / (1 + odds)
