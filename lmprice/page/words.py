"""The words of a page that are not those of its scenario; what sheets say as well is theirs."""

from __future__ import annotations

from lmprice.language.terms import Text
from lmprice.scenarios import tables, verdicts
from lmprice.workbook import questions, texts, values

WORDS: dict[str, Text] = {
    "inputs": texts.INPUTS,
    "results": texts.RESULTS,
    "result": texts.RESULT,
    "value": texts.VALUE,
    "unit": texts.UNIT,
    "base": texts.BASE_CASE,
    "low": texts.LOW_CASE,
    "high": texts.HIGH_CASE,
    "scenario": texts.CASE_IN_USE,
    "scenarios": texts.SIDE_BY_SIDE,
    "drivers": texts.DRIVERS,
    "change": texts.CHANGE,
    "sensitivity": texts.SENSITIVITY,
    "notes": texts.NOTES,
    "checks": texts.CHECKS,
    "check": texts.CHECK,
    "noLimit": texts.NO_LIMIT,
    "iterated": texts.ITERATED,
    "isEmpty": texts.IS_EMPTY,
    "isNotDate": texts.IS_NOT_A_DATE,
    "isText": values.IS_TEXT,
    "isInfinite": values.IS_INFINITE,
    "notAbove": texts.NOT_ABOVE,
    "limitMissing": tables.NO_LIMIT,
    "lastLimit": texts.LAST_LIMIT,
    "meant": questions.MEANT,
    "unusual": questions.UNUSUAL,
    "percent": questions.PERCENT,
    "noAnswer": verdicts.NO_ANSWER,
    "tooLarge": verdicts.TOO_LARGE,
    "language": Text("中文", "English"),
    "languageTitle": Text("Show this page in Chinese", "以英文显示本页"),
    "reset": Text("Reset", "恢复示例"),
    "share": Text("Copy link", "复制链接"),
    "print": Text("Print", "打印"),
    "copied": Text("Copied", "已复制"),
    "copyText": Text("Copy as text", "复制为文本"),
    "copyTable": Text("Copy as table", "复制为表格"),
    "copyNumber": Text("Copy number", "复制数值"),
    "copyFormula": Text("Copy Excel formula", "复制 Excel 公式"),
    "workbook": Text("Workbook", "工作簿"),
    "download": Text("Download inputs", "下载输入"),
    "workbookHelp": Text(
        "Save the inputs of this page, then let lmprice write them into the workbook:",
        "保存本页的输入，再由 lmprice 填入工作簿：",
    ),
    "invalid": Text(
        "Mend the marked inputs: the results below are not valid.",
        "请修正标出的输入：以下结果无效。",
    ),
    "formula": Text("Formula", "公式"),
    "formulaOf": Text("Formula of {title}", "{title}的公式"),
    "where": Text("where", "其中"),
    "standsIn": Text(
        "The formula stands in the workbook of this template, where the names are known.",
        "该公式用于本模板的工作簿，名称在其中已定义。",
    ),
    "whatIf": Text("What if", "假设分析"),
    "whatIfInput": Text("Input to move", "变动的输入"),
    "back": Text("Back to {value}", "恢复为 {value}"),
    "since": Text("{change} since {value}", "较 {value} 变化 {change}"),
    "ofInput": Text("Result to look at", "查看的结果项"),
    "atLow": Text("when lower", "调低时"),
    "atHigh": Text("when higher", "调高时"),
    "staysPut": Text(
        "Without an effect, or without an answer: {inputs}.", "没有影响或无解：{inputs}。"
    ),
    "winner": Text("best", "最优"),
    "numbers": Text("Numbers of the chart", "图表数据"),
    "addRow": Text("Add row", "添加行"),
    "deleteRow": Text("Delete row {number}", "删除第 {number} 行"),
    "sortBy": Text("Sort by {title}", "按{title}排序"),
    "loadCsv": Text("Load CSV", "载入 CSV"),
    "pasteHint": Text(
        "Paste rows from Excel or CSV into any cell. At most {rows} rows.",
        "可将 Excel 或 CSV 的行粘贴到任意单元格，最多 {rows} 行。",
    ),
    "tooManyRows": Text(
        "{count} rows were left out: a table has at most {rows}",
        "有 {count} 行未载入：表格最多 {rows} 行",
    ),
    "inWorkbook": Text("This chart is in the workbook only.", "该图表仅在工作簿中提供。"),
    "about": Text("About", "说明"),
    "offline": Text(
        "One file, no network: nothing that is typed here leaves this page. The formulas are those "
        "of lmprice, and the numbers agree with Python and Excel.",
        "单个文件，不连接网络：此处输入的内容不会离开本页。公式即 lmprice 的公式，"
        "数值与 Python 和 Excel 一致。",
    ),
    "found": Text("found", "实际"),
    "expected": Text("expected", "应为"),
    "row": Text("Row", "行"),
    "answer": texts.ANSWER,
    "skip": Text("To the answer", "跳到答案"),
}
