from xml.etree import ElementTree as ET

import pytest

from bench.relay.growth import Curve, Point
from bench.relay.plot import HEIGHT, WIDTH, step, svg

SVG = "{http://www.w3.org/2000/svg}"
CURVES = (
    Curve(
        "carelay",
        (Point(1, 0.4, 90), Point(24, 7.1, 120), Point(256, 70.0, 400)),
        "the most that is tried",
    ),
    Curve(
        "janus", (Point(1, 6.0, 300), Point(24, 64.0, 2000), Point(48, 98.0, 19_999)), "48 calls"
    ),
    Curve("floor", (), "no more calls could join"),
)


@pytest.fixture
def picture() -> ET.Element:
    return ET.fromstring(svg(CURVES, "CPU & calls", "one <core>"))


def test_it_is_well_formed_and_has_two_lines_for_each_curve_with_points(
    picture: ET.Element,
) -> None:
    """CPU above, delay below."""
    assert [line.get("class") for line in picture.iter(f"{SVG}polyline")] == [
        "carelay",
        "janus",
    ] * 2
    assert len(list(picture.iter(f"{SVG}circle"))) == 12
    tips = [tip.text for tip in picture.iter(f"{SVG}title")]
    assert "carelay: 24 calls, 7.1 % of a core" in tips
    assert "Janus: 24 calls, 99 % within 2000 µs" in tips


def test_titles_are_escaped_and_curves_are_named(picture: ET.Element) -> None:
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert {"CPU & calls", "one <core>", "carelay", "Janus"} <= set(texts)
    assert "bare loop" not in texts


def test_delays_are_drawn_by_powers_of_ten(picture: ET.Element) -> None:
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert [text for text in texts if text and text.endswith("µs")] == [
        "10 µs", "100 µs", "1000 µs", "10000 µs", "100000 µs",
    ]  # fmt: skip


def test_everything_is_inside_and_more_is_higher(picture: ET.Element) -> None:
    for line in picture.iter(f"{SVG}polyline"):
        places = [
            tuple(map(float, place.split(","))) for place in (line.get("points") or "").split()
        ]
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)
        assert places == sorted(places, key=lambda place: -place[1])


def test_a_server_that_is_late_is_drawn_hollow_and_does_not_hold(picture: ET.Element) -> None:
    kinds = [circle.get("class") for circle in picture.iter(f"{SVG}circle")]
    assert [kind for kind in kinds if kind and "late" in kind] == ["janus late"] * 2
    assert [curve.held for curve in CURVES] == [256, 24, 0]


def test_it_has_colours_for_dark_pages() -> None:
    assert "prefers-color-scheme: dark" in svg(CURVES, "", "")


@pytest.mark.parametrize("most", [0.3, 1, 9, 24, 50, 99.9, 100, 256, 512, 10_000])
def test_grid_lines_are_four_to_eight(most: float) -> None:
    assert 2 <= most / step(most) <= 8


def test_without_any_point_there_is_an_empty_picture() -> None:
    ET.fromstring(svg([], "nothing", ""))
