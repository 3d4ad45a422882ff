"""What can go wrong on the way to a running system: one line that says what, one that says what to do."""

from __future__ import annotations

import errno
import functools
import sys
from collections.abc import Callable


class Trouble(Exception):
    """Something the person at the keyboard can cure. `message` says what is wrong, `cure` what to do."""

    def __init__(self, message: str, cure: str) -> None:
        super().__init__(f"{message}\n  {cure}")
        self.message = message
        self.cure = cure


def told(main: Callable[[], int]) -> Callable[[], int]:
    """Turns Trouble, a full disk and Ctrl-C into a clear line and an exit code; other faults keep their traceback."""

    @functools.wraps(main)
    def run() -> int:
        try:
            return main()
        except Trouble as trouble:
            print(f"\n{trouble}", file=sys.stderr)
            return 1
        except OSError as fault:
            if fault.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES):
                raise
            where = f" ({fault.filename})" if fault.filename else ""
            print(
                f"\nCannot write{where}: {fault.strerror}.\n  Make room or allow writing there, then run it again.",
                file=sys.stderr,
            )
            return 1
        except KeyboardInterrupt:
            return 130

    return run
