from bench import archive


async def test_lists_and_ranges_are_timed_on_both_databases() -> None:
    measured = await archive.measure(3, times=1)
    assert isinstance(measured["rows"], list)
    assert [(row["database"], row["recordings"]) for row in measured["rows"]] == [
        ("sqlite", 1),
        ("sqlite", 3),
        ("postgresql", 1),
        ("postgresql", 3),
    ]
    for row in measured["rows"]:
        assert all(row[f"{name}_p50"] > 0 for name in ("list", "calls", "range", "12_lists"))
