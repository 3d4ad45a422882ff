"""`python -m fleet update`: connects as the device, does the jobs that wait for it, and goes. For a quiet hour."""

import json
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any

from awscrt import mqtt5
from awsiot import mqtt5_client_builder

from fleet.errors import FleetError, Refused
from fleet.identity import Identity
from fleet.updates import Message, Shelf, Updater

_ANSWER_SECONDS = 20
_STOP_SECONDS = 5


class NoAnswer(FleetError):
    """The broker did not say anything for too long."""


def update(identity: Identity, tell: Callable[[str], None]) -> str:
    """Does every job that waits, one after the other. Returns the version that runs then. Raises Refused, NoAnswer."""
    shelf = Shelf(identity.buffer.parent, identity.device)
    updater = Updater(identity.device, shelf, tell)
    line = _Line(identity, updater.topics)
    try:
        line.open()
        line.say(updater.begin())
        while not updater.idle:
            topic, body = line.hear()
            for answer in updater.arrived(topic, body):
                line.say(answer)
    finally:
        line.close()
    return shelf.running()


class _Line:
    """One MQTT 5 connection that subscribes to some topics; what arrives stands in a queue."""

    def __init__(self, identity: Identity, topics: tuple[str, ...]) -> None:
        self._topics = topics
        self._heard: SimpleQueue[Message] = SimpleQueue()
        self._open, self._stopped = Event(), Event()
        self._client: mqtt5.Client = mqtt5_client_builder.mtls_from_path(
            str(identity.certificate),
            str(identity.key),
            endpoint=identity.endpoint,
            port=identity.port,
            ca_filepath=str(identity.ca) if identity.ca else None,
            client_id=identity.device,
            extended_validation_and_flow_control_options=mqtt5.ExtendedValidationAndFlowControlOptions.NONE,
            on_publish_received=self._arrived,
            on_lifecycle_connection_success=lambda _: self._open.set(),
            on_lifecycle_stopped=lambda _: self._stopped.set(),
        )

    def open(self) -> None:
        self._client.start()
        if not self._open.wait(_ANSWER_SECONDS):
            raise Refused(
                "The broker does not let this device in.", "Check its certificate, and that nothing else uses its name."
            )
        wanted = [mqtt5.Subscription(topic_filter=topic, qos=mqtt5.QoS.AT_LEAST_ONCE) for topic in self._topics]
        codes = self._client.subscribe(mqtt5.SubscribePacket(subscriptions=wanted)).result(_ANSWER_SECONDS).reason_codes
        if any(code > mqtt5.SubackReasonCode.GRANTED_QOS_2 for code in codes):
            raise Refused("The broker does not let this device hear of its jobs.", "Look at the devices' policy.")

    def say(self, message: Message) -> None:
        topic, body = message
        packet = mqtt5.PublishPacket(topic=topic, payload=json.dumps(body).encode(), qos=mqtt5.QoS.AT_LEAST_ONCE)
        self._client.publish(packet).result(_ANSWER_SECONDS)

    def hear(self) -> Message:
        try:
            return self._heard.get(timeout=_ANSWER_SECONDS)
        except Empty:
            raise NoAnswer("The broker does not answer.", "Try again later.") from None

    def close(self) -> None:
        self._client.stop()
        self._stopped.wait(_STOP_SECONDS)

    def _arrived(self, data: Any) -> None:
        packet = data.publish_packet
        try:
            body = json.loads(packet.payload or b"{}")
        except ValueError:
            return  # no job of ours
        if isinstance(body, dict):
            self._heard.put((packet.topic, body))
