"""`python -m signaling.cli` is `carelay`."""

import sys

from signaling.cli.main import main

sys.exit(main())
