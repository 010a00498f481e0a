"""What a formula is turned into: one file a target, each with its ``DIALECT``.

A dialect is known by the name of its file; nothing else has to be told about it.
"""

import functools
import importlib
import pkgutil

from lmprice.language.dialect import Dialect, enter_dialect


@functools.cache
def _load(module: str) -> Dialect:  # type: ignore[type-arg]
    return importlib.import_module(f"{__name__}.{module}").DIALECT  # type: ignore[no-any-return]


def enter_all() -> None:
    """Make every file of this folder known as a dialect."""
    for found in pkgutil.iter_modules(__path__):
        if not found.ispkg:
            enter_dialect(found.name, functools.partial(_load, found.name))


enter_all()
