"""The page that verifies and plays a bundle where it is: the same one in each."""

from pathlib import Path

from storage.errors import InvalidExport


def page(pages_path: Path) -> bytes:
    """Raises InvalidExport where the pages were not built."""
    path = pages_path / "bundle" / "index.html"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InvalidExport(
            f"There is no {path}. In a checkout `make run` builds the pages; a wheel brings them."
        ) from None
