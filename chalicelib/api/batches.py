"""Batches from queues: each message succeeds or fails for itself, and only the failed ones come again."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

log = logging.getLogger("mimamori.doors")


def each_message(event: dict[str, Any], context: Any, do: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """Runs `do` on the JSON body of every SQS message; answers which ones must be delivered again."""
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    def carefully(record: Any) -> Any:
        try:
            return do(json.loads(record.body))
        except Exception as error:
            # Only the type: a message may hold what belongs to a customer. It comes again, then is a dead letter.
            log.warning("a message failed: %s", type(error).__name__)
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return dict(process_partial_response(event=event, record_handler=carefully, processor=processor))
