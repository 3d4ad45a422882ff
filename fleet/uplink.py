"""One device's MQTT 5 connection: mutual TLS, a session that is rejoined, QoS 1, back-off with jitter.

The SDK calls back on its own threads; everything it says is put on one queue, so that the agent stays single-threaded.
"""

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Event
from typing import Protocol

from awscrt import mqtt5
from awsiot import mqtt5_client_builder

from fleet.buffer import Batch
from fleet.happenings import Connected, Delivered, Disconnected, Happening, Undelivered
from fleet.identity import Identity

# The broker keeps the session this long, so that what was sent to a device while it was away still reaches it.
_SESSION_SECONDS = 7 * 24 * 3600
_ACK_SECONDS = 30
_STOP_SECONDS = 5
# 16 is "no matching subscribers": the broker has it all the same.
_ACCEPTED = (mqtt5.PubackReasonCode.SUCCESS, mqtt5.PubackReasonCode.NO_MATCHING_SUBSCRIBERS)
# How a broker turns an identity away: AWS IoT Core says nothing and hangs up before its CONNACK, or breaks off the handshake.
_TURNED_AWAY = ("AWS_ERROR_MQTT_UNEXPECTED_HANGUP", "AWS_IO_TLS_", "AWS_IO_SOCKET_CLOSED", "AWS_IO_FILE_VALIDATION_FAILURE")


class Ear(Protocol):
    """Who else uses the line: hears of every connection, and of what comes under its topics. Called on the SDK's threads."""

    @property
    def topics(self) -> tuple[str, ...]: ...
    def connected(self, publish: Callable[[str, bytes], None]) -> None: ...
    def heard(self, topic: str, payload: bytes, publish: Callable[[str, bytes], None]) -> None: ...


class Uplink:
    """Holds the client (a lost reference would shut it down) and reports on `happenings`."""

    def __init__(
        self,
        identity: Identity,
        happenings: "SimpleQueue[Happening]",
        back_off_seconds: tuple[float, float] = (1, 60),
        ear: Ear | None = None,
    ) -> None:
        self._ear = ear
        self._topic, self._urgent_topic = identity.readings_topic, identity.urgent_topic
        self._happenings = happenings
        self._stopped = Event()
        self._client: mqtt5.Client = mqtt5_client_builder.mtls_from_path(
            str(identity.certificate),
            str(identity.key),
            endpoint=identity.endpoint,
            port=identity.port,
            ca_filepath=str(identity.ca) if identity.ca else None,
            client_id=identity.device,
            # The disk buffer is our half of the session, so rejoining is right from the first connection on.
            session_behavior=mqtt5.ClientSessionBehaviorType.REJOIN_ALWAYS,
            session_expiry_interval_sec=_SESSION_SECONDS,
            # The builder's default holds a client to 100 publishes a second; our window is the flow control.
            extended_validation_and_flow_control_options=mqtt5.ExtendedValidationAndFlowControlOptions.NONE,
            retry_jitter_mode=mqtt5.ExponentialBackoffJitterMode.FULL,
            min_reconnect_delay_ms=int(back_off_seconds[0] * 1000),
            max_reconnect_delay_ms=int(back_off_seconds[1] * 1000),
            keep_alive_interval_sec=60,
            ping_timeout_ms=10_000,
            connack_timeout_ms=10_000,
            ack_timeout_sec=_ACK_SECONDS,
            on_lifecycle_connection_success=self._on_connected,
            on_lifecycle_connection_failure=self._on_failed,
            on_lifecycle_disconnection=self._on_disconnected,
            on_publish_received=self._on_heard,
            on_lifecycle_stopped=lambda _: self._stopped.set(),
        )

    def start(self) -> None:
        self._client.start()

    def stop(self) -> None:
        self._client.stop()
        self._stopped.wait(_STOP_SECONDS)

    def publish(self, batch: Batch) -> None:
        """Sends once; Delivered or Undelivered follows."""
        topic = self._urgent_topic if batch.urgent else self._topic
        packet = mqtt5.PublishPacket(topic=topic, payload=batch.payload, qos=mqtt5.QoS.AT_LEAST_ONCE)
        self._client.publish(packet).add_done_callback(lambda future: self._on_answer(batch.id, future))

    def _on_answer(self, batch_id: str, future: "Future[mqtt5.PublishCompletionData]") -> None:
        wrong = future.exception()
        if wrong is not None:
            self._happenings.put(Undelivered(batch_id, str(wrong)))
            return
        code = future.result().puback.reason_code
        if code in _ACCEPTED:
            self._happenings.put(Delivered(batch_id))
        else:
            self._happenings.put(Undelivered(batch_id, _named(code), turned_away=True))

    def _on_connected(self, data: mqtt5.LifecycleConnectSuccessData) -> None:
        self._happenings.put(Connected(bool(data.connack_packet.session_present)))
        if self._ear is not None:
            self._listen(self._ear)

    def _listen(self, ear: Ear) -> None:
        """Subscribes, then lets the ear speak. A subscription that fails is tried again with the next connection."""
        wanted = [mqtt5.Subscription(topic_filter=topic, qos=mqtt5.QoS.AT_LEAST_ONCE) for topic in ear.topics]
        answer = self._client.subscribe(mqtt5.SubscribePacket(subscriptions=wanted))
        answer.add_done_callback(lambda done: None if done.exception() else ear.connected(self._say))

    def _say(self, topic: str, payload: bytes) -> None:
        self._client.publish(mqtt5.PublishPacket(topic=topic, payload=payload, qos=mqtt5.QoS.AT_LEAST_ONCE))

    def _on_heard(self, data: mqtt5.PublishReceivedData) -> None:
        packet = data.publish_packet
        if self._ear is not None and packet.payload is not None:
            payload = packet.payload if isinstance(packet.payload, bytes) else str(packet.payload).encode()
            self._ear.heard(packet.topic, payload, self._say)

    def _on_failed(self, data: mqtt5.LifecycleConnectFailureData) -> None:
        if data.connack_packet is not None:
            self._happenings.put(Disconnected(_named(data.connack_packet.reason_code), turned_away=True))
        else:
            name = str(getattr(data.exception, "name", data.exception))
            self._happenings.put(Disconnected(name, turned_away=name.startswith(_TURNED_AWAY)))

    def _on_disconnected(self, data: mqtt5.LifecycleDisconnectData) -> None:
        packet = data.disconnect_packet
        reason = _named(packet.reason_code) if packet is not None else str(getattr(data.exception, "name", data.exception))
        self._happenings.put(Disconnected(reason))


def _named(code: object) -> str:
    return str(getattr(code, "name", code))
