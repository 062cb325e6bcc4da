"""A worker that hangs, as on a disk that answers no more."""

import signal

if __name__ == "__main__":
    signal.pause()
