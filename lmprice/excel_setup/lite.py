"""The two files that xlwings Lite needs: Excel for Mac, for the web and for Windows.

xlwings Lite runs Python inside of Excel (Pyodide).  It installs what ``requirements.txt`` lists and
makes a custom function of every xlwings function that it finds in ``main.py``.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from lmprice.excel_setup.machine import SetupError
from lmprice.output.files import NewFiles

MAIN = '''\
"""The functions of lmprice in xlwings Lite: =LMPROFIT(100,20,10,100) shows 900."""

# xlwings Lite makes a custom function of every xlwings function that it finds in this file.
from lmprice_excel import *
'''

STEPS = (
    "Excel: Home > Add-ins, search for xlwings Lite, add it and open it.",
    "Replace the contents of its main.py and requirements.txt with these.",
    "Choose Restart in its menu, then type =LMPROFIT(100,20,10,100) into a cell: it shows 900.",
)


def files() -> dict[str, str]:
    """The contents of the two files by name.

    NumPy, SciPy and pydantic are not listed: they come as dependencies, and their versions are
    those of Pyodide.
    """
    return {
        "main.py": MAIN,
        "requirements.txt": f"lmprice=={version('lmprice')}\nxlwings>=0.33,<1\n",
    }


def write_files(directory: Path) -> dict[Path, bool]:
    """Write the files to a folder; for each whether it had to be written.

    Raises
    ------
    SetupError
        A file of that name holds something else, or cannot be written.
    """
    targets = {directory / name: text for name, text in files().items()}
    try:
        missing = {path: text for path, text in targets.items() if not path.exists()}
        for path in targets.keys() - missing.keys():
            if path.read_bytes() != targets[path].encode():
                raise SetupError(f"{path} exists and holds something else; choose another folder")
        directory.mkdir(parents=True, exist_ok=True)
        with NewFiles(*missing) as new:
            for path, text in missing.items():
                new.temporary(path).write_bytes(text.encode())
            new.publish()
    except OSError as error:
        raise SetupError(f"cannot write to {directory}: {error.strerror}") from None
    return {path: path in missing for path in targets}
