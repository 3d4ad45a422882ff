"""What only this deployment knows, from SSM's parameter store (SecureString): keys and tokens of the ways to people.

`make deploy` and `make run` make the push key; LINE's two come from its console (docs/watching.md says how).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import settings
from chalicelib.errors import StoreError
from chalicelib.gateways.delivery import NotDelivered

PUSH_KEY, LINE_TOKEN, LINE_SECRET = "push-key", "line-token", "line-secret"


@lru_cache(maxsize=8)
def secret(name: str) -> str:
    """One of them, kept for this process. Raises NotDelivered (`not_set_up`) where it was never given, StoreError."""
    path = settings.current().secrets_path
    if not path:
        raise NotDelivered("not_set_up")
    try:
        return str(_client().get_parameter(Name=f"{path}{name}", WithDecryption=True)["Parameter"]["Value"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            raise NotDelivered("not_set_up") from error
        raise StoreError(f"the parameter store answered {error.response['Error']['Code']}") from error
    except BotoCoreError as error:
        raise StoreError(f"the parameter store did not answer: {type(error).__name__}") from error


@lru_cache(maxsize=1)
def _client() -> Any:
    from botocore.config import Config
    from botocore.session import get_session

    config = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
    return get_session().create_client("ssm", settings.current().region, config=config)


def forget() -> None:
    """Drops what is kept: for tests, and when a token turned out to be an old one."""
    secret.cache_clear()
    _client.cache_clear()
