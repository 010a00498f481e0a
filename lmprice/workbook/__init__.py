"""Template workbooks: build one, read it back, check that nobody broke it."""

from lmprice.workbook.building import build
from lmprice.workbook.checking import check
from lmprice.workbook.contents import Problem, WorkbookError
from lmprice.workbook.reading import read

__all__ = ["Problem", "WorkbookError", "build", "check", "read"]


def __dir__() -> list[str]:
    return sorted(__all__)
