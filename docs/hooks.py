"""Puts the calculators, live functions and the history of prices into the documentation site."""

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from lmprice.page.site import site


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages as they are."""
    for name, text in site():
        files.append(File.generated(config, f"calculators/{name}", content=text))
    return files
