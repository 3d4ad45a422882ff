"""The other ends of all ways to people: a loopback stand-in for LINE and push, and moto's mail and text messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string, policy
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from chalicelib import settings
from chalicelib.gateways import clients, secrets
from chalicelib.store import people
from local.phones import Counter, Phones
from tests.flows_iot.home import Home

REGION = "ap-northeast-1"


class FarEnds:
    """What arrived, by way. Addresses are given straight to the people's row: how they come there is another test's."""

    def __init__(self, phones: Phones) -> None:
        self.phones = phones
        self._mails = self._texts = 0

    def begin(self) -> None:
        """Forgets what arrived before."""
        self.phones.messages.clear()
        self.phones.quota = None
        self._mails, self._texts = len(_mails()), len(_texts())

    def line(self) -> list[str]:
        return [one["text"] for one in self.phones.messages if one["way"] == "line"]

    def push(self) -> list[str]:
        return [one["text"] for one in self.phones.messages if one["way"] == "push"]

    def mail(self) -> list[tuple[str, str]]:
        """Key and subject of each mail."""
        letters = [message_from_string(one.raw_data, policy=policy.default) for one in _mails()[self._mails :]]
        return [(letter["X-Mimamori-Key"], str(letter["Subject"])) for letter in letters]

    def addresses(self) -> list[str]:
        """Where each mail went."""
        return [message_from_string(one.raw_data, policy=policy.default)["To"] for one in _mails()[self._mails :]]

    def texts(self) -> list[str]:
        """What each mail says."""
        letters = [message_from_string(one.raw_data, policy=policy.default) for one in _mails()[self._mails :]]
        return [str(letter.get_body(("plain",)).get_content()) for letter in letters]

    def sms(self) -> list[tuple[str, str]]:
        return [(number, text) for number, text in _texts()[self._texts :]]

    def count(self) -> dict[str, int]:
        """How many arrived, by way."""
        found = {"mail": len(self.mail()), "push": len(self.push()), "line": len(self.line()), "sms": len(self.sms())}
        return {way: count for way, count in found.items() if count}


def _mails() -> list[Any]:
    return list(ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages)


def _texts() -> list[Any]:
    return list(sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages.values())


def reach(home: Home, person: str, **how: Any) -> None:
    """Gives somebody addresses."""
    before = people.load(home.store, home.contract)
    home.store.write(people.write(home.store, home.contract, before, people.reached(before, person, **how)))


def browser(ends: FarEnds, id: str = "b1") -> dict[str, Any]:
    """A browser's subscription as the people's row keeps it."""
    made = ends.phones.open_browser()
    return {"id": id, "endpoint": made["endpoint"], **made["keys"], "since": "2025-08-01T00:00:00Z"}


def push_key() -> str:
    """A new VAPID key, as the parameter store keeps it."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@contextmanager
def far_ends() -> Iterator[FarEnds]:
    """LINE and browsers on loopback; mail and text messages in the moto that is on already."""
    counter = Counter(Phones()).start()
    ssm = boto3.client("ssm", region_name=REGION)
    given = {"push-key": push_key(), "line-token": counter.phones.line_token, "line-secret": counter.phones.line_secret}
    for name, value in given.items():
        ssm.put_parameter(Name=f"/mimamori/test/{name}", Value=value, Type="SecureString", Overwrite=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRETS_PATH", "/mimamori/test/")
        patch.setenv("LINE_API_URL", counter.phones.address)
        patch.setenv("MAIL_FROM", "home@example.com")
        boto3.client("ses", region_name=REGION).verify_email_identity(EmailAddress="home@example.com")
        _forget()
        yield FarEnds(counter.phones)
    _forget()
    counter.stop()


def _forget() -> None:
    settings.current.cache_clear()
    secrets.forget()
    clients.forget()
