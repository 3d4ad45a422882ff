"""The bench of alerts' latency measures what it says: a few alerts on a stack of its own. Never a time."""

from __future__ import annotations

import pytest

from bench import latency

pytestmark = pytest.mark.stack


def test_each_sample_is_an_alert_that_is_stored_before_its_mail_leaves() -> None:
    figures = latency.measure(samples=3, warm=1)
    assert figures["alert_latency_samples"] == 3
    assert 0 < figures["alert_latency_p50_ms"] <= figures["alert_latency_p99_ms"]
    assert figures["alert_latency_p50_ms"] < figures["alert_to_mail_p50_ms"]


def test_percentiles_go_by_the_nearest_rank() -> None:
    values = [float(number) for number in range(1, 201)]
    assert latency._percentile(values, 0.99) == 198.0
    assert latency._percentile(values[:3], 0.99) == 3.0
    assert latency._percentile([4.0, 1.0, 3.0], 0.5) == 3.0
