"""``python -m lmprice`` is the ``lmprice`` command."""

from lmprice.cli import main

main()
