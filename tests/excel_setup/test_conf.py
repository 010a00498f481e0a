from __future__ import annotations

import pytest

from lmprice.excel_setup import conf
from lmprice.excel_setup.conf import Configuration, named_modules, with_module
from lmprice.excel_setup.machine import SetupError

FOREIGN = (
    b'"LICENSE_KEY","secret"\r\n"Interpreter_Win","C:\\old\\python.exe"\r\n"SHOW CONSOLE","True"'
)


def test_lines_keep_their_order_and_spelling() -> None:
    changed = Configuration.from_bytes(FOREIGN).with_values(
        {"INTERPRETER_WIN": r"C:\new\python.exe", "UDF MODULES": "lmprice_excel"}
    )
    assert changed.to_bytes().decode() == (
        '"LICENSE_KEY","secret"\r\n'
        '"Interpreter_Win","C:\\new\\python.exe"\r\n'
        '"SHOW CONSOLE","True"\r\n'
        '"UDF MODULES","lmprice_excel"\r\n'
    )


@pytest.mark.parametrize(
    "line",
    ['"UDF MODULES","mine"', '"udf modules", "mine"', "UDF Modules,mine", ' "UDF MODULES" ,mine '],
)
def test_settings_are_read_as_excel_reads_them(line: str) -> None:
    assert Configuration.from_bytes(line.encode()).get("UDF MODULES") == "mine"


def test_the_first_of_two_counts_and_both_are_changed() -> None:
    twice = Configuration.from_bytes(b'"A","1"\n"A","2"\n')
    assert twice.get("A") == "1"
    changed = twice.with_values({"A": "3"})
    assert [changed.get("A"), len(changed.lines)] == ["3", 2]
    assert b'"2"' not in changed.to_bytes()


def test_what_is_no_setting_stays() -> None:
    text = b'a remark\n"only a key"\n\xff\xfe,\n'
    found = Configuration.from_bytes(text)
    assert found.get("A") is None
    assert found.with_values({}).to_bytes() == text


def test_empty_lines_go_because_excel_reads_them_as_half_a_setting() -> None:
    changed = Configuration.from_bytes(b'\r\n"A","1"\r\n\r\n').with_values({"B": "2"})
    assert changed.to_bytes() == b'"A","1"\r\n"B","2"\r\n'


def test_an_equal_value_leaves_the_line_alone() -> None:
    text = b"a , 1\n"
    assert Configuration.from_bytes(text).with_values({"A": "1"}).to_bytes() == text


def test_a_path_that_the_code_page_cannot_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conf, "_encoding", lambda: "cp1252")
    changed = Configuration().with_values({"INTERPRETER_WIN": r"C:\定价\python.exe"})
    with pytest.raises(SetupError, match=r"code page .* has no '定'"):
        changed.to_bytes()


def test_modules_are_separated_by_semicolons() -> None:
    assert named_modules(" a; b;") == ["a", "b"]
    assert named_modules(None) == []
    assert with_module("a;b;", "lmprice_excel") == "a;b;lmprice_excel"
    assert with_module("lmprice_excel;a", "lmprice_excel") == "lmprice_excel;a"
