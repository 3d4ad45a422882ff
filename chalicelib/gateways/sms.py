"""Text messages through SNS. SNS knows no repeats, so nothing here is ever tried twice: `unsure` means it may have left."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError

from chalicelib import settings
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
            code = error.response["Error"]["Code"]
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
    return _connect(settings.current().region)


@lru_cache(maxsize=2)
def _connect(region: str) -> Texts:
    from botocore.config import Config
    from botocore.session import get_session

    config = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1})
    return Texts(get_session().create_client("sns", region, config=config))


def forget() -> None:
    """Drops the kept client: for tests that replace AWS beneath it."""
    _connect.cache_clear()
