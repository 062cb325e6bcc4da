"""What is read at any place as a file, whatever lies below."""

import io
import os


class Seekable(io.RawIOBase):
    """A place in so many bytes; whoever reads or writes moves it."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self.size}[whence]
        self._place = max(0, base + offset)
        return self._place

    def tell(self) -> int:
        return self._place
