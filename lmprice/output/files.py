"""Files that are written whole or not at all, and together where they belong together.

A file is written under a random name in its own folder, opened for this run alone, and gets its
name when it is complete.  What a run that was killed has left behind is never read by another.
"""

from __future__ import annotations

import contextlib
import os
import signal
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, NoReturn, Self


class CannotWriteError(OSError):
    """A file that is to be written cannot be: there is something of another kind, for instance."""


class NewFiles:
    """Files that appear together, each whole, or not at all; use it as a context.

    Where all is well, call `publish`; whatever is not published by then is removed.

    Parameters
    ----------
    *paths : Path
        The files, in the order in which they appear: the one last that says that all are there.
    force : bool, default False
        Whether a file that exists is replaced; without it none is, not even one that appears
        while the new ones are being written.
    inputs : iterable of Path
        What is being read meanwhile: none of the files may be one of these.

    Raises
    ------
    FileExistsError
        A file is there and ``force`` is not given.
    OSError
        A file cannot be written, or is none of the kind that is replaced as a whole.
    ValueError
        A file is one of the inputs.
    """

    def __init__(self, *paths: Path, force: bool = False, inputs: Iterable[Path] = ()) -> None:
        self._paths = paths
        self._force = force
        self._temporary: dict[Path, Path] = {}
        given = [path for path in inputs if path.exists()]
        for path in paths:
            try:
                found = path.stat()  # asked once: another run may take it away or replace it
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                raise CannotWriteError(error.errno, error.strerror, str(path)) from None
            if any(os.path.samestat(found, other.stat()) for other in given):
                raise ValueError(f"{path} is read by this command; write to another file")
            if not force:
                raise FileExistsError(f"{path} exists already")
            if not stat.S_ISREG(found.st_mode):
                raise CannotWriteError(None, "it is no regular file", str(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for temporary in self._temporary.values():
            temporary.unlink(missing_ok=True)

    def temporary(self, path: Path) -> Path:
        """Where the content of a file is written to until it is complete."""
        if path not in self._temporary:
            new = path.with_name(f".{path.name}.{os.urandom(8).hex()}.part")
            os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
            self._temporary[path] = new
        return self._temporary[path]

    def open(self, path: Path) -> IO[bytes]:
        """The content of a file, to be added to."""
        return self.temporary(path).open("ab")

    def publish(self) -> None:
        """Give the files their names; one that was not written, and was there, goes."""
        folders = dict.fromkeys(path.parent for path in self._paths)
        with contextlib.ExitStack() as locks:
            for folder in sorted(folders):
                locks.enter_context(_locked(folder))
            if self._force:
                self._replace()
            else:
                self._create()

    def _replace(self) -> None:
        *_, last = self._paths
        for path, temporary in self._temporary.items():
            with contextlib.suppress(OSError):  # there is none yet, or it is one without rights
                os.chmod(temporary, stat.S_IMODE(path.stat().st_mode))  # who may read it stays
        if len(self._paths) > 1:
            last.unlink(missing_ok=True)  # never beside files of another run
        for path in self._paths:
            if path in self._temporary:
                os.replace(self._temporary[path], path)
            else:
                path.unlink(missing_ok=True)

    def _create(self) -> None:
        done: list[Path] = []
        try:
            for path in self._paths:
                if path in self._temporary:
                    _exclusively(self._temporary[path], path)
                    done.append(path)
                elif path.exists():
                    raise FileExistsError(f"{path} exists already")
        except OSError:
            for path in done:
                path.unlink(missing_ok=True)
            raise


def write(content: bytes, path: Path, *, force: bool = False, inputs: Iterable[Path] = ()) -> None:
    """Write a file whole or not at all; without ``force`` never over another."""
    with NewFiles(path, force=force, inputs=inputs) as files:
        files.temporary(path).write_bytes(content)
        files.publish()


def _exclusively(temporary: Path, path: Path) -> None:
    """Give a file its name, unless the name is taken by now."""
    if os.name == "nt":
        try:
            os.rename(temporary, path)  # there it fails where the name is taken
        except FileExistsError:
            raise FileExistsError(f"{path} exists already") from None
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise FileExistsError(f"{path} exists already") from None
    except OSError:  # a file system without hard links
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            raise FileExistsError(f"{path} exists already") from None
        try:
            os.replace(temporary, path)
        except OSError:
            path.unlink(missing_ok=True)  # it is empty
            raise


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One writer at a time gives files of a folder their names."""
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # not every file system has locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def clean_up_when_told_to_stop() -> None:
    """Let SIGTERM and SIGHUP end the process as an exception, so that nothing is left behind."""

    def stop(number: int, _: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)
