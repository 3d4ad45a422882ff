"""The claim certificate of the local stage: what a production batch of devices would hold. Made once, kept over starts."""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from fleet import identity
from fleet.errors import BadIdentity
from local.stack import Stack

_NAME = "claim"


def place(folder: Path) -> Path:
    """Where its provisioning file is, under the folder of a local world."""
    return folder / _NAME / f"{_NAME}.json"


def make(stack: Stack, stage: str, policy: str) -> Path:
    """Makes it, or keeps the one of the last start while it is good; the port and the CA are today's. Safe to repeat."""
    places, iot = stack.places, stack.client("iot")
    file = place(places.folder)
    certificate, key = _kept(iot, file) or _made(iot)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    ca = stack.get("/_ministack/iot/ca.pem").decode()
    identity.write(
        file.parent,
        device=_NAME,
        stage=stage,
        endpoint="localhost",
        port=places.mqtt_port,
        certificate_pem=certificate,
        key_pem=key,
        ca_pem=ca,
    )
    found = iot.describe_certificate(certificateId=_id_of(certificate))["certificateDescription"]
    iot.attach_policy(policyName=policy, target=found["certificateArn"])
    return file


def _made(iot: Any) -> tuple[str, str]:
    made = iot.create_keys_and_certificate(setAsActive=True)
    return made["certificatePem"], made["keyPair"]["PrivateKey"]


def _kept(iot: Any, file: Path) -> tuple[str, str] | None:
    """Certificate and key of the last start. Nothing when a file is gone, or the registry knows it as active no more."""
    try:
        who = identity.load(file)
        certificate = who.certificate.read_text(encoding="utf-8")
        found = iot.describe_certificate(certificateId=_id_of(certificate))["certificateDescription"]
    except (BadIdentity, ValueError, ClientError):
        return None
    return (certificate, who.key.read_text(encoding="utf-8")) if found["status"] == "ACTIVE" else None


def _id_of(pem: str) -> str:
    """A certificate's id is the SHA-256 of its DER form."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
