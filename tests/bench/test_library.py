from bench import library


async def test_the_list_of_recordings_is_timed_by_every_filter_on_both_databases() -> None:
    pages = await library.measure(120, repetitions=1)
    names = ["(floor)", *library.filters(120), "the last page"]
    assert [(page["database"], page["filter"]) for page in pages] == [
        (database, name) for database in ("sqlite", "postgresql") for name in names
    ]
    assert all(page["p50"] and page["p99"] for page in pages)
