"""The module that xlwings loads: VBA, wizard help, what importing it costs."""

from __future__ import annotations

import dataclasses
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

import lmprice
import lmprice_excel
from lmprice_excel import wizard
from tests.excel.com_host import Excel, excel

# Language reference for VBA: keywords and operators, which no argument can be called.
_WORDS = """
    addressof alias and any appactivate array as attribute base beep binary boolean byref byte
    byval call case cbool cbyte ccur cdate cdbl cdec chdir cint class clng close compare const
    csng cstr currency cvar cverr date debug decimal declare defbool defbyte defcur defdate
    defdbl defint deflng defobj defsng defstr defvar dim do double each else elseif empty end
    endif enum eqv erase error event exit explicit false fix for friend function get global
    gosub goto if imp implements in input int integer is lbound len let lib like line lock long
    longlong longptr loop lset me mid mod module name new next not nothing null object on open
    option optional or output paramarray preserve print private property psave public put
    raiseevent random read redim rem resume return rset scale seek select set sgn shared single
    spc static step stop strcomp string sub tab text then time to true type typeof ubound unlock
    until variant vb_name wend while width with withevents write xor
"""
RESERVED = set(_WORDS.split())
LIKE_A_CELL = re.compile(r"[A-Z]{1,3}[0-9]+|R[0-9]*C?[0-9]*|C[0-9]*", re.IGNORECASE)
NAMES = [*(f.excel_name for f in lmprice.functions()), "LMMODELPRICE", "LMERROR"]


@pytest.fixture(scope="module")
def host() -> Iterator[Excel]:
    with excel() as running:
        yield running


@pytest.fixture(scope="module")
def signatures(host: Excel) -> dict[str, list[str]]:
    """The arguments of each VBA function."""
    found = re.findall(r"^Function (\w+)\((.*)\)$", host.vba(), re.MULTILINE)
    return {name: arguments.split(", ") for name, arguments in found}


class TestVba:
    def test_one_function_for_each_in_the_registry(self, host: Excel) -> None:
        assert sorted(re.findall(r"^Function (\w+)", host.vba(), re.MULTILINE)) == sorted(NAMES)

    def test_it_calls_the_module_by_name(self, host: Excel) -> None:
        calls = re.findall(r'(\w+) = XLPy\.CallUDF\("(\w+)", "(\w+)", Array\(', host.vba())
        assert {(name, "lmprice_excel", name) for name in NAMES} == set(calls)

    def test_arguments_and_which_are_optional(self, signatures: dict[str, list[str]]) -> None:
        assert signatures["LMPROFIT"] == ["quantity", "price", "unit_cost", "Optional fixed_cost"]
        for f in lmprice.functions():
            expected = [f"Optional {p.name}" if p.is_optional else p.name for p in f.parameters]
            assert signatures[f.excel_name] == expected

    def test_names_are_legal(self, signatures: dict[str, list[str]]) -> None:
        for name, arguments in signatures.items():
            assert re.fullmatch(r"LM[A-Z]{1,29}", name)
            assert not LIKE_A_CELL.fullmatch(name)
            bare = [a.removeprefix("Optional ").lower() for a in arguments]
            assert len(set(bare)) == len(bare) <= 60
            for argument in bare:
                assert re.fullmatch(r"[a-z][a-z0-9_]*", argument)
                assert argument not in RESERVED
                assert not LIKE_A_CELL.fullmatch(argument)

    def test_lines_are_short_enough_for_vba(self, host: Excel) -> None:
        assert max(map(len, host.vba().splitlines())) <= 1023


class TestWizard:
    def test_help_of_a_function(self, host: Excel) -> None:
        info = host.module.LMPROFIT.__xlfunc__
        assert info["category"] == "lmprice profit"
        assert info["ret"]["doc"] == "Profit: revenue less variable and fixed cost."
        assert [a["doc"] for a in info["args"]] == [
            "Units sold or served (units; at least 0).",
            "Price of one unit (USD per unit; at least 0).",
            "Variable cost of one unit (USD per unit; at least 0).",
            "Cost that does not depend on the quantity (USD; at least 0; 0 if left out).",
        ]

    def test_a_column_says_so(self, host: Excel) -> None:
        info = host.module.LMBREAKEVENMIX.__xlfunc__
        assert info["args"][0]["doc"] == (
            "Price of one unit (USD per unit; a column or row of cells; at least 0)."
        )

    def test_every_text_is_there_and_fits(self, host: Excel) -> None:
        for name in NAMES:
            info = getattr(host.module, name).__xlfunc__
            for text in (info["ret"]["doc"], *(a["doc"] for a in info["args"])):
                assert 10 < len(text) <= 255
                assert "\n" not in text
                assert not text.startswith("Positional argument")

    def test_long_texts_are_shortened(self) -> None:
        f = lmprice.functions()[0]

        def kernel() -> float:
            return 0

        kernel.__doc__ = "word " * 100
        text = wizard.function_help(dataclasses.replace(f, kernel=kernel))
        assert len(text) <= 255
        assert text.endswith(" ...")

    def test_no_hints_and_no_wrapped_function(self, host: Excel) -> None:
        for name in NAMES:
            function = getattr(host.module, name)
            assert function.__name__ == name
            assert inspect.get_annotations(function) == {}
            assert not hasattr(function, "__wrapped__")


class TestModule:
    def test_star_import_brings_all_functions(self) -> None:
        namespace: dict[str, object] = {}
        exec("from lmprice_excel import *", namespace)
        assert {name for name in namespace if name.startswith("LM")} == set(NAMES)

    def test_it_lists_its_functions(self) -> None:
        assert set(NAMES) <= set(dir(lmprice_excel))
        assert lmprice_excel.LMCM(5, 1) == 4
        assert lmprice_excel.LMCM is lmprice_excel.LMCM

    @pytest.mark.parametrize("name", ["LMNOSUCH", "nosuch"])
    def test_other_names(self, name: str) -> None:
        with pytest.raises(AttributeError, match=f"has no attribute '{name}'"):
            getattr(lmprice_excel, name)

    @pytest.mark.engine
    def test_it_loads_nothing_but_lmprice_beside_numpy_and_xlwings(self) -> None:
        program = """
            import sys, numpy, xlwings
            before = set(sys.modules)
            import lmprice_excel
            functions = [getattr(lmprice_excel, name) for name in dir(lmprice_excel)]
            new = {name.partition(".")[0] for name in set(sys.modules) - before}
            print(*sorted(new - sys.stdlib_module_names))
        """
        assert set(output(program).split()) <= {"lmprice", "lmprice_excel", "numpy"}

    def test_cells_need_no_xlwings(self) -> None:
        program = """
            import sys
            sys.modules["xlwings"] = None  # as if it were not installed
            import lmprice, lmprice_excel.cells
            profit = next(f for f in lmprice.functions() if f.name == "profit")
            print(lmprice_excel.cells.evaluate(profit, [100.0, 20.0, 10.0]))
        """
        assert output(program) == "1000.0"


def output(program: str) -> str:
    command = [sys.executable, "-c", inspect.cleandoc(program)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
