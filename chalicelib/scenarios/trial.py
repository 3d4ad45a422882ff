"""Terms on trial: a file or directory of terms files that a run uses before the project's own."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chalicelib.contracts import terms, terms_file
from chalicelib.contracts.terms import Terms
from chalicelib.errors import TermsError


def service_in(file: Path) -> str:
    """The service that a terms file is about. Raises TermsError for a file that is missing, is no TOML, or does not say."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8")).get("service")
    except (OSError, UnicodeDecodeError) as error:
        raise TermsError(file.name, "file", f"cannot be read ({type(error).__name__})", "Check the path") from error
    except tomllib.TOMLDecodeError as error:
        raise TermsError(file.name, "file", f"not readable: {error}", "Mend the line that is named") from error
    if not isinstance(found, str):
        raise TermsError(file.name, "service", "missing", 'Write service = "name" at the top of the file')
    return found


def read(file: Path) -> Terms:
    """The terms in a file of any name, checked as the application checks its own. Raises TermsError."""
    with directory_of(file) as directory:
        return Terms(terms_file.read(Path(directory) / f"{service_in(file)}.toml"), terms.statutory())


@contextmanager
def directory_of(path: Path | None) -> Iterator[str]:
    """A directory to look for terms in: the one that is given, or one that holds the given file under its service's name.

    Empty when nothing is given. Raises TermsError for a file of which nobody can tell the service.
    """
    if path is None or path.is_dir():
        yield str(path.resolve()) if path else ""
        return
    with tempfile.TemporaryDirectory(prefix="terms-") as made:
        shutil.copy(path if path.is_file() else _missing(path), Path(made) / f"{service_in(path)}.toml")
        yield made


def _missing(path: Path) -> Path:
    raise TermsError(path.name, "file", "is not there", "Check the path")
