"""A scenario as a web page: one file with inputs, results and the arithmetic between them."""

from lmprice.page.document import page

__all__ = ["page"]


def __dir__() -> list[str]:
    return sorted(__all__)
