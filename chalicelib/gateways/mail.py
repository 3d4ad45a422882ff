"""E-mail through SES. A mail carries the key of what caused it, so a repeat is recognised at the other end."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from chalicelib import settings
from chalicelib.errors import StoreError
from chalicelib.gateways import clients

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
        except clients.Failures as error:
            code = clients.code_of(error)
            kind = MailRefused if code in _REFUSED else StoreError
            raise kind(f"the mail service answered {code}") from error


def connect() -> Mailer:
    """The mailer of this process."""
    return Mailer(clients.of("ses"), settings.current().need("mail_from"))
