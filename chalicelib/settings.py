"""What the environment says, read once and typed. A missing variable is named together with its cure."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache


class SettingMissing(Exception):
    """An environment variable is missing or unusable: names it and says what to do. Not for a customer's eyes."""

    def __init__(self, variable: str, cure: str) -> None:
        super().__init__(f"{variable}: {cure}")
        self.variable = variable


@dataclass(frozen=True, slots=True)
class Settings:
    """One deployment's settings. Optional ones are empty; ask for them with `need`, which names what is missing."""

    stage: str
    table_prefix: str
    region: str
    night_queue_url: str = ""
    readings_queue_url: str = ""
    ticks_queue_url: str = ""
    token_issuer: str = ""
    jwks_url: str = ""
    token_client_id: str = ""
    session_days: int = 0  # how long a browser stays signed in; 0: as long as it is open
    app_client_ids: tuple[tuple[str, str], ...] = ()
    allowed_origins: tuple[str, ...] = ()
    mail_from: str = ""
    device_policy: str = ""
    things_arn: str = ""  # what the ARN of a thing begins with
    terms_dir: str = ""
    secrets_path: str = ""
    line_api_url: str = ""
    public_url: str = ""  # where the API answers from outside, for links in messages

    @property
    def is_local(self) -> bool:
        """Stage `local` is the only one whose clock can be moved."""
        return self.stage == "local"

    @property
    def user_pool_id(self) -> str:
        """The user pool's id: the last part of the issuer of its tokens."""
        return self.need("token_issuer").rpartition("/")[2]

    def need(self, name: str) -> str:
        """The setting of that field name; raises SettingMissing when the environment left it out."""
        value = getattr(self, name)
        if not value:
            raise SettingMissing(name.upper(), "set this environment variable for the function that needs it")
        return str(value)


_STAGE = re.compile(r"[a-z][a-z0-9-]{0,19}")


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads and checks the settings. Raises SettingMissing for STAGE and AWS_REGION, which everything needs."""
    environ = os.environ if environ is None else environ
    stage = environ.get("STAGE", "")
    if not _STAGE.fullmatch(stage):
        raise SettingMissing(
            "STAGE", "set it to the stage's name, such as local, test or prod (small letters, digits, hyphens)"
        )
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION", "")
    if not region:
        raise SettingMissing("AWS_REGION", "set it to the AWS region, such as ap-northeast-1")
    origins = environ.get("ALLOWED_ORIGINS", "")
    return Settings(
        stage=stage,
        region=region,
        table_prefix=environ.get("TABLE_PREFIX") or f"mimamori-{stage}-",
        night_queue_url=environ.get("NIGHT_QUEUE_URL", ""),
        readings_queue_url=environ.get("READINGS_QUEUE_URL", ""),
        ticks_queue_url=environ.get("TICKS_QUEUE_URL", ""),
        token_issuer=environ.get("TOKEN_ISSUER", ""),
        jwks_url=environ.get("JWKS_URL", ""),
        token_client_id=environ.get("TOKEN_CLIENT_ID", ""),
        session_days=_days(environ.get("SESSION_DAYS", "")),
        app_client_ids=_pairs(environ.get("APP_CLIENT_IDS", "")),
        allowed_origins=tuple(origin.strip() for origin in origins.split(",") if origin.strip()),
        mail_from=environ.get("MAIL_FROM", ""),
        device_policy=environ.get("DEVICE_POLICY", ""),
        things_arn=environ.get("THINGS_ARN", ""),
        terms_dir=environ.get("TERMS_DIR", ""),
        secrets_path=environ.get("SECRETS_PATH", ""),
        line_api_url=environ.get("LINE_API_URL", "").rstrip("/"),
        public_url=environ.get("PUBLIC_URL", "").rstrip("/"),
    )


def _days(text: str) -> int:
    if text and not text.isdecimal():
        raise SettingMissing("SESSION_DAYS", "set it to a whole number of days, such as 30, or leave it out")
    return int(text or 0)


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """`android=<id>,ios=<id>`: the user pool's client of each kind of app beside the web's."""
    pairs = (pair.partition("=") for pair in text.split(",") if pair.strip())
    return tuple((name.strip(), value.strip()) for name, _, value in pairs if value.strip())


@lru_cache(maxsize=1)
def current() -> Settings:
    """The settings of this process. A test that changes the environment calls `current.cache_clear()`."""
    return load()
