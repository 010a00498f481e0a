"""``python -m lmprice`` is the ``lmprice`` command."""

from lmprice.cli.main import main

main()
