"""Keys and tokens that a stage needs beside its template: in SSM's parameter store, never in a file that is committed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

Client = Callable[[str], Any]  # service name → boto3 client
PUSH_KEY = "push-key"


def make(stage: str, client: Client) -> None:
    """The key that signs web push, made once for each stage: a new one would end every browser's subscription."""
    ssm, name = client("ssm"), _name(stage, PUSH_KEY)
    try:
        ssm.get_parameter(Name=name)
    except ClientError as fault:
        if fault.response["Error"]["Code"] != "ParameterNotFound":
            raise
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        ssm.put_parameter(Name=name, Value=pem, Type="SecureString")


def give(stage: str, client: Client, values: Mapping[str, str]) -> None:
    """Sets what is known from elsewhere, such as LINE's token."""
    for name, value in values.items():
        client("ssm").put_parameter(Name=_name(stage, name), Value=value, Type="SecureString", Overwrite=True)


def _name(stage: str, name: str) -> str:
    return f"/mimamori/{stage}/{name}"
