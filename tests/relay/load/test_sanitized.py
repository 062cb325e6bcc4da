"""The load generator under AddressSanitizer and UndefinedBehaviourSanitizer."""

import pytest

from tests.relay import sanitized

REAL_CALLS = """
import pytest
from relay.load import generator
assert generator._load is sys.modules["relay.load._load"]
again = "test_generator.py::test_lost_packets_are_asked_for_and_sent_again_by_both_sides"
names = ("test_lossy_network.py", "test_reception.py", again)
tests = [f"tests/relay/load/{name}" for name in names]
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", *tests]))
"""


@pytest.mark.timeout(sanitized.LONGEST)
def test_real_calls_touch_no_memory_that_is_not_theirs() -> None:
    sanitized.run(sanitized.extension("load"), REAL_CALLS)
