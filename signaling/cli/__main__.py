"""`python -m signaling.cli` is `carelay`."""

from signaling.cli.main import main

main()
