"""Sessions end: whoever signed in before is not believed any more, on any device, also with a token that was renewed since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.gateways import clock
from chalicelib.gateways.pool import Pool
from chalicelib.store import members
from chalicelib.store.transact import Store

NOW = timedelta(0)


def end_everywhere(store: Store, pool: Pool, account: str) -> None:
    """Ends all sessions of an account: at once for us, and in the pool, so that none is renewed in vain."""
    end(store, account)
    pool.sign_out(account)


def end(store: Store, account: str, but_for: timedelta = NOW) -> None:
    """Ends all sessions of an account, but for those that begin just now. Twice is once, a little later."""
    # tokens are dated by the pool's clock, which nobody moves
    store.write(members.end_sessions(store, account, clock.wall() - but_for))


def end_before(store: Store, account: str, signed_in_at: int) -> None:
    """Ends all sessions of an account that began before that second; the one that began then goes on."""
    store.write(members.end_sessions(store, account, datetime.fromtimestamp(signed_in_at - 1, UTC)))
