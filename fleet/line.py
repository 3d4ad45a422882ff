"""A short talk over one MQTT 5 connection: some topics are listened to, things are said, answers are waited for."""

import json
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any

from awscrt import mqtt5
from awsiot import mqtt5_client_builder

from fleet.errors import FleetError, Refused
from fleet.identity import Identity
from fleet.updates import Message

_ANSWER_SECONDS = 20
_STOP_SECONDS = 5


class NoAnswer(FleetError):
    """The broker did not say anything for too long."""


class Line:
    """One connection, as the client `name` (the device, if left out); what arrives under `topics` stands in a queue."""

    def __init__(self, identity: Identity, topics: tuple[str, ...], name: str = "") -> None:
        self._topics = topics
        self._heard: SimpleQueue[Message] = SimpleQueue()
        self._open, self._stopped = Event(), Event()
        self._client: mqtt5.Client = mqtt5_client_builder.mtls_from_path(
            str(identity.certificate),
            str(identity.key),
            endpoint=identity.endpoint,
            port=identity.port,
            ca_filepath=str(identity.ca) if identity.ca else None,
            client_id=name or identity.device,
            extended_validation_and_flow_control_options=mqtt5.ExtendedValidationAndFlowControlOptions.NONE,
            on_publish_received=self._arrived,
            on_lifecycle_connection_success=lambda _: self._open.set(),
            on_lifecycle_stopped=lambda _: self._stopped.set(),
        )

    def open(self) -> None:
        """Connects and listens. Raises Refused."""
        self._client.start()
        if not self._open.wait(_ANSWER_SECONDS):
            raise Refused(
                "The broker does not let this device in.", "Check its certificate, and that nothing else uses its name."
            )
        wanted = [mqtt5.Subscription(topic_filter=topic, qos=mqtt5.QoS.AT_LEAST_ONCE) for topic in self._topics]
        codes = self._client.subscribe(mqtt5.SubscribePacket(subscriptions=wanted)).result(_ANSWER_SECONDS).reason_codes
        if any(code > mqtt5.SubackReasonCode.GRANTED_QOS_2 for code in codes):
            raise Refused("The broker does not let this device hear its answers.", "Look at the policy of its certificate.")

    def say(self, message: Message) -> None:
        topic, body = message
        packet = mqtt5.PublishPacket(topic=topic, payload=json.dumps(body).encode(), qos=mqtt5.QoS.AT_LEAST_ONCE)
        self._client.publish(packet).result(_ANSWER_SECONDS)

    def hear(self) -> Message:
        """The next thing that was said under our topics. Raises NoAnswer after 20 seconds."""
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
