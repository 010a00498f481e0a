"""Template workbooks: build one, read it back, check that nobody broke it."""

from lmprice.workbook.build import build
from lmprice.workbook.check import check
from lmprice.workbook.read import Problem, WorkbookError, read

__all__ = ["Problem", "WorkbookError", "build", "check", "read"]
