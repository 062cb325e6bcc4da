"""What is fetched ahead is what is there, whatever order it is asked for in."""

import random

from storage.vault.objects.ahead import JUMP_BYTES, MOST_BYTES, Ahead
from tests.storage.vault.parts import noise

SIZE = 6_000_000


def test_every_range_is_what_the_object_holds() -> None:
    content, asked = noise(SIZE), list[int]()

    def fetch(offset: int, length: int) -> bytes:
        assert 0 < length <= max(MOST_BYTES, 300_000)
        assert offset + length <= SIZE
        asked.append(length)
        return content[offset : offset + length]

    ahead, chosen = Ahead(fetch, SIZE, content[:5000]), random.Random(3)
    assert (ahead.read(0, 5000), asked) == (content[:5000], [])
    for _ in range(300):
        start, length = chosen.randrange(SIZE + 10), chosen.randrange(300_000)
        assert ahead.read(start, length) == content[start : start + length]
    ahead.forget()
    asked.clear()
    for start in range(0, SIZE, 16_400):
        assert ahead.read(start, 16_400) == content[start : start + 16_400]
    assert asked[0] == JUMP_BYTES
    assert len(asked) < 12
