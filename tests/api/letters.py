"""What left by mail, as moto's SES keeps it."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_string, policy

import boto3
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from chalicelib.api import house
from chalicelib.flows import outbox
from chalicelib.store.transact import Store


def delivered(store: Store) -> list[tuple[str, str, str]]:
    """Lets leave what waits; gives (to, subject, text) of what left since the last time."""
    boto3.client("ses").verify_email_identity(EmailAddress="mimamori@example.com")
    outbox.sweep(store, house.now() + timedelta(hours=1))
    box = ses_backends[DEFAULT_ACCOUNT_ID]["ap-northeast-1"].sent_messages
    found = []
    for one in box:
        letter = message_from_string(one.raw_data, policy=policy.default)
        found.append((str(letter["To"]), str(letter["Subject"]), letter.get_content()))
    box.clear()
    return found
