"""A few households, so that the local world is not empty. Everything goes through the API, as it would from outside.

The names and addresses are made up. Every request has a fixed Idempotency-Key: a seeding that was cut short goes on.
"""

from __future__ import annotations

from typing import Any

from local.client import Api
from local.world import World
