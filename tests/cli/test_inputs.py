"""What is read and written: no output is an input, pipes are no files, reading is told as such."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lmprice.billing.files import load_book
from lmprice.billing.parsing import BookError, parse_book
from lmprice.cli.main import app
from tests.fuzz.kinds import BOOK, TEMPLATES


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.mark.parametrize("command", ["report", "plot", "book"])
def test_no_output_is_an_input(command: str, tmp_path: Path) -> None:
    path = tmp_path / {"report": "x.md", "plot": "x.png", "book": "x.toml"}[command]
    content = BOOK.encode() if command == "book" else TEMPLATES[0].read_bytes()
    path.write_bytes(content)
    result = run(command, path, "-o", path, "--force")
    message = f"lmprice: {path} is read by this command; write to another file\n"
    assert (result.exit_code, result.stderr) == (2, message)
    assert path.read_bytes() == content


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "book.toml"
    os.mkfifo(pipe)
    with pytest.raises(BookError, match=r"^book\.toml: is no regular file$"):
        load_book(pipe)
    result = run("book", "from", pipe, "-o", tmp_path / "new.toml")
    assert (result.exit_code, result.stderr) == (2, f"lmprice: {pipe} is no regular file\n")


def test_a_usage_file_that_cannot_be_read_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "usage.csv").write_text("timestamp,customer,model,input_tokens\n")
    (tmp_path / "book.toml").write_text(BOOK)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / "usage.csv"))

    monkeypatch.setattr("lmprice.billing.taking.is_plain_csv", refuse)
    result = run("rate", tmp_path / "usage.csv", "--book", tmp_path / "book.toml",
                 "-o", tmp_path / "bill.csv")  # fmt: skip
    message = f"lmprice: cannot read {tmp_path / 'usage.csv'}: Permission denied\n"
    assert (result.exit_code, result.stderr) == (2, message)


def test_of_many_problems_of_a_book_the_first_twenty_are_told() -> None:
    with pytest.raises(BookError) as caught:
        parse_book({f"key{n}": 1 for n in range(500)})
    lines = str(caught.value).splitlines()
    assert len(lines) == 21
    assert lines[-1] == f"... and {len(caught.value.problems) - 20:,} more problems"
    assert len(caught.value.problems) >= 500


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.toml", "a" + ".a" * 20_000 + " = 1", "is nested too deeply to be a price book"),
        ("a.toml", '["b' + '" . "b' * 100 + '"]\nc = 1', "is nested too deeply to be a price book"),
        ("a.toml", "a" + ".a" * 50 + " = 1", "is nested too deeply to be a price book"),
        ("a.toml", 'name = "' + "a." * 50 + '"', "version: is missing"),
        ("a.json", "[" * 100_000, "is nested too deeply to be a price book"),
        ("a.json", '{"k": [' + "1," * 999_999 + "1]}", "holds more than 1,000,000 values"),
        (
            "a.json",
            "{" + "".join(f'"k{n}": 1, ' for n in range(100_000)) + '"z": 1, "z": 2}',
            "the key 'z' stands twice",
        ),
        ("a.json", '"' + "a" * (32 << 20) + '"', "is larger than 32 MB"),
    ],
    ids=lambda text: text[:9],
)
def test_a_book_larger_or_deeper_than_any_is(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    (tmp_path / name).write_text(text)
    before = time.process_time()
    with pytest.raises(BookError, match=message):
        load_book(tmp_path / name)
    assert time.process_time() - before < 5
