"""Which bytes a Range header asks for, whatever it says."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from signaling.http.byterange import ByteRange, UnsatisfiableRangeError, requested


@given(st.integers(0, 2000), st.integers(0, 2000), st.integers(0, 1000))
def test_a_range_is_always_inside_the_file(first: int, last: int, size: int) -> None:
    for header in (f"bytes={first}-{last}", f"bytes={first}-", f"bytes=-{last}"):
        try:
            found = requested(header, size)
        except UnsatisfiableRangeError:
            continue
        if found is not None:
            assert isinstance(found, ByteRange)
            assert 0 <= found.start < found.start + found.length <= size


@given(st.text(max_size=40))
def test_no_header_breaks_the_parser(header: str) -> None:
    with suppress(UnsatisfiableRangeError):
        requested(header, 100)
