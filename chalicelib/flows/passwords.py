"""What a new password must be: checked here first, so that the answer never depends on what the pool knows of an address."""

from __future__ import annotations

from datetime import date

from chalicelib.errors import Invalid
from chalicelib.iot import house


def check(password: str, day: date, field: str = "password") -> None:
    """Raises Invalid for a password that is too short or too plain. The user pool asks the same (`infra/people.yaml`)."""
    if password != password.strip():
        raise Invalid(field, "password_blank", "no_blank_around")
    shortest = house.value("password_characters_min", day)
    kinds = (str.islower, str.isupper, str.isdigit)
    plain = [letter for letter in password if letter.isascii()]
    if len(password) < shortest or not all(any(kind(letter) for letter in plain) for kind in kinds):
        raise Invalid(field, "password_weak", "password_rules", least=shortest)
