"""``python -m gait`` is the command line."""

from gait.cli.main import main

main()
