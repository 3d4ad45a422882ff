"""E-mail through SES. A mail carries the key of what caused it, so a repeat is recognised at the other end."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from functools import lru_cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import settings
from chalicelib.errors import StoreError

KEY_HEADER = "X-Mimamori-Key"


_REFUSED = frozenset({"MessageRejected", "InvalidParameterValue"})


class MailRefused(StoreError):
    """The mail service will not take this mail, now or later."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one address. `key` is the same for every repeat of it."""

    key: str
    to: str
    subject: str
    text: str


class Mailer:
    """Sends mails from one address."""

    def __init__(self, client: Any, sender: str) -> None:
        self.client, self.sender = client, sender

    def send(self, mail: Mail) -> None:
        """Raises StoreError when SES did not take it (MailRefused: nor ever will), and never says to whom."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, mail.to, mail.subject
        message[KEY_HEADER] = mail.key
        message.set_content(mail.text)
        try:
            self.client.send_raw_email(Source=self.sender, Destinations=[mail.to], RawMessage={"Data": message.as_bytes()})
        except (ClientError, BotoCoreError) as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            kind = MailRefused if code in _REFUSED else StoreError
            raise kind(f"the mail service answered {code}") from error


def connect() -> Mailer:
    """The mailer of this process."""
    here = settings.current()
    return _connect(here.region, here.need("mail_from"))


@lru_cache(maxsize=2)
def _connect(region: str, sender: str) -> Mailer:
    from botocore.config import Config
    from botocore.session import get_session

    config = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
    return Mailer(get_session().create_client("ses", region, config=config), sender)


def forget() -> None:
    """Drops the kept client: for tests that replace AWS beneath it."""
    _connect.cache_clear()
