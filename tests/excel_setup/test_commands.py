from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from lmprice.cli.excel import excel as app
from lmprice.excel_setup.machine import Machine
from tests.excel_setup.conftest import Registry, write_settings


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    if code == 2:
        assert result.stdout == ""
    return result.output


def test_install_says_what_it_wrote_and_what_is_next(
    windows: Machine, workbook: Path, here: SimpleNamespace
) -> None:
    here.is_(windows)
    output = run("install", "-o", workbook)
    assert f"Wrote {windows.configuration}" in output
    assert f"Wrote {workbook}" in output
    assert f"1. Open {workbook} in Excel." in output
    assert "ImportPythonUDFs" in output
    assert "as it was before" not in output
    again = run("install", "-o", workbook)
    assert again.splitlines() == [
        f"Unchanged: {windows.configuration}",
        f"Unchanged: {workbook}",
        "Nothing to do.",
    ]


def test_install_goes_to_the_current_folder(
    windows: Machine, tmp_path: Path, here: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.is_(windows)
    monkeypatch.chdir(tmp_path)
    run("install")
    assert (tmp_path / "lmprice.xlsm").is_file()


def test_install_names_the_backup(windows: Machine, workbook: Path, here: SimpleNamespace) -> None:
    here.is_(windows)
    path = write_settings(windows, '"A","1"\n')
    assert f"as it was before: {path}.bak" in run("install", "-o", workbook)


def test_a_dry_run_writes_nothing(windows: Machine, workbook: Path, here: SimpleNamespace) -> None:
    here.is_(windows)
    output = run("install", "--dry-run", "-o", workbook)
    assert f"Would write {windows.configuration}" in output
    assert f'"INTERPRETER_WIN","{windows.interpreter}"' in output
    assert f"Would write {workbook}" in output
    assert not workbook.exists()
    assert not windows.configuration.exists()


@pytest.mark.parametrize("option", [(), ("--dry-run",)])
def test_a_refused_install_writes_nothing(
    windows: Machine, workbook: Path, here: SimpleNamespace, option: tuple[str, ...]
) -> None:
    here.is_(windows)
    workbook.write_bytes(b"mine")
    output = run("install", "-o", workbook, *option, code=2)
    assert output.startswith(f"lmprice: {workbook} exists and was not made by this command")
    assert not windows.configuration.exists()
    assert "Wrote" in run("install", "-o", workbook, "--force")


def test_install_elsewhere(windows: Machine, workbook: Path, here: SimpleNamespace) -> None:
    here.is_(replace(windows, platform="linux"))
    assert "no Excel for Linux" in run("install", "-o", workbook, code=2)
    assert not workbook.exists()


def test_doctor(
    windows: Machine, workbook: Path, here: SimpleNamespace, registry: Registry
) -> None:
    here.is_(windows)
    output = run("doctor", code=1)
    assert "problem  Settings: there is no" in output
    assert "next: lmprice excel install" in output
    run("install", "-o", workbook)
    lines = run("doctor").splitlines()
    assert len(lines) == 10
    assert all(line.startswith("ok ") for line in lines)


def test_doctor_on_this_computer() -> None:
    assert "LMPROFIT(100,20,10,100): 900" in run("doctor")


def test_lite_prints_the_files() -> None:
    output = run("lite")
    assert "----- main.py -----" in output
    assert "from lmprice_excel import *" in output
    assert "lmprice==" in output
    assert "Next:" in output


def test_lite_writes_the_files(tmp_path: Path) -> None:
    assert f"Wrote {tmp_path / 'main.py'}" in run("lite", "-o", tmp_path)
    assert f"Unchanged: {tmp_path / 'main.py'}" in run("lite", "-o", tmp_path)
    (tmp_path / "main.py").write_text("mine")
    assert "holds something else" in run("lite", "-o", tmp_path, code=2)


def test_libreoffice(tmp_path: Path) -> None:
    path = tmp_path / "lmprice.oxt"
    output = run("libreoffice", "-o", path)
    assert path.read_bytes().startswith(b"PK")
    assert output.splitlines() == [f"Wrote {path}", f'Install it with: unopkg add "{path}"']
    path.write_bytes(b"mine")
    assert "--force overwrites it" in run("libreoffice", "-o", path, code=2)
    assert path.read_bytes() == b"mine"
    run("libreoffice", "-o", path, "--force")
    assert path.read_bytes().startswith(b"PK")
    assert "no folder" in run("libreoffice", "-o", tmp_path / "missing" / "a.oxt", code=2)


def test_libreoffice_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("lmprice_excel.libreoffice.build_oxt", fail)
    output = run("libreoffice", "-o", tmp_path / "a.oxt", code=2)
    assert output == f"lmprice: cannot write {tmp_path / 'a.oxt'}: Permission denied\n"
