"""Text messages through SNS. SNS knows no repeats, so nothing here is ever tried twice: `unsure` means it may have left."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError

from chalicelib.gateways import clients
from chalicelib.gateways.delivery import NotDelivered

_NOT_TAKEN = frozenset({"Throttling", "ThrottlingException", "KMSThrottling", "KMSThrottlingException"})


class Texts:
    """Sends text messages to telephones."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def send(self, to: str, text: str) -> None:
        """`to` is a number in E.164. Raises NotDelivered."""
        kind = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
        try:
            self.client.publish(PhoneNumber=to, Message=text, MessageAttributes=kind)
        except ClientError as error:
            code = clients.code_of(error)
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if code in _NOT_TAKEN:
                raise NotDelivered("failed") from error
            raise NotDelivered("unsure" if status >= 500 else "refused") from error
        except (ConnectTimeoutError, EndpointConnectionError) as error:
            raise NotDelivered("failed") from error
        except BotoCoreError as error:
            raise NotDelivered("unsure") from error


def connect() -> Texts:
    """The sender of this process."""
    return Texts(clients.of("sns", attempts=1))
