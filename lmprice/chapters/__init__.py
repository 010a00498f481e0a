"""Pricing economics by subject: one folder a chapter.

A chapter is found by its folder.  Its ``__init__`` says which of its files define formulas, with
their places among those of all chapters (``FORMULAS``), and which other public names it has, with
their files (``ALSO``).
"""

import functools
import importlib
import math
from collections.abc import Mapping
from typing import NamedTuple

from lmprice.language.errors import PricingError
from lmprice.language.formula import PricingFunction, registered


class Chapter(NamedTuple):
    """A chapter: the modules of its formulas with their places, and those of its other names."""

    formulas: Mapping[str, int]
    also: Mapping[str, str]


@functools.cache
def chapters() -> tuple[Chapter, ...]:
    """All chapters, in a reader's order."""
    import pkgutil  # a first call of one formula does without

    found = []
    for folder in pkgutil.iter_modules(__path__):
        name = f"{__name__}.{folder.name}"
        said = importlib.import_module(name)
        formulas = {f"{name}.{file}": place for file, place in said.FORMULAS.items()}
        also = {public: f"{name}.{file}" for public, file in said.ALSO.items()}
        found.append(Chapter(formulas, also))
    return tuple(
        sorted(found, key=lambda chapter: min(chapter.formulas.values(), default=math.inf))
    )


def functions() -> tuple[PricingFunction, ...]:
    """All formulas, in the order in which their chapters define them: what has a name in Excel.

    What is no formula (fits, surveys, simulations, workbooks) is not among them.

    Examples
    --------
    >>> import lmprice
    >>> profit = next(f for f in lmprice.functions() if f.name == "profit")
    >>> profit.excel_name, profit.category, profit.formula
    ('LMPROFIT', 'profit', 'price*quantity-unit_cost*quantity-fixed_cost')
    """
    places: dict[str, float] = {}
    for chapter in chapters():
        places |= chapter.formulas
    for module in sorted(places, key=places.__getitem__):
        importlib.import_module(module)
    # What a user has defined follows; chapters may have been loaded in any order.
    return tuple(sorted(registered(), key=lambda f: places.get(f.kernel.__module__, math.inf)))


def function_named(caller: str, name: str | PricingFunction) -> PricingFunction:
    """A function by its name, or the one that is given; ``caller`` is who refuses any other."""
    if isinstance(name, PricingFunction):
        return name
    found = {f.name: f for f in functions()}.get(name) if isinstance(name, str) else None
    if found is not None:
        return found
    raise PricingError(caller, "name", name, "is no function; lmprice.functions() lists them")
