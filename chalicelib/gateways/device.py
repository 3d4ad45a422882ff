"""AWS IoT Core: a thing, a certificate and our one policy for a claimed device. Private keys pass through, never kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .. import settings
from ..errors import StoreError


@dataclass(frozen=True, slots=True)
class Identity:
    """What a device needs to speak: handed over once."""

    certificate: str  # its id
    certificate_pem: str
    private_key: str
    endpoint: str


class Registry:
    """Things and certificates under one policy."""

    def __init__(self, client: Any, policy: str) -> None:
        self.client, self.policy = client, policy

    def provision(self, device: str) -> Identity:
        """A thing of that name with one new certificate. Older ones are switched off, so a lost key opens nothing.

        Raises StoreError; doing it again is safe.
        """
        try:
            self.client.create_thing(thingName=device)  # the same thing again is no error
            before = self.client.list_thing_principals(thingName=device)["principals"]
            made = self.client.create_keys_and_certificate(setAsActive=True)
            self.client.attach_policy(policyName=self.policy, target=made["certificateArn"])
            self.client.attach_thing_principal(thingName=device, principal=made["certificateArn"])
            for principal in before:
                self._switch_off(device, principal)
            endpoint = self.client.describe_endpoint(endpointType="iot:Data-ATS")["endpointAddress"]
        except (ClientError, BotoCoreError) as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            raise StoreError(f"the device registry answered {code}") from error
        return Identity(made["certificateId"], made["certificatePem"], made["keyPair"]["PrivateKey"], endpoint)

    def _switch_off(self, device: str, principal: str) -> None:
        self.client.detach_thing_principal(thingName=device, principal=principal)
        self.client.update_certificate(certificateId=principal.rsplit("/", 1)[1], newStatus="INACTIVE")


def connect() -> Registry | None:
    """The registry of this process; None where DEVICE_POLICY is not set: there, devices get their identity elsewhere."""
    here = settings.current()
    return _connect(here.region, here.device_policy) if here.device_policy else None


@lru_cache(maxsize=2)
def _connect(region: str, policy: str) -> Registry:
    from botocore.config import Config
    from botocore.session import get_session

    config = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
    return Registry(get_session().create_client("iot", region, config=config), policy)


def forget() -> None:
    """Drops the kept client: for tests that replace AWS beneath it."""
    _connect.cache_clear()
