"""Terms on trial: a file or directory of terms files that a run uses before the project's own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chalicelib import toml
from chalicelib.contracts import terms, terms_file
from chalicelib.contracts.terms import Terms
from chalicelib.errors import TermsError

REGISTER, WORDS = ".rules.toml", ".words.toml"  # what may lie beside a service's terms


def service_in(file: Path) -> str:
    """The service that a terms file is about. Raises TermsError for a file that is missing, is no TOML, or does not say."""
    try:
        found = toml.read(file).get("service")
    except (OSError, UnicodeDecodeError) as error:
        raise TermsError(file.name, "file", f"cannot be read ({type(error).__name__})", "Check the path") from error
    except ValueError as error:
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

    Empty when nothing is given. All terms in it are checked first. Raises TermsError, naming the file as it was given.
    """
    if path is None:
        yield ""
    elif path.is_dir():
        for file in sorted(path.glob("*.toml")):
            if not file.name.endswith((REGISTER, WORDS)):
                terms_file.read(file)
        yield str(path.resolve())
    else:
        with tempfile.TemporaryDirectory(prefix="terms-") as made:
            _copy(path, Path(made))
            yield made


def _copy(file: Path, directory: Path) -> None:
    """The file under its service's name, with the register and the words that may lie beside it; and checked."""
    service = service_in(file)
    copy = shutil.copy(file, directory / f"{service}.toml")
    for beside in (file.with_name(service + REGISTER), file.with_name(service + WORDS)):
        if beside.is_file():
            shutil.copy(beside, directory)
    try:
        terms_file.read(Path(copy))
    except TermsError as error:
        raise TermsError(file.name, error.key, error.problem, error.cure) from error
