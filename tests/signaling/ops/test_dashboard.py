"""The dashboard, the alerts and the table of figures speak of what /metrics really tells."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from signaling.ops.metrics import Metrics
from tests.patience import until
from tests.signaling.ops.busy_server import busy_server

ROOT = Path(__file__).parents[3]
LABELS_OF_PROMETHEUS = {"job", "instance", "le"}


class Exposed:
    """Everything in one answer of /metrics."""

    def __init__(self, text: str) -> None:
        families = [
            family
            for family in text_string_to_metric_families(text)
            if not family.name.endswith("_created")
        ]
        self.types = {_name(family.name, family.type): family.type for family in families}
        samples = [sample for family in families for sample in family.samples]
        self.names = {sample.name for sample in samples}
        self.labels = {
            name: {label for s in samples if s.name == name for label in s.labels}
            for name in self.names
        }


def _name(family: str, kind: str) -> str:
    return f"{family}_total" if kind == "counter" else family


@pytest.fixture
async def exposed(tmp_path: Path) -> Exposed:
    metrics = Metrics(busy_server(tmp_path))
    metrics.count_request("GET", "/", 200, 0.01)
    watching = asyncio.create_task(metrics.watch())
    await until(lambda: b"carelay_recordings_free_bytes" in metrics.text())
    watching.cancel()
    await asyncio.wait({watching})
    return Exposed(metrics.text().decode())


def dashboard_queries() -> Iterator[str]:
    dashboard = json.loads((ROOT / "deploy/grafana-dashboard.json").read_text())
    for panel in dashboard["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield re.sub(r"label_values\((.*), *\w+\)", r"\1", variable["definition"])


def alert_queries() -> Iterator[str]:
    rules = yaml.safe_load((ROOT / "deploy/prometheus-alerts.yaml").read_text())
    yield from (rule["expr"] for group in rules["groups"] for rule in group["rules"])


QUERIES = [*dashboard_queries(), *alert_queries()]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_what_there_is(query: str, exposed: Exposed) -> None:
    names = set(re.findall(r"\b(?:carelay|process)_\w+", query))
    assert names
    assert names <= exposed.names
    allowed = {label for name in names for label in exposed.labels[name]} | LABELS_OF_PROMETHEUS
    matched = {
        label
        for braces in re.findall(r"{([^}]*)}", query)
        for label in re.findall(r"(\w+)[=!]", braces)
    }
    grouped = {
        label
        for group in re.findall(r"\bby \(([^)]*)\)", query)
        for label in re.findall(r"\w+", group)
    }
    assert matched | grouped <= allowed


@pytest.mark.parametrize("query", QUERIES)
def test_a_counter_is_asked_for_its_rise_and_a_gauge_for_its_value(
    query: str, exposed: Exposed
) -> None:
    risen = re.findall(r"\b(?:rate|increase)\((\w+)", query)
    assert all(name.endswith(("_total", "_bucket", "_count", "_sum")) for name in risen)
    assert set(re.findall(r"\b\w+(?:_total|_bucket|_count|_sum)\b", query)) == set(risen)


def test_every_figure_of_ours_is_explained_and_no_other(exposed: Exposed) -> None:
    explained = re.findall(
        r"^- `(carelay_\w+)`\s\((\w+)([^)]*)\):",
        (ROOT / "OPERATIONS.md").read_text(),
        re.MULTILINE,
    )
    ours = {name: kind for name, kind in exposed.types.items() if name.startswith("carelay_")}
    assert {name: kind for name, kind, _ in explained} == ours
    for name, kind, labels in explained:
        sample = f"{name}_count" if kind == "histogram" else name
        assert set(re.findall(r"`(\w+)`", labels)) == exposed.labels[sample], name


def test_every_alert_is_explained() -> None:
    text = (ROOT / "OPERATIONS.md").read_text()
    rules = yaml.safe_load((ROOT / "deploy/prometheus-alerts.yaml").read_text())
    assert all(f"`{rule['alert']}`" in text for group in rules["groups"] for rule in group["rules"])
