"""Dialects: what a formula is turned into, and where they are found.

A dialect has a table of operations, each with what it is built of there, and says what becomes of a
leaf.  It lacks the functions whose trees have an operation that its table does not have.  The
dialects themselves stand in ``lmprice.dialects``, one file each, and are entered here by name; they
are loaded when they are first asked for.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from lmprice.language.errors import PricingError
from lmprice.language.record import Definition
from lmprice.language.tree import Expr

T = TypeVar("T")
Rule = Callable[[Expr], Expr]

TABLES = "tables"  # what a dialect lacks that knows single numbers only
CLOSED_FORM = "closed form"  # what no dialect has of a function that is computed step by step


class Dialect(ABC, Generic[T]):
    """A target of formulas; ``T`` is what a tree becomes there."""

    title: ClassVar[str]
    """How tables of dialects name it."""
    operations: dict[str, Callable[..., T]]
    """What each operation is built of, from what its operands have become."""
    rules: tuple[Rule, ...] = ()
    """How a tree is rewritten before."""
    has_tables: ClassVar[bool] = False
    """Whether an argument may be a whole column."""

    @abstractmethod
    def leaf(self, node: Expr) -> T:
        """What a name, a number, a text or the absence of an answer becomes."""

    @abstractmethod
    def written(self, f: Definition) -> Any:
        """A whole function, as one has it there; TypeError where something is lacking."""

    def built(self, tree: Expr, names: Mapping[str, T] | None = None) -> T:
        """What a tree becomes; ``names`` has what names stand for where the dialect cannot know."""
        return self.built_as_it_is(self._rewritten(tree), names or {})

    def built_as_it_is(self, node: Expr, names: Mapping[str, T]) -> T:
        """What a tree becomes that has been rewritten."""
        if not node.args:
            is_known = node.is_name and node.value in names
            return names[node.value] if is_known else self.leaf(node)
        if node.operation not in self.operations:
            raise TypeError(f"{node} is not to be had in {self.title}: no {node.operation}")
        operands = (self.built_as_it_is(arg, names) for arg in node.args)
        return self.operations[node.operation](*operands)

    def lacking(self, f: Definition) -> tuple[str, ...]:
        """The operations that the function needs and the dialect does not have."""
        if f.expression is None:
            return (CLOSED_FORM,)
        lacks = self.lacking_in([f.expression, *(r.holds(f.names) for r in f.requirements)])
        return (TABLES, *lacks) if f.has_columns and not self.has_tables else lacks

    def lacking_in(self, trees: Iterable[Expr]) -> tuple[str, ...]:
        """The operations that trees need and the dialect does not have."""
        rewritten = (self._rewritten(tree) for tree in trees)
        needed = {node.operation for tree in rewritten for node in tree.walk() if node.args}
        return tuple(sorted(needed - set(self.operations)))

    def _rewritten(self, tree: Expr) -> Expr:
        for rule in self.rules:
            tree = rule(tree)
        return tree

    def refuse_lacking(self, f: Definition) -> None:
        """Raise where a function cannot be had in this dialect."""
        lacks = self.lacking(f)
        if lacks == (CLOSED_FORM,):
            raise TypeError(f"{f.name} is computed step by step and has no formula form")
        if lacks:
            raise TypeError(f"{f.name} is not to be had in {self.title}: no {', '.join(lacks)}")

    def owns(self, value: Any) -> bool:  # noqa: ARG002
        """Whether an argument is an expression of this dialect."""
        return False

    def applied(self, f: Definition, given: tuple[Any, ...]) -> Any:
        """The function on arguments of which at least one is an expression of this dialect."""
        raise NotImplementedError


HOME = "lmprice.dialects"  # loaded by name: it stands above this room and enters its files here
_loaders: dict[str, Callable[[], Dialect[Any]]] = {}
_NO_DIALECT = ("builtins", "numpy")  # most arguments: for them no dialect is looked for


def enter_dialect(name: str, load: Callable[[], Dialect[Any]]) -> None:
    """Make a dialect known under a name; ``load`` gives it when it is first asked for."""
    _loaders[name] = load


def _known() -> dict[str, Callable[[], Dialect[Any]]]:
    importlib.import_module(HOME)
    return _loaders


def dialect(name: str) -> Dialect[Any]:
    """The dialect of a name."""
    known = _known()
    if name not in known:
        rule = f"is no dialect: there are {', '.join(sorted(known))}"
        raise PricingError("dialect", "name", name, rule)
    return known[name]()


def dialects() -> dict[str, Dialect[Any]]:
    """All dialects by name."""
    return {name: dialect(name) for name in sorted(_known())}


def dialect_of(value: Any) -> Dialect[Any] | None:
    """The dialect whose expression a value is: one that bears the name of the value's library."""
    library = type(value).__module__.partition(".")[0]
    if library in _NO_DIALECT or library not in _known():
        return None
    found = dialect(library)
    return found if found.owns(value) else None
