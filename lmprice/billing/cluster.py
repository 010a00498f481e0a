"""A cluster: files rated by the workers of Dask, each where it is read, and the sums in a tree.

A file becomes partial sums in bounded memory.  A worker that is killed costs the time of the files
that it held: their sums are made again by others and are the same, to the last digit.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from lmprice.billing.engines import (
    BATCH_ROWS,
    WIDE,
    Frame,
    Progress,
    Work,
    imported,
    refuse_order,
    together,
)
from lmprice.billing.lazy import pl
from lmprice.billing.partial import Partial
from lmprice.billing.parts import Log, of_files, told
from lmprice.billing.readers import SOURCES
from lmprice.billing.spool import Refused
from lmprice.billing.taking import Taken, take
from lmprice.billing.usage import DamagedError, UsageError, check_columns


class TogetherError(UsageError):
    """Files that say something only together."""


@dataclass(frozen=True)
class ClusterFiles(Frame):
    """Files that the workers of a cluster can read, under any path of fsspec."""

    address: str = ""
    source: str | None = None
    customer: str | None = None

    @property
    def parts(self) -> int:
        """How many files there are."""
        return len(self.usage)

    @contextmanager
    def _client(self) -> Iterator[Any]:
        distributed = imported("distributed")
        try:
            client = distributed.Client(self.address, set_as_default=False, timeout=30)
        except (OSError, ValueError) as error:
            raise UsageError(f"the cluster {self.address} does not answer: {error}") from None
        with client:
            yield client

    @property
    def names(self) -> list[str]:
        """The columns of all files."""
        with self._client() as client:
            each = client.gather(client.map(_names_of, self._files(), pure=False))
        names = list(dict.fromkeys(name for names in each for name in names))
        check_columns(names)
        return names

    def sums(self, work: Work, on_progress: Progress) -> Partial:
        """The sums of all rows; progress is told in files."""
        refuse_order(work)
        with self._client() as client:
            # A task, and not data: what a killed worker held is made again.
            shared = client.submit(_same, work)
            parts = [client.submit(_rated, shared, file) for file in self._files()]
            waiting = imported("distributed").as_completed(parts, loop=client.loop)
            for done, _ in enumerate(waiting, 1):
                if on_progress is not None:
                    on_progress(done)
            while len(parts) > 1:
                groups = [parts[n : n + WIDE] for n in range(0, len(parts), WIDE)]
                parts = [client.submit(together, shared, group) for group in groups]
            return cast(Partial, parts[0].result())

    def _files(self) -> list[_File]:
        alone = len(self.usage) == 1
        return [
            _File(url, self.source, self.customer, dict(self.columns), alone) for url in self.usage
        ]


def take_there(
    address: str,
    usage: object,
    source: str | None,
    customer: str | None,
    columns: Mapping[str, str],
) -> Taken:
    """The files of a path, folder or pattern of fsspec, in order of their names, for a cluster."""
    if not isinstance(usage, str | Path):
        raise UsageError("a cluster rates files: a path, a folder or a pattern")
    system, path = imported("fsspec.core").url_to_fs(str(usage))
    is_pattern = any(sign in path for sign in "*?[") and not system.exists(path)
    found = system.glob(path) if is_pattern else system.find(path)
    urls = tuple(system.unstrip_protocol(name) for name in sorted(found))
    if not urls:
        raise UsageError(f"no file matches {usage}")
    files = ClusterFiles(urls, dict(columns), address, source, customer)
    return Taken(frame=files, sources=() if source is None else (source,))


@dataclass(frozen=True)
class _File:
    """A file, and how its columns are found."""

    url: str
    source: str | None
    customer: str | None
    columns: dict[str, str]
    alone: bool = True

    @contextmanager
    def taken(self) -> Iterator[Taken]:
        """The file, where it can be rated without the others."""
        with self._here() as taken:
            logs = [name for name in taken.sources if name in SOURCES and SOURCES[name].repeats]
            if logs and not self.alone:
                raise TogetherError(
                    f"files of {logs[0]} may repeat each other: they are not rated one by one on a "
                    "cluster, but on one machine"
                )
            yield taken

    @contextmanager
    def _here(self) -> Iterator[Taken]:
        """The file as it is on this machine; from elsewhere, as a copy of its bytes."""
        system, path = imported("fsspec.core").url_to_fs(self.url)
        if "file" in str(system.protocol):
            yield take(path, self.source, self.customer, self.columns)
            return
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / path.rsplit("/", 1)[-1]
            system.get_file(path, str(copy))
            yield take(copy, self.source, self.customer, self.columns)


def _same(work: Work) -> Work:
    return work


def _names_of(file: _File) -> list[str]:
    try:
        with file.taken() as taken:
            return Log(taken.parts, {}, BATCH_ROWS).names
    except TogetherError:
        raise
    except UsageError:
        return []  # it is refused where it is rated


def _rated(work: Work, file: _File) -> Partial:
    """The sums of a file; refused rows keep all their cells.  A file that is none is refused."""
    with ExitStack() as stack:
        try:
            taken = stack.enter_context(file.taken())
            log = Log(taken.parts, {}, BATCH_ROWS)
        except UsageError as error:
            return _refused(file, error)
        try:
            found = work.added(log.of_files(work.needed, work.summed))
        except DamagedError as error:
            return _refused(file, error)
        again = list(log.again(found.refused))
        return replace(found, refused=Refused.of(pl.concat(again))) if again else found


def _refused(file: _File, error: UsageError) -> Partial:
    where = file.url.removeprefix("file://")
    name = Path(where.rsplit("/", 1)[-1])
    return Partial(refused=Refused.of(of_files([told(where, name, str(error))])))
