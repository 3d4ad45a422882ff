"""Sessions end: whoever signed in before is not believed any more, on any device, also with a token that was renewed since."""

from __future__ import annotations

from chalicelib.gateways import clock
from chalicelib.store import members
from chalicelib.store.transact import Store


def end(store: Store, account: str) -> None:
    """Ends all sessions of an account. Twice is once, a little later."""
    store.write(members.end_sessions(store, account, clock.wall()))  # tokens are dated by the pool's clock, which nobody moves
