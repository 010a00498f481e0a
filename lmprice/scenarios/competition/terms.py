"""The quantities of the competition template that no other chapter has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from lmprice.chapters.competition import quantities as shared
from lmprice.language.quantities import MTOK, RATIO, USD, USD_PER_MTOK
from lmprice.language.terms import FRACTION, Term, Text, term

# fmt: off
OurPrice = Annotated[float, Term(
    Text("Our price", "本方价格"), USD_PER_MTOK,
    Text("What we ask for a million tokens", "本方每百万 token 的价格"), gt=0)]
OurCost = Annotated[float, Term(
    Text("Our unit cost", "本方单位成本"), USD_PER_MTOK,
    Text("What a million tokens cost us to serve", "本方提供每百万 token 服务的成本"), ge=0)]
OurQuality = Annotated[float, Term(
    Text("Our quality", "本方质量"), USD_PER_MTOK,
    Text("What a million of our tokens are worth to a buyer",
         "本方每百万 token 对买方的价值"))]
PriceScale = Annotated[float, Term(
    Text("Price scale", "价格尺度"), USD_PER_MTOK,
    Text("Price advantage that multiplies the odds of a sale by e; the smaller, the more buyers "
         "go by price alone", "使成交胜算变为 e 倍的价格优势；越小，买方越只看价格"), gt=0)]
Outside = Annotated[float, Term(
    Text("Outside option", "外部选项"), USD_PER_MTOK,
    Text("What a buyer has who buys of nobody, on the scale of quality less price; -1E+200: all "
         "must buy",
         "买方不购买时的所得，与“质量减价格”同一尺度；-1E+200 表示必须购买"),
    absent=shared.NO_OUTSIDE)]
MarketSize = Annotated[float, Term(
    Text("Market size", "市场规模"), MTOK,
    Text("Tokens of a month that all buyers together could buy",
         "全部买方一个月可能购买的 token"), gt=0)]
PriceCut = Annotated[float, Term(
    Text("Price cut", "降价幅度"), FRACTION,
    Text("Share that the rival in the first row takes off its price; 0.75 is 75 %",
         "第一行对手的降价比例；0.75 即降价 75%"), ge=0, le=1)]

RivalPrice = Annotated[float, Term(
    Text("Price", "价格"), USD_PER_MTOK,
    Text("What the rival asks for a million tokens, before any cut",
         "对手每百万 token 的价格（降价前）"), gt=0)]
RivalCost = Annotated[float, Term(
    Text("Unit cost", "单位成本"), USD_PER_MTOK,
    Text("What a million tokens cost the rival to serve", "对手提供每百万 token 服务的成本"),
    ge=0)]
RivalQuality = Annotated[float, Term(
    Text("Quality", "质量"), USD_PER_MTOK,
    Text("What a million of its tokens are worth to a buyer",
         "其每百万 token 对买方的价值"))]

# What buyers weigh -------------------------------------------------------------------------------

SURPLUS = Term(
    Text("Surplus", "净价值"), USD_PER_MTOK,
    Text("Quality less price: what a buyer has from it", "质量减价格：买方所得"))
ATTRACTION = Term(
    Text("Attraction", "吸引力"), RATIO,
    Text("Odds against the best choice among rivals and the outside option",
         "相对于对手与外部选项中最佳选择的胜算"))
BEST = Term(
    Text("Best alternative", "最佳替代选择"), USD_PER_MTOK,
    Text("Largest surplus among the rivals and the outside option",
         "各对手与外部选项中最大的净价值"))
ALTERNATIVES = Term(
    Text("All alternatives", "全部替代选择"), USD_PER_MTOK,
    Text("What the choice among rivals and the outside option is worth to a buyer (log-sum)",
         "在各对手与外部选项之间选择对买方的价值（对数和）"))
ADVANTAGE = Term(
    Text("Advantage", "优势"), RATIO,
    Text("What our quality exceeds our unit cost and the alternatives by, in price scales, less 1",
         "本方质量超出单位成本与替代选择的部分，以价格尺度计，再减 1"))
ODDS = Term(
    Text("Odds of a sale", "成交胜算"), RATIO,
    Text("Share over the rest of the market at the price that earns most",
         "利润最高的价格下，份额与其余市场之比"))

# Results -----------------------------------------------------------------------------------------

OUR_SHARE = Term(
    Text("Our share", "本方份额"), FRACTION,
    Text("Of all buyers, those who do not buy included", "占全部买方（含未购买者）的份额"))
NONBUYERS = Term(
    Text("Buy of nobody", "未购买者"), FRACTION,
    Text("Share of the outside option", "外部选项的份额"))
OUR_PROFIT = Term(
    Text("Our profit", "本方利润"), USD,
    Text("Price less unit cost, times the quantity; of a month, before fixed cost",
         "（价格减单位成本）乘以销量；按月计，未扣固定成本"))
QUANTITY = Term(
    Text("Quantity", "销量"), MTOK, Text("Market size times share", "市场规模乘以份额"))
PROFIT = OUR_PROFIT.titled(Text("Profit", "利润"))
ELASTICITY = term(shared.OwnElasticity)
PRICE = Term(
    Text("Price", "价格"), USD_PER_MTOK, Text("Of a million tokens", "每百万 token 的价格"))
SHARE = Term(
    Text("Share", "份额"), FRACTION,
    Text("Of all buyers, those who do not buy included", "占全部买方（含未购买者）的份额"))
GAIN = Term(
    Text("Gain on today", "较当前增加"), USD,
    Text("Profit there less the profit of today", "该价格下的利润减去当前利润"))
FIRST_PRICE = PRICE.titled(
    Text("Rival's price", "对手原价格"),
    Text("Of the rival in the first row, before the cut", "第一行对手降价前的价格"))
FIRST_COST = PRICE.titled(
    Text("Rival's unit cost", "对手单位成本"), Text("Of the first rival", "第一行对手的单位成本"))
FIRST_QUALITY = PRICE.titled(
    Text("Rival's quality", "对手质量"), Text("Of the first rival", "第一行对手的质量"))
CUT_PRICE = PRICE.titled(
    Text("Rival's new price", "对手新价格"), Text("After the cut", "降价后的价格"))
FIRST_PROFIT_AFTER = PROFIT.titled(
    Text("Rival's profit if we hold", "本方不变时的对手利润"),
    Text("After the cut, if nobody answers it; its profit of today stands on the sheet Rivals",
         "降价后、无人跟进时的利润；其当前利润见“竞争对手”表"))
NEEDED_SHARE = SHARE.titled(
    Text("Share that matching needs", "跟进所需份额"),
    Text("Our share that, at the rival's new price, earns what holding earns",
         "按对手新价格出售时，与维持原价利润相同所需的份额"))
# fmt: on

MATCHING_PRICE_LOSES = Text(
    "Matching the rival's price loses money compared with holding ours.",
    "与维持原价相比，跟进对手价格会损失利润。",
)
MATCHING_CUT_LOSES = Text(
    "Matching the rival's cut loses money compared with holding our price.",
    "与维持原价相比，跟进对手降幅会损失利润。",
)
BELOW_COST = Text(
    "A price that matches is below our unit cost.",
    "跟进后的价格低于本方单位成本。",
)

ANSWERS: Mapping[str, Text] = {
    "hold": Text("Hold", "维持原价"),
    "match_price": Text("Match the price", "跟进价格"),
    "match_cut": Text("Match the cut", "跟进降幅"),
    "reply": Text("Best reply", "最优反应"),
}

# fmt: off
COMPARED: Mapping[str, Term] = {
    "price": PRICE,
    "share": SHARE,
    "quantity": QUANTITY,
    "profit": PROFIT,
    "change": PROFIT.titled(
        Text("Profit change", "利润变动"),
        Text("Against the profit before the cut", "与对手降价前的利润相比")),
    "gain": PROFIT.titled(
        Text("Against holding", "与维持原价相比"),
        Text("Profit less that of holding our price", "利润减去维持原价的利润")),
}
# fmt: on

TODAY = Text("Best reply today", "当前最优反应")
AFTER = Text("After the cut", "降价后")
NASH = Text("Nash", "纳什均衡")
OURS_AT_NASH = Text("Nash: we", "纳什均衡：本方")
WE = Text("We", "本方")
ALL = Text("All", "全部")
ALL_BUT_US = Text("All but us", "除本方外")


def of(situation: Text, quantity: Term) -> Term:
    """A quantity in a situation: "Hold: profit"."""
    title = quantity.title.en[0].lower() + quantity.title.en[1:]
    return quantity.titled(Text(f"{situation.en}: {title}", f"{situation.zh}：{quantity.title.zh}"))


def our_odds(number: int) -> Term:
    """Our odds of a sale after so many of Newton's steps, within a step of all."""
    return ODDS.titled(Text(f"Our odds of a sale, step {number}", f"本方成交胜算，第 {number} 步"))


# The answer ---------------------------------------------------------------------------------------

# fmt: off
ALL_BUYERS = Text(
    "Shares of all sellers and of no purchase, and 1", "各卖方及未购买的份额之和与 1")
REPLY = Text(
    "Take {reply_price} USD: {reply_gain} USD a month more than holding; matching would cost "
    "{match_price_gain:abs}.",
    "定价 {reply_price} 美元：月利润比维持原价多 {reply_gain} 美元；跟进价格则会损失 "
    "{match_price_gain:abs} 美元。")
REPLY_OR_MATCH = Text(
    "Take {reply_price} USD: {reply_gain} USD a month more than holding; matching brings "
    "{match_price_gain}.",
    "定价 {reply_price} 美元：月利润比维持原价多 {reply_gain} 美元；跟进价格则多 "
    "{match_price_gain} 美元。")
HOLD = Text(
    "Hold {price} USD: no price earns more after the cut; matching would cost "
    "{match_price_gain:abs} USD a month.",
    "维持 {price} 美元：对手降价后没有更优价格；跟进价格每月会损失 {match_price_gain:abs} 美元。")
HOLD_OR_MATCH = Text(
    "Hold {price} USD, which earns {hold_profit} USD a month after the cut, no more than matching.",
    "维持 {price} 美元，对手降价后月利润为 {hold_profit} 美元；跟进价格的利润不低于此。")
