"""What only this deployment knows, from SSM's parameter store (SecureString): keys and tokens of the ways to people.

`make deploy` and `make run` make the push key; LINE's two come from its console (docs/watching.md says how).
"""

from __future__ import annotations

from functools import lru_cache

from chalicelib import settings
from chalicelib.errors import StoreError
from chalicelib.gateways import clients
from chalicelib.gateways.delivery import NotDelivered

PUSH_KEY, LINE_TOKEN, LINE_SECRET = "push-key", "line-token", "line-secret"


@lru_cache(maxsize=8)
def secret(name: str) -> str:
    """One of them, kept for this process. Raises NotDelivered (`not_set_up`) where it was never given, StoreError."""
    path = settings.current().secrets_path
    if not path:
        raise NotDelivered("not_set_up")
    try:
        found = clients.of("ssm", read_seconds=5).get_parameter(Name=f"{path}{name}", WithDecryption=True)
        return str(found["Parameter"]["Value"])
    except clients.Failures as error:
        if clients.code_of(error) == "ParameterNotFound":
            raise NotDelivered("not_set_up") from error
        raise StoreError(f"the parameter store answered {clients.code_of(error)}") from error


def forget() -> None:
    """Drops what is kept: for tests, and when a token turned out to be an old one."""
    secret.cache_clear()
