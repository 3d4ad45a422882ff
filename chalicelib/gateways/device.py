"""AWS IoT Core: a thing, a certificate and our one policy for a claimed device. Private keys pass through, never kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from .. import settings
from ..errors import StoreError
from . import clients


@dataclass(frozen=True, slots=True)
class Identity:
    """What a device needs to speak: handed over once."""

    certificate: str  # its id
    certificate_pem: str
    private_key: str
    endpoint: str


class Registry:
    """Things and certificates under one policy. Every method raises StoreError, and may be called again."""

    def __init__(self, client: Any, policy: str) -> None:
        self.client, self.policy = client, policy

    def add(self, device: str) -> Identity:
        """One new certificate for the thing of that name, beside those that it has. Calling it again makes another."""
        with _told():
            self.client.create_thing(thingName=device)  # the same thing again is no error
            made = self.client.create_keys_and_certificate(setAsActive=True)
            self.client.attach_policy(policyName=self.policy, target=made["certificateArn"])
            self.client.attach_thing_principal(thingName=device, principal=made["certificateArn"])
            endpoint = self.client.describe_endpoint(endpointType="iot:Data-ATS")["endpointAddress"]
        return Identity(made["certificateId"], made["certificatePem"], made["keyPair"]["PrivateKey"], endpoint)

    def certificates(self, device: str) -> dict[str, str]:
        """The certificates of a thing, id → address; none for a thing that we do not have."""
        with _told():
            try:
                found = self.client.list_thing_principals(thingName=device)["principals"]
            except ClientError as error:
                if clients.code_of(error) != "ResourceNotFoundException":
                    raise
                return {}
        return {principal.rsplit("/", 1)[1]: principal for principal in found}

    def status(self, certificate: str) -> tuple[str, datetime | None]:
        """`ACTIVE`, `INACTIVE`, …, and when the certificate was made."""
        with _told():
            found = self.client.describe_certificate(certificateId=certificate)["certificateDescription"]
        return found["status"], found.get("creationDate")

    def switch_off(self, device: str, certificate: str, address: str) -> None:
        """From now on the certificate opens nothing. Off first: a crash in between leaves it where it is found again."""
        with _told():
            self.client.update_certificate(certificateId=certificate, newStatus="INACTIVE")
            try:
                self.client.detach_thing_principal(thingName=device, principal=address)
            except ClientError as error:
                if clients.code_of(error) != "ResourceNotFoundException":
                    raise


@contextmanager
def _told() -> Iterator[None]:
    """What IoT Core says, in our words."""
    try:
        yield
    except clients.Failures as error:
        raise StoreError(f"the device registry answered {clients.code_of(error)}") from error


def connect() -> Registry | None:
    """The registry of this process; None where DEVICE_POLICY is not set: there, devices get their identity elsewhere."""
    policy = settings.current().device_policy
    return Registry(clients.of("iot"), policy) if policy else None
