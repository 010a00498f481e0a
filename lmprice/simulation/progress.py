"""A progress bar for what takes long, on the terminal of a person who waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

PATIENCE = 1.0  # seconds without a sign of life that nobody minds


@contextmanager
def progress_bar(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """What is to be called with how much is done; a bar appears once that has taken long."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=console, transient=True)
    task = progress.add_task(title, total=total)
    started = time.monotonic()
    with ExitStack() as stack:

        def advance(done: int) -> None:
            progress.update(task, completed=done)
            is_slow = done < total and time.monotonic() - started >= PATIENCE
            if console.is_terminal and is_slow and not progress.live.is_started:
                stack.enter_context(progress)

        yield advance
