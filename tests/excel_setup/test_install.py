from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from lmprice.excel_setup.install import Step, carry_out, plan
from lmprice.excel_setup.machine import Machine, SetupError, Xlwings
from lmprice.excel_setup.workbook import SOURCE, made_from, ready_workbook
from tests.excel_setup.conftest import write_settings


def install(machine: Machine, workbook: Path, *, force: bool = False) -> tuple[Step, Step]:
    steps = plan(machine, workbook, force=force)
    for step in steps:
        carry_out(step)
    return steps


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_first_install(windows: Machine, workbook: Path, xlwings: Xlwings) -> None:
    install(windows, workbook)
    assert windows.configuration.read_bytes().decode() == (
        f'"INTERPRETER_WIN","{windows.interpreter}"\r\n"UDF MODULES","lmprice_excel"\r\n'
    )
    assert workbook.read_bytes() == ready_workbook(xlwings)
    assert [p.name for p in windows.configuration.parent.iterdir()] == ["xlwings.conf"]


def test_xlwings_reads_the_settings(
    windows: Machine, workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import xlwings
    from xlwings.utils import read_user_config

    install(windows, workbook)
    monkeypatch.setattr(xlwings, "USER_CONFIG_FILE", str(windows.configuration))
    assert read_user_config() == {  # type: ignore[no-untyped-call]
        "interpreter_win": windows.interpreter,
        "udf modules": "lmprice_excel",
    }


def test_a_second_install_changes_nothing(windows: Machine, workbook: Path) -> None:
    install(windows, workbook)
    before = files(workbook.parent)
    steps = install(windows, workbook)
    assert [step.content for step in steps] == [None, None]
    assert files(workbook.parent) == before


def test_conda_is_set_up_by_its_environment(conda: Machine, workbook: Path) -> None:
    install(conda, workbook)
    text = conda.configuration.read_text()
    assert '"INTERPRETER_WIN","python"' in text
    assert '"CONDA ENV","pricing"' in text
    assert [step.content for step in install(conda, workbook)] == [None, None]


def test_settings_of_others_stay_and_there_is_a_backup(windows: Machine, workbook: Path) -> None:
    old = '"LICENSE_KEY","secret"\n"UDF MODULES","mine;"\n"INTERPRETER_WIN","C:\\old.exe"\n'
    path = write_settings(windows, old)
    settings, _ = install(windows, workbook)
    assert path.read_bytes().decode() == (
        '"LICENSE_KEY","secret"\n'
        '"UDF MODULES","mine;lmprice_excel"\r\n'
        f'"INTERPRETER_WIN","{windows.interpreter}"\r\n'
    )
    assert path.with_name("xlwings.conf.bak").read_text() == old
    assert settings.remarks == (
        f'"INTERPRETER_WIN","{windows.interpreter}" instead of "C:\\old.exe"',
        '"UDF MODULES","mine;lmprice_excel" instead of "mine;"',
    )
    assert "secret" not in str(settings.remarks)


def test_it_is_said_that_other_workbooks_get_the_functions(
    windows: Machine, workbook: Path
) -> None:
    settings, _ = plan(windows, workbook, force=False)
    assert "names no modules of its own" in settings.remarks[-1]


def test_a_backup_never_replaces_another(windows: Machine, workbook: Path) -> None:
    path = write_settings(windows, '"A","1"\n')
    path.with_name("xlwings.conf.bak").write_text("the first")
    path.with_name("xlwings.conf.bak2").write_text("the second")
    install(windows, workbook)
    assert path.with_name("xlwings.conf.bak").read_text() == "the first"
    assert path.with_name("xlwings.conf.bak2").read_text() == "the second"
    assert path.with_name("xlwings.conf.bak3").read_text() == '"A","1"\n'


def test_the_same_python_without_console_stays(windows: Machine, workbook: Path) -> None:
    quiet = windows.interpreter.replace("python.exe", "pythonw.exe")
    text = f'"INTERPRETER_WIN","{quiet}"\n"UDF MODULES","lmprice_excel"\n'
    path = write_settings(windows, text)
    settings, _ = install(windows, workbook)
    assert settings.content is None
    assert path.read_text() == text


def test_a_foreign_file_is_in_the_way(windows: Machine, workbook: Path, xlwings: Xlwings) -> None:
    foreign = (xlwings.directory / SOURCE).read_bytes()
    workbook.write_bytes(foreign)
    with pytest.raises(SetupError, match=r"was not made by this command.* -o.*--force"):
        plan(windows, workbook, force=False)
    assert workbook.read_bytes() == foreign
    _, step = install(windows, workbook, force=True)
    assert workbook.read_bytes() == ready_workbook(xlwings)
    assert "in place of the file" in step.remarks[1]


def test_a_workbook_in_use_stays(windows: Machine, workbook: Path) -> None:
    install(windows, workbook)
    book = openpyxl.load_workbook(workbook, keep_vba=True)
    assert book.vba_archive is not None
    with book.vba_archive:
        book.worksheets[0]["A9"] = "my figures"
        book.save(workbook)
    before = workbook.read_bytes()
    _, step = install(windows, workbook)
    assert (step.content, step.remarks) == (None, ("it was made before and stays as it is",))
    assert workbook.read_bytes() == before


def test_a_workbook_for_another_xlwings_is_not_replaced_unasked(
    windows: Machine, workbook: Path, xlwings: Xlwings
) -> None:
    install(replace(windows, xlwings=Xlwings("0.33.1", xlwings.directory)), workbook)
    with pytest.raises(SetupError, match=rf"for xlwings 0\.33\.1, but {xlwings.version} is inst"):
        plan(windows, workbook, force=False)
    install(windows, workbook, force=True)
    assert made_from(workbook) == xlwings.version


def test_the_workbook_needs_its_ending_and_a_folder(windows: Machine, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"must end in \.xlsm"):
        plan(windows, tmp_path / "lmprice.xlsx", force=False)
    with pytest.raises(SetupError, match=r"no folder .*missing"):
        plan(windows, tmp_path / "missing" / "lmprice.xlsm", force=False)


def test_without_xlwings(windows: Machine, workbook: Path) -> None:
    with pytest.raises(SetupError, match=r'not installed: pip install "lmprice\[excel\]"'):
        plan(replace(windows, xlwings=None), workbook, force=False)


@pytest.mark.parametrize(
    ("platform", "instead"), [("darwin", "lmprice excel lite"), ("linux", "excel libreoffice")]
)
def test_other_systems(windows: Machine, workbook: Path, platform: str, instead: str) -> None:
    with pytest.raises(SetupError, match=instead):
        plan(replace(windows, platform=platform), workbook, force=False)


def test_settings_that_cannot_be_read(windows: Machine, workbook: Path) -> None:
    windows.configuration.mkdir(parents=True)
    with pytest.raises(SetupError, match="cannot read"):
        plan(windows, workbook, force=False)


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SetupError, match=r"cannot write .* close it"):
        carry_out(Step(tmp_path / "file" / "lmprice.xlsm", b"content"))
