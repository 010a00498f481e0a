"""The words of a workbook that belong to no quantity, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lmprice.language.dates import DateTerm
from lmprice.language.terms import LANGUAGES as LANGUAGES  # noqa: PLC0414
from lmprice.language.terms import Choice, Term, Text
from lmprice.output.printing import inline as inline  # noqa: PLC0414
from lmprice.output.printing import labelled as labelled  # noqa: PLC0414
from lmprice.output.printing import unit as unit  # noqa: PLC0414

INPUTS = Text("Inputs", "输入")
RESULTS = Text("Results", "结果")
SENSITIVITY = Text("Sensitivity", "敏感性")
CHART = Text("Chart", "图表")
MONTHS = Text("Months", "逐月")
BREAKEVEN = Text("Breakeven", "盈亏平衡")
HORIZON = Text("Horizon", "展望期末")
ITERATION = Text("Iteration", "迭代")
ANSWER = Text("Answer", "答案")
WORDS = Text("Texts", "文本")
GUIDE = Text("Guide", "说明")

VALUE = Text("Value", "数值")
UNIT = Text("Unit", "单位")
STATUS = Text("Status", "状态")
MEANING = Text("What it means", "含义")
RESULT = Text("Result", "结果项")
BASE_CASE = Text("Base", "基准")
LOW_CASE = Text("Low", "低")
HIGH_CASE = Text("High", "高")
OWN = Text("Own", "自定")
INPUT_NAME = Text("Input", "输入项")
INPUT_HEADER = (
    INPUT_NAME,
    BASE_CASE,
    LOW_CASE,
    HIGH_CASE,
    OWN,
    Text("In use", "采用"),
    UNIT,
    STATUS,
    MEANING,
    Text("Source and date", "来源与日期"),
)
CASE_IN_USE = Text("Scenario in use", "采用的情景")
CASE_PROMPT = Text(
    "One of the names in the row below: an input that a scenario leaves empty is that of the base",
    "下一行中的名称之一：情景中留空的输入取基准值",
)
NO_CASE = Text("is none of the scenarios in the row below", "不是下一行中的情景")
TWO_CASES = Text("is the name of two scenarios", "是两个情景的名称")
CHECK = Text("Check: ", "请核对：")
CHANGE = Text("Inputs move by", "输入变动幅度")
CASE_CELLS = Text("Cases", "情景计算")
SIDE_BY_SIDE = Text("Scenarios", "情景对比")
DRIVERS = Text("Drivers", "驱动因素")
DRIVEN = Text("Result", "结果项")
AT_LOWER = Text("Change when lower", "调低时的变化")
AT_HIGHER = Text("Change when higher", "调高时的变化")
WHEN_LOWER = Text("When lower", "调低时")
WHEN_HIGHER = Text("When higher", "调高时")
SWING = Text("Swing", "波动幅度")
BAR = Text("Size", "大小")
OF_LARGEST = Text("Of the largest", "占最大者之比")
RANK = Text("Rank", "排名")
AS_IT_IS = Text("The result as it is", "当前结果")
ABOUT_CASES = Text(
    "Helper cells: a column for each scenario, two for each input made lower and higher. The "
    "scenarios are printed.",
    "辅助单元格：每个情景一列，每个输入调低与调高各一列。仅打印各情景。",
)
ABOUT_SIDE_BY_SIDE = Text(
    "All scenarios of the sheet Inputs at once, and how far each is from the base.",
    "“输入”表中的全部情景，以及各情景与基准之差。",
)
LEFT_OUT = Text(
    "Only for the scenario in use, on the sheet Results: {results}.",
    "仅对采用的情景计算，见“结果”表：{results}。",
)
CHECKS = Text("Checks", "检查")
CHECK_HEADER = (
    Text("What has to agree", "须一致的内容"),
    Text("Found", "实际"),
    Text("Expected", "应为"),
    STATUS,
)
INPUTS_USABLE = Text("Inputs that cannot be used", "无法使用的输入项数")
SEE = Text("see", "请查看")
LINE = Text("The line that every sheet shows", "各表显示的提示行")
AND_MORE = Text(" (and {count} more)", "（另有 {count} 项）")
NOT_VALID_YET = Text(
    ". There are no results until the sheet Inputs is right.", "。“输入”表填写正确之前没有结果。"
)
ALL_FINE = Text("✓ {count} checks pass", "✓ {count} 项检查通过")
ONE_IS_FINE = Text("✓ 1 check passes", "✓ 1 项检查通过")
SOME_FAIL = Text("! {count} to look at: see the sheet Checks", "! {count} 项需要查看：见“检查”表")
RESULT_HEADER = (RESULT, VALUE, UNIT, MEANING)

FILL_IN = Text(
    "Fill in the yellow cells. All other cells are locked, without a password.",
    "请填写黄色单元格。其余单元格已锁定，未设密码。",
)
OK = Text("ok", "正常")
IS_EMPTY = Text("is empty", "为空")
IS_NOT_A_NUMBER = Text("is not a number", "不是数字")
IS_NOT_A_DATE = Text("is not a date", "不是日期")
DATES_FROM_1904 = Text(
    "counts dates from 1904: switch that off in the options of the workbook, and check its dates",
    "使用 1904 日期系统：请在工作簿选项中关闭，并核对各日期",
)
HAS_A_TIME = Text("has a time of day", "带有时刻")
IS_AN_ERROR = Text("is an error", "是错误值")
BEYOND_THE_TABLE = Text(
    "stands below the table, which has {rows} rows", "位于表格之外，表格最多 {rows} 行"
)
ROWS = Text("rows", "行")
SEE_SHEET = Text("see the sheet {sheet}", "请查看“{sheet}”表")
FILL_IN_ROWS = Text(
    "Fill in the yellow cells, a row each, at most {rows} rows; rows may stay empty, and yellow "
    "columns may be sorted and filtered",
    "请填写黄色单元格，每行一项，最多 {rows} 行；可以留空行，黄色列可以排序和筛选",
)
MAY_BE_EMPTY = Text("may be left empty: 0", "可以留空，即为 0")
OPTIONAL = Text("may be left empty", "可以留空")
EMPTY_IN_THE_LAST_ROW = Text(
    "above the row before; empty in the last row, which has no limit",
    "须大于上一行；最后一行没有上限，应留空",
)
NOT_ABOVE = Text("is not above the row before", "不大于上一行")
LAST_LIMIT = Text("must be empty in the last row", "最后一行应为空")
NO_LIMIT = Text("no limit", "无上限")
WARNING = Text(
    "Some inputs have problems: see the Status column of the sheet Inputs. These results are not "
    "valid.",
    "部分输入有问题：请查看“输入”表的状态列。以下结果无效。",
)
WARNING_LINE = Text("Warning line", "警告行")
NOT_VALID = Text("Not a valid value", "数值无效")
BY = Text("{result} by {rows} and {columns}", "{result}随{rows}和{columns}的变化")
DOWN_ACROSS = Text(
    "Down: {rows}. Across: {columns}. The table follows the inputs.",
    "纵向：{rows}。横向：{columns}。表格随输入自动更新。",
)

ABOUT_STEPS = Text(
    "The frame shows the inputs as they are. Set the steps in the yellow cells; points beyond the "
    "range of an input end at its bound.",
    "方框为当前输入。步长可在黄色单元格中设置；超出输入范围的点取其边界值。",
)
STEP_DOWN = Text("Step down the table", "纵向步长")
STEP_ACROSS = Text("Step across the table", "横向步长")
FROM = Text("From", "起点")
TO = Text("To", "终点")
TO_AT_LEAST = Text("To at least", "终点至少")
END_OF_POINTS = Text("Where the points begin or end", "各点的起点或终点")
MARKED = Text("Marked on the chart", "图中标出的点")
ABOUT_WORDS = Text(
    "Helper cells: the numbers that stand in sentences, digit by digit, so that every program and "
    "every country shows the same text.",
    "辅助单元格：逐位写出句子中的数字，使各种软件和各地区设置显示相同的文字。",
)
PROMPT = Text(
    "Fill in the yellow cells of the sheet Inputs: the answer appears here.",
    "请在“输入”表中填写黄色单元格：答案将显示在这里。",
)
MOVES_MOST = Text("What moves it most", "影响最大的输入")
NO_NOTES = Text("Nothing to note.", "没有需要注意的事项。")
CONTENTS = Text("Sheets", "工作表")

HOW_TO_USE = Text("How to use this workbook", "使用方法")
STEPS = (
    FILL_IN,
    Text(
        "The Status cell beside an input says whether its value can be used.",
        "输入项旁的状态单元格说明该数值是否可用。",
    ),
    Text(
        "Results, the sensitivity table and the chart follow the inputs at once.",
        "结果、敏感性表和图表会立即随输入更新。",
    ),
    Text(
        "#N/A means that there is no answer, such as a breakeven when the price is below the unit "
        "cost.",
        "#N/A 表示没有答案，例如价格低于单位成本时不存在盈亏平衡点。",
    ),
)
LEGEND = Text("Colours", "颜色说明")
LEGEND_INPUT = Text("to be filled in", "待填写")
LEGEND_RESULT = Text("computed, do not overwrite", "自动计算，请勿覆盖")
EXAMPLE = Text("The filled-in example", "已填写的示例")
FORMULAS = Text("How the results are computed", "结果的计算方法")
FORMULA_HEADER = (
    RESULT,
    Text("Name in formulas", "公式中的名称"),
    Text("Formula", "公式"),
)
ALL_OF_IT = Text("(all of it: {place})", "（完整公式见 {place}）")
TEMPLATE = Text("Template", "模板")
VERSION = Text("Version", "版本")
LANGUAGE = Text("Language", "语言")
CURRENCY = Text("Currency", "币种")
MILLION_TOKENS = Text("million tokens", "百万 token")
TOKENS = Text("Tokens counted by the", "token 计数单位")
NOTES = Text("Notes", "提示")
COMPARED = Text(
    "Green: the highest {column}. The table and the chart follow the inputs.",
    "绿色：{column}最高。表格和图表随输入自动更新。",
)
STEP = Text("Step", "步骤")
BASE = Text("Base (not shown)", "底座（不显示）")
LEVEL = Text("Price", "价格")
TAKEN_OFF = Text("Taken off", "扣减")
LAST_MOVE = Text("Last change", "最后变化")
FILLED_IN = Text("Filled in", "已填写")
ITERATED = Text("{start}, then {steps} times: {step}", "从 {start} 开始，重复 {steps} 次：{step}")
ABOUT_ITERATION = Text(
    "Helper cells: each column is one step, computed from the step on its left. The last step is "
    "the result; how much it still changed is the residual among the results.",
    "辅助单元格：每列为一步，由左侧一步算出。最后一步即为结果；其变化量即结果中的残差。",
)


def about(field: str, message: str, lang: str) -> str:
    """What is asked about an input."""
    return f"{field}：{message}" if lang == "zh" else f"{field}: {message}"


def not_an_option(choice: Choice, lang: str) -> str:
    """What is said of a word that is not one of the options."""
    options = listed((text(lang) for text in choice.options.values()), lang)
    return Text(f"is not one of: {options}", f"不是以下选项之一：{options}")(lang)


# What a check of a workbook says.
NO_STORED_NUMBERS = Text(
    "has no stored numbers: recalculate and save it in a spreadsheet",
    "没有存储的数值：请在电子表格软件中重新计算并保存",
)
SHEET_MISSING = Text("the sheet {sheet} is missing", "缺少工作表 {sheet}")
OVERWRITTEN = Text("the formula {formula} was overwritten by {by}", "公式 {formula} 已被 {by} 覆盖")
NOTHING = Text("nothing", "空值")
CHANGED = Text("the formula {formula} was changed to {to}", "公式 {formula} 已被改为 {to}")
NOT_WHAT_INPUTS_GIVE = Text(
    "{stored} is stored, but the inputs give {computed}",
    "存储值为 {stored}，而按输入计算应为 {computed}",
)
OLDER_VERSION = Text(
    "was made from version {old} of the template {name}: its inputs are read, but there is nothing "
    "to compare its formulas with; fill its inputs into a new one",
    "由模板 {name} 的第 {old} 版生成：可以读取其输入，但无法核对其公式；请将输入填入新模板",
)
ALSO = Text(" (and {count} more like it, to {last})", "（另有 {count} 处类似，至 {last}）")
ALL_UP_TO_DATE = Text(
    "all formulas are the template's and all numbers are up to date",
    "所有公式均与模板一致，所有数值均为最新",
)
MORE_LINES = Text("and {count} more lines like these", "另有 {count} 行类似内容")
ROWS_INSERTED = Text(
    "rows inserted: {count}; they have no formulas, so copy those of a row beside them",
    "插入了 {count} 行：这些行没有公式，请从相邻行复制",
)
NAME_MOVED = Text(
    "the name {name} points to {to}; in the template it is {place}",
    "名称 {name} 指向 {to}；模板中为 {place}",
)


def with_new_inputs(said: Text, titles: Sequence[Text]) -> Text:
    """What is said of an older file, with the inputs that it did not have."""
    return Text(
        f"{said.en}; it had no {', '.join(t.en for t in titles)}: taken from the example",
        f"{said.zh}；其中没有{'、'.join(t.zh for t in titles)}：取示例中的数值",
    )


def no_number(term: Term) -> Text:
    """What is said of a value that is no number where one is wanted."""
    return IS_NOT_A_DATE if isinstance(term, DateTerm) else IS_NOT_A_NUMBER


def prompt(term: Term | Choice, lang: str) -> str:
    """What a cell says when it is selected: meaning, unit and rule."""
    rule = term.rule(lang) if isinstance(term, Term) else ""
    inside = [part for part in (unit(term, lang), rule) if part]
    return Text(f"{{}} ({'; '.join(inside)}).", f"{{}}（{'；'.join(inside)}）。")(lang).format(
        term.help(lang)
    )


def headed(term: Term, lang: str) -> str:
    """The head of a column with its unit."""
    return broken(labelled(term, lang))


def broken(head: str) -> str:
    """A head with what is in brackets on a line of its own, so that none begins with "）"."""
    return head.replace("（", "\n（")


def inside(name: str) -> str:
    """A name amid Chinese text, with the space that goes before Latin letters."""
    return f" {name}" if name[0].isascii() else name


def listed(names: Iterable[str], lang: str) -> str:
    """Names one after the other."""
    return ("、" if lang == "zh" else ", ").join(names)


def sentences(parts: Iterable[str], lang: str) -> str:
    """Short texts one after the other, each with a full stop."""
    stop = "。" if lang == "zh" else ". "
    return stop.join(parts) + stop.rstrip()
