"""``python -m gait`` is the command line."""

from gait.cli import main

main()
