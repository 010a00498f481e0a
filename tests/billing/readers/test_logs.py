"""Rows of logs that stand in several files: each counts once, and the last correction stands."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lmprice.billing.cluster import _File, _names_of
from lmprice.billing.taking import Taken, take
from lmprice.billing.usage import UsageError
from tests.billing.readers.samples import CODEX_COUNT, claude_code, lines


def _amounts(taken: Taken, name: str = "input_tokens") -> list[int]:
    tables: list[Any] = [part.table for part in taken.parts]
    return [int(n) for table in tables for n in table[name].to_list()]


def record(name: str | None, corrects: str | None, tokens: int) -> dict[str, Any]:
    return {
        "spec_version": "1.1.0",
        "record_id": name,
        "corrects": corrects,
        "timing": {"event_time": "2026-01-01T00:00:00Z"},
        "resource": {"name": "chat"},
        "usage": {"llm": {"input_tokens": tokens}},
    }


def test_a_session_that_is_resumed_is_not_counted_twice(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(claude_code(1), claude_code(8)))
    again = {**claude_code(8), "sessionId": "s2"}
    other = {**claude_code(5), "requestId": "r2"}
    (tmp_path / "b.jsonl").write_text(lines(again, other))
    taken = take(tmp_path)
    assert sorted(_amounts(taken, "output_tokens")) == [5, 8]
    assert taken.notes == {"repeats of a message": 2}


def test_an_answer_that_no_model_gave_is_left_out(tmp_path: Path) -> None:
    """Claude Code shows its own errors as answers of the model <synthetic>, with no tokens."""
    usage = {"input_tokens": 0, "output_tokens": 0, "cache_read_input_tokens": 0}
    message = {"role": "assistant", "id": "m0", "model": "<synthetic>", "usage": usage}
    shown = {**claude_code(1), "message": message, "requestId": "r0"}
    (tmp_path / "a.jsonl").write_text(lines(claude_code(8), shown))
    taken = take(tmp_path)
    assert _amounts(taken, "output_tokens") == [8]
    assert taken.notes == {"messages that no model has written": 1}


def test_a_damaged_log_takes_no_rows_from_others(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(claude_code(8)))
    (tmp_path / "b.jsonl").write_text(lines(claude_code(9), {"sessionId": "s", "message": {
        "usage": {"server_tool_use": 3}}}))  # fmt: skip
    taken = take(tmp_path)
    assert _amounts(taken, "output_tokens") == [8]
    assert list(taken.refused) == [tmp_path / "b.jsonl"]


@pytest.mark.parametrize(
    ("files", "left"),
    [
        ([[("a", None, 9)], [("b", "a", 4)]], [4]),
        ([[("b", "a", 4)], [("a", None, 9)]], [4]),  # whichever file is read first
        ([[("b", "a", 4), ("a", None, 9)]], [4]),
        ([[("a", None, 9), ("b", "a", 4), ("c", "b", 2)]], [2]),
        ([[("c", "b", 2), ("b", "a", 4), ("a", None, 9)]], [2]),
        ([[("a", None, 9), ("b", "a", 4), ("c", "a", 2)]], [2]),  # corrected twice: the last
        ([[("a", None, 9), ("a", None, 4)]], [4]),
        ([[(None, None, 9), (None, None, 4)]], [9, 4]),  # records without a name are apart
        ([[("a", "a", 9)]], [9]),
        ([[("a", "b", 9), ("b", "a", 4)]], [9]),  # corrections in a circle lose nothing
    ],
)
def test_corrections(
    tmp_path: Path, files: list[list[tuple[str | None, str | None, int]]], left: list[int]
) -> None:
    for number, records in enumerate(files):
        (tmp_path / f"{number}.jsonl").write_text(lines(*(record(*one) for one in records)))
    taken = take(tmp_path)
    assert _amounts(taken) == left
    assert sum(taken.notes.values()) == sum(map(len, files)) - len(left)


def test_a_session_of_codex_in_two_folders(tmp_path: Path) -> None:
    session = {"type": "session_meta", "payload": {"id": "t1", "cwd": "/shop"}}
    for name in ("sessions", "archived"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rollout.jsonl").write_text(lines(session, CODEX_COUNT))
    taken = take(tmp_path)
    assert _amounts(taken, "output_tokens") == [32]
    assert taken.notes == {"repeats of a count": 1}


def test_a_file_under_two_names_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("timestamp,customer,model,input_tokens\n2026-01-05,acme,chat,5\n")
    os.link(path, tmp_path / "b.csv")
    (tmp_path / "c.csv").symlink_to("a.csv")
    (tmp_path / "round").symlink_to(".")
    taken = take(str(tmp_path / "*.csv"))
    assert len(taken.parts) == 1
    names = [f"other name of {path}: {tmp_path / name}" for name in ("b.csv", "c.csv")]
    assert taken.notes == dict.fromkeys(names, 1)
    assert len(take(str(tmp_path / "**/*.csv")).parts) == 1


def test_what_lies_beside_usage_files_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("timestamp,customer,model,input_tokens\n2026-01-05,acme,chat,5\n")
    (tmp_path / "a.csv.1").write_text(path.read_text())
    (tmp_path / "gone.csv").symlink_to("nowhere")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "folder.csv" / "more.log").write_text(json.dumps([]))
    (tmp_path / "link").symlink_to("folder.csv")
    assert take(tmp_path).notes == {"files of other kinds: a.csv.1, more.log, gone.csv, link": 4}
    assert (
        take(str(tmp_path / "*")).notes
        == {
            "matches that are no files: folder.csv, gone.csv, link": 3,
        }
        | {}
    )
    with pytest.raises(UsageError, match="no file matches"):
        take(str(tmp_path / "fol*"))


def test_logs_that_may_repeat_each_other_are_not_rated_one_by_one(tmp_path: Path) -> None:
    """As the workers of a cluster take them."""
    pytest.importorskip("fsspec", reason="needs the extra scale")
    path = tmp_path / "a.jsonl"
    path.write_text(lines(claude_code(8)))
    alone = _File(f"file://{path}", None, None, {}, alone=True)
    assert "output_tokens" in _names_of(alone)
    with pytest.raises(UsageError, match="files of claude-code may repeat each other"):
        _names_of(replace(alone, alone=False))
