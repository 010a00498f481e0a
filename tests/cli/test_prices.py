"""The commands ``lmprice prices``."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from lmprice.billing.files import save_book
from lmprice.cli.main import app
from lmprice.cli.shared import PROBLEMS, WRONG_USAGE
from tests.billing.books import book, standard

USAGE = """timestamp,customer,model,output_tokens
2026-01-05T10:00:00Z,acme,chat,2000000
2026-01-20T10:00:00Z,beta,other,1000000
"""


def million(price: float, **fields: Any) -> dict[str, Any]:
    """A charge for a million output tokens that has no dates unless it is given some."""
    return standard(price, **{"meter": "output", "per": 1e6, "valid_from": None, **fields})


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "usage.csv").write_text(USAGE)
    save_book(book(million(10), million(1, model="gone")), tmp_path / "old.toml")
    save_book(book(million(11), million(1, model="next")), tmp_path / "new.json")
    dated = million(9, valid_until="2026-03-01"), million(8, valid_from="2026-03-01")
    save_book(book(*dated), tmp_path / "dated.toml")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["prices", *arguments])


def test_a_model(here: Path) -> None:
    files = [part for name in ("old.toml", "dated.toml") for part in ("--from", name)]
    result = run("chat", *files, "--at", "2026-03-01")
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "chat on 2026-03-01\n"
        "output - the sources differ\n"
        "  $10 per million output tokens: old.toml\n"
        "  $8 per million output tokens: dated.toml from 2026-03-01\n"
        "At other times\n"
        "  dated.toml: $9 per million output tokens to 2026-03-01\n"
    )


def test_a_model_with_the_pages_that_show_its_price(here: Path) -> None:
    """OpenAI's gpt-4o came out on 2024-05-13 at 5 and 15 USD."""
    result = run("gpt-4o-2024-05-13", "--at", "2024-05-20")
    assert "  $15 per million output tokens: list_prices from 2024-05-13, genai" in result.stdout
    assert "\nShown by https://" in result.stdout


def test_a_model_as_json(here: Path) -> None:
    result = run("chat", "--from", "dated.toml", "--at", "2026-03-01", "--json")
    rows = json.loads(result.stdout)["prices"]
    assert [(r["source"], r["unit_price"], r["holds"], r["valid_until"]) for r in rows] == [
        ("dated.toml", 9e-06, False, "2026-03-01"), ("dated.toml", 8e-06, True, None),
    ]  # fmt: skip


def test_what_changed(here: Path) -> None:
    result = run("diff", "old.toml", "new.json", "--usage", "usage.csv")
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "chat output: $11 per million output tokens instead of $10 per million output tokens "
        "(+10.0%)\n"
        "gone output: gone, was $1 per million output tokens\n"
        "next output: new, $1 per million output tokens\n"
        "2 rows: 1 rated, 0 refused, 1 unpriced\n"
        "The usage costs 22.00 USD instead of 20.00 (+10.0%)\n"
        "chat: 22.00 instead of 20.00, +2.00\n"
        "Without a price in the old list: other output, in 1 rows\n"
        "Without a price in the new list: other output, in 1 rows\n"
    )


def test_what_changed_as_json(here: Path) -> None:
    result = run("diff", "old.toml", "new.json", "--usage", "usage.csv", "--json")
    found = json.loads(result.stdout)
    assert [c["model"] for c in found["changes"]] == ["chat", "gone", "next"]
    assert (found["bill"]["old"], found["bill"]["new"]) == (20, 22)


def test_refused_rows_of_the_usage_are_told(here: Path) -> None:
    with (here / "usage.csv").open("a") as file:
        file.write("2026-01-20T10:00:00Z,beta,chat,x\n")
    why = "Refused: 1 rows: output_tokens x is not a whole number, at least 0"
    result = run("diff", "old.toml", "new.json", "--usage", "usage.csv")
    assert result.exit_code == PROBLEMS
    assert f"3 rows: 1 rated, 1 refused, 1 unpriced\n{why}\n" in result.stdout
    result = run("diff", "old.toml", "new.json", "--usage", "usage.csv", "--json")
    assert result.exit_code == PROBLEMS
    bill = json.loads(result.stdout)["bill"]
    assert (bill["rows"]["refused"], bill["refused"]) == (1, [why])


def test_a_damaged_file_of_the_usage_is_told(here: Path) -> None:
    (here / "log").mkdir()
    usage = (here / "usage.csv").read_bytes()
    (here / "log" / "a.csv").write_bytes(usage)
    (here / "log" / "b.csv.gz").write_bytes(gzip.compress(usage)[:-9])
    for more in ((), ("--json",)):
        result = run("diff", "old.toml", "new.json", "--usage", "log", *more)
        assert result.exit_code == PROBLEMS
        assert "b.csv.gz: the compressed file is damaged or cut short; none of" in result.stderr


def test_nothing_changed(here: Path) -> None:
    assert run("diff", "old.toml", "old.toml").stdout == "No price changed\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("chat", "--at", "soon"), WRONG_USAGE, "--at soon: write a day"),
        (("chat",), PROBLEMS, "no source knows the model chat: list_prices, genai-prices"),
        (("chat", "--from", "none.json"), WRONG_USAGE, "none.json"),
        (("chat", "--from", "usage.csv"), PROBLEMS, "is no JSON"),
        (("diff", "old.toml", "usage.csv"), PROBLEMS, "is no JSON"),
        (("diff", "old.toml", "new.json", "--usage", "no.csv"), PROBLEMS, "no.csv"),
        (("diff", "old.toml", "new.json", "--map", "x"), WRONG_USAGE, "--map x"),
        (("diff", "old.toml", "new.json", "--source", "openai"), WRONG_USAGE, "give --usage"),
    ],
)  # fmt: skip
def test_what_is_wrong(here: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code
    assert message in result.stderr.replace("\n", "")


def test_what_no_book_holds_is_not_said_to_be_the_same(here: Path) -> None:
    for name, price in (("a.json", 1), ("b.json", 2)):
        entry = {"litellm_provider": "x", "input_cost_per_token": 1e-6, "vector_store_cost": price}
        (here / name).write_text(json.dumps({"chat": entry}))
    told = "entries of {}, such as chat: vector_store_cost (a book has no charge for it)"
    assert run("diff", "a.json", "b.json").stdout.splitlines() == [
        "No price changed",
        *(
            f"Not compared, for no book holds them: 1 {told.format(n)}"
            for n in ("a.json", "b.json")
        ),
    ]
    found = json.loads(run("diff", "a.json", "b.json", "--json").stdout)
    assert found["not_compared"] == {
        side: ["chat: vector_store_cost (a book has no charge for it)"] for side in ("old", "new")
    }
