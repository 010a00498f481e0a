"""Files that appear together, each whole, or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lmprice.output.files import CannotWriteError, NewFiles, write


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_appear_together(tmp_path: Path) -> None:
    lines, bill = tmp_path / "lines.csv", tmp_path / "bill.csv"
    with NewFiles(lines, bill) as new:
        new.temporary(lines).write_text("lines")
        with new.open(bill) as file:
            file.write(b"bi")
        with new.open(bill) as file:
            file.write(b"ll")
        assert not lines.exists()
        assert not bill.exists()
        new.publish()
    assert names(tmp_path) == ["bill.csv", "lines.csv"]
    assert bill.read_text() == "bill"


def test_what_is_not_published_is_removed(tmp_path: Path) -> None:
    with NewFiles(tmp_path / "a") as new:
        new.temporary(tmp_path / "a").write_text("half")
        assert len(names(tmp_path)) == 1
    assert names(tmp_path) == []


def test_each_run_has_names_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with NewFiles(path) as one, NewFiles(path) as other:
        assert one.temporary(path) != other.temporary(path)
        assert one.temporary(path) == one.temporary(path)


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="a exists already"):
        NewFiles(path)
    write(b"new", path, force=True)
    assert path.read_text() == "new"


def test_what_appears_meanwhile_stays_and_nothing_stands_beside_it(tmp_path: Path) -> None:
    lines, bill = tmp_path / "lines.csv", tmp_path / "bill.csv"
    with NewFiles(lines, bill) as new:
        new.temporary(lines).write_text("lines")
        new.temporary(bill).write_text("bill")
        bill.write_text("precious")
        with pytest.raises(FileExistsError, match=r"bill\.csv exists already"):
            new.publish()
    assert names(tmp_path) == ["bill.csv"]
    assert bill.read_text() == "precious"


def test_so_it_is_on_file_systems_without_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", no_links)
    write(b"new", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"new"
    with NewFiles(tmp_path / "b") as new:
        new.temporary(tmp_path / "b").write_text("new")
        (tmp_path / "b").write_text("precious")
        with pytest.raises(FileExistsError, match="b exists already"):
            new.publish()
    assert (tmp_path / "b").read_text() == "precious"


def test_with_force_an_optional_file_of_before_goes(tmp_path: Path) -> None:
    refused, bill = tmp_path / "refused.csv", tmp_path / "bill.csv"
    refused.write_text("old")
    bill.write_text("old")
    with NewFiles(refused, bill, force=True) as new:
        new.temporary(bill).write_text("new")
        new.publish()
    assert names(tmp_path) == ["bill.csv"]
    assert bill.read_text() == "new"


def test_an_optional_file_that_is_there_is_a_reason_to_stop(tmp_path: Path) -> None:
    refused, bill = tmp_path / "refused.csv", tmp_path / "bill.csv"
    with NewFiles(refused, bill) as new:
        new.temporary(bill).write_text("new")
        refused.write_text("somebody's")
        with pytest.raises(FileExistsError, match=r"refused\.csv exists already"):
            new.publish()
    assert names(tmp_path) == ["refused.csv"]


def test_no_output_is_an_input(tmp_path: Path) -> None:
    book = tmp_path / "book.toml"
    book.write_text("book")
    os.link(book, tmp_path / "other.toml")
    for path in (book, tmp_path / "other.toml"):
        with pytest.raises(ValueError, match="is read by this command; write to another file"):
            NewFiles(path, force=True, inputs=[book, tmp_path / "none"])
    assert book.read_text() == "book"


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    with pytest.raises(CannotWriteError, match="File name too long"):
        NewFiles(tmp_path / ("a" * 300))


def test_who_may_read_a_file_stays_when_it_is_replaced(tmp_path: Path) -> None:
    bill, lines = tmp_path / "bill", tmp_path / "lines"
    write(b"x", bill)
    bill.chmod(0o600)
    with NewFiles(lines, bill, force=True) as new:
        new.temporary(lines).write_bytes(b"y")
        new.temporary(bill).write_bytes(b"y")
        new.publish()
    assert (bill.read_bytes(), bill.stat().st_mode & 0o777) == (b"y", 0o600)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_device_is_no_file() -> None:
    with pytest.raises(OSError, match="it is no regular file") as error:
        write(b"x", Path("/dev/full"), force=True)
    assert error.value.filename == "/dev/full"


def test_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        write(b"x", tmp_path / "a")
    finally:
        os.umask(mask)
    if os.name == "posix":
        assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


HALF = """
import sys, time
from pathlib import Path
from lmprice.output.files import NewFiles, clean_up_when_told_to_stop
clean_up_when_told_to_stop()
with NewFiles(Path(sys.argv[1])) as new:
    new.temporary(Path(sys.argv[1])).write_text("half")
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_nothing_is_left_behind_by_a_run_that_is_told_to_stop(tmp_path: Path, name: str) -> None:
    number = signal.Signals[name]
    command = [sys.executable, "-c", HALF, str(tmp_path / "bill.csv")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert len(names(tmp_path)) == 1
        process.send_signal(number)
        assert process.wait(timeout=60) == 128 + number
    assert names(tmp_path) == []


def test_writers_at_one_time_leave_whole_files_of_one_of_them(tmp_path: Path) -> None:
    pair = """
import sys
from pathlib import Path
from lmprice.output.files import NewFiles
folder, who = Path(sys.argv[1]), sys.argv[2]
for _ in range(200):
    lines, bill = folder / "lines", folder / "bill"
    with NewFiles(lines, bill, force=True) as new:
        new.temporary(lines).write_text(who)
        new.temporary(bill).write_text(who)
        new.publish()
"""
    runs = [
        subprocess.Popen([sys.executable, "-c", pair, str(tmp_path), who]) for who in ("a", "b")
    ]
    deadline = time.monotonic() + 60
    while any(run.poll() is None for run in runs) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [run.wait() for run in runs] == [0, 0]
    assert names(tmp_path) == ["bill", "lines"]
    assert (tmp_path / "bill").read_text() == (tmp_path / "lines").read_text()
