"""Every door of Mimamori: the REST routes and the functions that schedules, queues and streams call. No decisions here.

What a door needs is imported inside it, so that no function pays at its start for what another one uses.
"""

from __future__ import annotations

import gc
import logging
import os
from typing import Any

from chalice.app import Chalice

from chalicelib.api import batches, house, resources

gc.set_threshold(100_000, 20, 50)  # a cold start makes much and frees little: looking for garbage took a tenth of it
# Lambda's own handler prints what the loggers below `mimamori` say; Chalice's would print it a second time.
logging.getLogger("mimamori").setLevel(os.environ.get("POWERTOOLS_LOG_LEVEL", "INFO"))
app = Chalice(app_name="mimamori", configure_logs=False)
resources.register(app)


@app.lambda_function(name="night")
def night(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Starts a night: EventBridge Scheduler, 00:10 in Japan. `{"day": …}` says which; the clock is not asked."""
    from chalicelib.flows import nights
    from chalicelib.gateways import queue

    return nights.dispatch(house.store(), queue.night_queue(), nights.day_of(event["day"]))


@app.lambda_function(name="night_worker")
def night_worker(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Does a share of a night, or of a service command: SQS, each message answered for itself."""
    from chalicelib.flows import nights

    return batches.each_message(event, context, lambda message: nights.work(house.store(), message, house.now()))


@app.lambda_function(name="outbox_worker")
def outbox_worker(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Sends what waits in the outbox: the table's stream, and a schedule for what was left over."""
    from chalicelib.flows import outbox

    return outbox.deliver(house.store(), event, house.now())


@app.lambda_function(name="readings_worker")
def readings_worker(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes in readings: SQS, filled by the IoT rule."""
    from chalicelib.flows import readings

    return readings.work(house.store(), event, house.now())


@app.lambda_function(name="answers_worker")
def answers_worker(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes in what devices answer to wishes: SQS, filled by the IoT rule."""
    from chalicelib.flows import wish_trips

    return wish_trips.work(house.store(), event, house.now())


@app.lambda_function(name="urgent_worker")
def urgent_worker(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes in one urgent message, a call for help or a fault: straight from its IoT rule."""
    from chalicelib.flows import readings

    return readings.urgent(house.store(), event, house.now())


@app.lambda_function(name="tick")
def tick(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Notices what nothing arrives to tell: silence, inactivity, the next step of an escalation. Every five minutes."""
    from chalicelib.flows import ticks
    from chalicelib.gateways import clock, queue

    return ticks.tick(house.store(), house.now(), queue.ticks_queue(), real=clock.wall())


@app.lambda_function(name="tick_worker")
def tick_worker(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Does the shares of a tick that were too much for one function: SQS, each message answered for itself."""
    from chalicelib.flows import ticks

    return batches.each_message(event, context, lambda message: ticks.work(house.store(), message))


@app.lambda_function(name="provisioning_hook")
def provisioning_hook(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """May this device have a certificate of its own? IoT Core asks before it registers one that holds a claim certificate."""
    from chalicelib.flows import stock

    return stock.provisioning(house.store(), event)
