"""The browser that this machine has, for the tests that need a real one. `python -m local.chromium` says where it is."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from local.trouble import Trouble, told

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/usr/bin/chromium",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
CURE = "Install it (Debian: apt-get install chromium fonts-ipafont-gothic), or say where one is: CHROMIUM=/path/to/chromium"


def find() -> str:
    """The path of a Chromium or Chrome: what CHROMIUM says, else what is usual. Raises Trouble with the line that helps."""
    said = os.environ.get("CHROMIUM")
    if said:
        if not Path(said).is_file():
            raise Trouble(f"CHROMIUM says {said}, which is not there.", CURE)
        return said
    for name in (*NAMES, *PLACES):
        if found := shutil.which(name):
            return found
    raise Trouble("The tests of the web app need a browser, and no Chromium is here.", CURE)


@told
def main() -> int:
    print(find())
    return 0


if __name__ == "__main__":
    sys.exit(main())
