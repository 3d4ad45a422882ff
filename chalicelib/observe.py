"""Logs and metrics, built once. No tracer (300 ms of a cold start), and nothing personal: ids, counts, codes and days only."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aws_lambda_powertools.logging import Logger
    from aws_lambda_powertools.metrics import Metrics

# What a log line may carry beside its message. Anything else is a mistake that a test finds, not a leak.
_WORDS = """account_hash action alert already batch code command contract count day detail device done due entry failed
kind key_hash left parked reason retried route rule run seconds service shard stage status tries version"""
FIELDS = frozenset(_WORDS.split())
NAMESPACE = "mimamori"


@lru_cache(maxsize=1)
def logger() -> Logger:
    """The one logger. `say` is how to use it."""
    from aws_lambda_powertools.logging import Logger

    return Logger(service="mimamori", level=logging.INFO, log_uncaught_exceptions=False)


@lru_cache(maxsize=1)
def metrics() -> Metrics:
    from aws_lambda_powertools.metrics import Metrics

    return Metrics(namespace=NAMESPACE, service="mimamori")


def say(message: str, **fields: Any) -> None:
    """One structured line. `message` is a fixed text; `fields` only names of FIELDS."""
    logger().info(message, extra=_known(fields))


def warn(message: str, **fields: Any) -> None:
    """A line that somebody should look at."""
    logger().warning(message, extra=_known(fields))


def count(**figures: int) -> None:
    """Counts as metrics, written at once as one line of CloudWatch's embedded format: `count(night_due=40)`."""
    from aws_lambda_powertools.metrics import MetricUnit

    book = metrics()
    for name, value in figures.items():
        book.add_metric(name=name, unit=MetricUnit.Count, value=value)
    book.flush_metrics()


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = fields.keys() - FIELDS
    if unknown:
        raise ValueError(f"not a field of logs: {sorted(unknown)}; add it to FIELDS if it can hold nothing personal")
    return fields
