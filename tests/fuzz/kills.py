"""``python -m tests.fuzz.kills [COMMAND...]``: every command that writes files, killed.

A command runs once undisturbed, for its files and its time.  Then it is killed (SIGKILL) at random
moments, most of them while it is writing, each time in a folder where the run before it was killed
too: what stands under a final name must be what the undisturbed run wrote, and what was left behind
must change nothing.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from random import Random

TEMPLATES = Path(__file__).parents[2] / "templates"
BOOK = """name = "b"
version = "1"
currency = "USD"
charges = [{ model = "chat", meter = "input", charge_model = "standard", unit_price = 0.01 }]
"""
BILL = "day,model,meter,units,amount\n2026-01-05,chat,input,900,9.00\n"
LIST = """{"chat": {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6,
"litellm_provider": "x", "mode": "chat"}}"""
RECORDS = "quantity\n" + "".join(f"{n}000\n" for n in range(1, 5))

# By name: the arguments; files in them that do not exist are what is written.
COMMANDS = {
    "rate csv": "rate usage.csv --book book.toml -o bill.csv",
    "rate xlsx": "rate usage.csv --book book.toml -o bill.xlsx --by day",
    "rate parquet": "rate usage.csv --book book.toml -o bill.parquet --rows",
    "backtest": "backtest usage.csv --book book.toml --against draft.toml -o report.xlsx",
    "solve": "solve usage.csv --book book.toml --revenue 5 -o new.toml",
    "reconcile": "reconcile usage.csv --book book.toml --bill cost.csv -o gap.xlsx "
    "--map day=day --map model=model --map meter=meter --map quantity=units --map amount=amount",
    "book": "book book.toml -o book.xlsx",
    "book from": "book from list.json -o made.toml",
    "template": "template pricing -o pricing.xlsx",
    "fill": "fill breakeven --from records.csv -o filled",
    "report": "report filled.xlsx -o report.pdf",
    "summary": "evaluate filled.xlsx --summary all.csv",
    "page": "page breakeven -o page.html",
    "plot": "plot filled.xlsx -o plot.png",
    "demo": "demo -o demo",
    "export": "export sql --dialect duckdb -o lmprice.sql",
    "lambda": "excel lambda -o lambda.xlsx",
    "libreoffice": "excel libreoffice -o lmprice.oxt",
    "lite": "excel lite -o lite",
}
WRITING = {1: 0.003, 2: 0.05}  # seconds from the first bytes to the kill, at most
MOST = 4  # runs for each kill
Files = dict[str, bytes]


def prepared(folder: Path) -> None:
    """The inputs of all commands; more than a batch of usage, and refused rows in it."""
    folder.mkdir()
    (folder / "book.toml").write_text(BOOK)
    (folder / "draft.toml").write_text(BOOK.replace("0.01", "0.02"))
    rows = "".join(f"2026-01-05,c{n % 300},{'chat' if n % 3 else 'chess'},1\n" for n in range(3000))
    (folder / "usage.csv").write_text("timestamp,customer,model,input_tokens\n" + rows)
    (folder / "cost.csv").write_text(BILL)
    (folder / "list.json").write_text(LIST)
    (folder / "records.csv").write_text(RECORDS)
    shutil.copy(TEMPLATES / "breakeven.xlsx", folder / "filled.xlsx")


def contents(folder: Path) -> Files:
    """The files under final names."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(".part")
    }


def loaded() -> None:
    """Load everything once, so that no process spends its time on it; nothing is computed yet."""
    import lmprice

    for module in pkgutil.walk_packages(lmprice.__path__, "lmprice."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def started(folder: Path, command: str) -> int:
    """A process of its own, with the libraries of its parent, that runs a command."""
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        os.chdir(folder)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        from lmprice.cli.main import app

        app(command.split(), standalone_mode=False)
        code = 0
    except BaseException as error:
        code = getattr(error, "exit_code", code)
    finally:
        os._exit(code)


def until_writing(folder: Path, child: int) -> None:
    """Wait until something new is in a folder, or the process has ended."""
    there = set(folder.rglob("*"))
    while set(folder.rglob("*")) == there:
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return
        time.sleep(0.0005)


def undisturbed(folder: Path, command: str) -> tuple[Files, float]:
    """What a command writes, and how long it takes."""
    before = contents(folder)
    begin = time.monotonic()
    os.waitpid(started(folder, command), 0)
    taken = time.monotonic() - begin
    new = {name: data for name, data in contents(folder).items() if name not in before}
    return new, taken


def tried(name: str, times: int, random: Random, home: Path) -> tuple[list[str], str]:
    """What is wrong after killing a command so many times, and how often it was."""
    prepared(home / "whole")
    whole, taken = undisturbed(home / "whole", COMMANDS[name])
    prepared(home / "killed")
    inputs = contents(home / "killed")
    found, killed, complete, turn = [], 0, 0, 0
    if not whole:
        found.append(f"{name}: writes nothing")
    while killed < times and turn < MOST * times:  # some end before they are killed
        turn += 1
        child = started(home / "killed", COMMANDS[name])
        if turn % 3:
            until_writing(home / "killed", child)
            time.sleep(random.uniform(0, WRITING[turn % 3]))
        else:
            time.sleep(random.uniform(0, taken))
        os.kill(child, signal.SIGKILL)
        killed += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        now = contents(home / "killed")
        new = {file: data for file, data in now.items() if file not in inputs}
        found += [f"{name}, kill {turn}: {f}" for f, data in new.items() if data != whole.get(f)]
        found += [f"{name}, kill {turn}: {f}" for f, data in inputs.items() if now.get(f) != data]
        complete += new == whole
        for file in new:
            (home / "killed" / file).unlink()
    left = len(list((home / "killed").rglob("*.part")))
    again, _ = undisturbed(home / "killed", COMMANDS[name])
    if again != whole:
        found.append(f"{name}: another run gives something else after the kills")
    said = f"{name}: {killed} of {turn} killed, {complete} were whole, {left} unfinished left"
    return found, said


def main() -> int:
    """Kill commands and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.kills")
    parser.add_argument("commands", nargs="*", help=f"of {', '.join(COMMANDS)}; or all")
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    random = Random(asked.seed)
    loaded()
    finds = 0
    for name in asked.commands or COMMANDS:
        with tempfile.TemporaryDirectory() as folder:
            found, said = tried(name, asked.times, random, Path(folder))
        print(f"{said}, {len(found)} finds", *found, sep="\n", flush=True)
        finds += len(found)
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())
