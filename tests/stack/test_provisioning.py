"""Fleet provisioning through real MQTT: a claim certificate, the template, the hook, and a name that is ours to say."""

import json
import threading
from typing import Any

import pytest
from awscrt import mqtt
from awsiot import mqtt_connection_builder

from local import world
from local.client import Api
from tests.stack.conftest import House

pytestmark = pytest.mark.stack
CREATE = "$aws/certificates/create/json"
REGISTER = f"$aws/provisioning-templates/mimamori-{world.STAGE}/provision/json"


def ask(connection: Any, topic: str, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """`accepted` or `rejected`, and what was answered."""
    got: list[tuple[str, dict[str, Any]]] = []
    told = threading.Event()

    def hear(topic: str, payload: bytes, **_: Any) -> None:
        got.append((topic.rsplit("/", 1)[1], json.loads(payload)))
        told.set()

    for end in ("accepted", "rejected"):
        connection.subscribe(f"{topic}/{end}", mqtt.QoS.AT_LEAST_ONCE, hear)[0].result(10)
    connection.publish(topic, json.dumps(body), mqtt.QoS.AT_LEAST_ONCE)[0].result(10)
    assert told.wait(20)
    return got[0]


def test_a_device_of_the_stock_fetches_a_certificate_of_its_own(house: House) -> None:
    here = house.world
    operator = Api(here.api, here.token("operator"))
    operator.post("/v1/operator/stock", {"csv": "serial_number,model\nROOM-0001,climate-sensor"}, "stock")
    iot = here.stack.client("iot")
    claim = iot.create_keys_and_certificate(setAsActive=True)
    iot.attach_policy(policyName=here.outputs["ClaimPolicyName"], target=claim["certificateArn"])
    connection = mqtt_connection_builder.mtls_from_bytes(
        cert_bytes=claim["certificatePem"].encode(),
        pri_key_bytes=claim["keyPair"]["PrivateKey"].encode(),
        ca_bytes=here.stack.get("/_ministack/iot/ca.pem"),
        endpoint="localhost",
        port=house.places.mqtt_port,
        client_id="claim-ROOM-0001",
        clean_session=True,
    )
    connection.connect().result(10)
    what, made = ask(connection, CREATE, {})
    assert what == "accepted"
    token = {"certificateOwnershipToken": made["certificateOwnershipToken"]}
    what, _ = ask(connection, REGISTER, {**token, "parameters": {"SerialNumber": "ROOM-9999"}})
    assert what == "rejected"
    what, told = ask(connection, REGISTER, {**token, "parameters": {"SerialNumber": "ROOM-0001", "ThingName": "meter-1"}})
    assert (what, told["thingName"]) == ("accepted", "sn-ROOM-0001")
    connection.disconnect().result(10)
    (principal,) = iot.list_thing_principals(thingName="sn-ROOM-0001")["principals"]
    assert principal.endswith(made["certificateId"])
    assert operator.get("/v1/operator/stock/ROOM-0001")["certificate_id"] == made["certificateId"]
