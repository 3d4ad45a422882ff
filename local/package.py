"""`make package STAGE=…`: the app as AWS takes it, in build/<stage>/package: deployment.zip and sam.json.

Chalice writes functions and API from app.py; the folder infra/ is merged over that. boto3 and its kin stay out of the
zip, since the Lambda runtime brings them. Python's compiled forms go in: a function cannot write them down where it runs, and
compiling anew would be a third of every cold start. The zip is the same, byte for byte, for the same sources.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import marshal
import os
import shutil
import subprocess
import sys
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path

from chalicelib import toml
from local import template
from local.trouble import Trouble, told

ROOT = Path(__file__).resolve().parent.parent
REGION = "ap-northeast-1"
# Lambda's python3.11 runs on Amazon Linux 2 (glibc 2.26).
LAMBDA = ("--platform", "manylinux2014_x86_64", "--implementation", "cp", "--python-version", "3.11")
# Brought by the runtime (boto3 and what only it needs), or written into the zip by Chalice itself (chalice).
NOT_SHIPPED = ("boto3", "botocore", "s3transfer", "dateutil", "python_dateutil", "six", "urllib3", "chalice")
# What nothing of ours asks for: cryptography needs cffi's compiled part only, one scenario at a time needs no libyaml, and
# nobody is shown Swagger's pages (half a megabyte of script and style).
SWAGGER = "aws_lambda_powertools/event_handler/openapi/swagger_ui/swagger-ui"
NOT_NEEDED = ("cffi", "pycparser", "yaml/_yaml", "_yaml", SWAGGER)
TASK = "/var/task"  # where Lambda unpacks the zip
# Tools of development inside chalicelib.
STAYS_HOME = ("__pycache__", "*.pyc", "scenarios")
SIZE_MAX = 10 * 1024 * 1024


def package(stage: str, root: Path = ROOT, *, native: bool = False, build: Path | None = None) -> Path:
    """Builds and returns the folder with `deployment.zip` and `sam.json`.

    native: wheels for this machine instead of Lambda's (the embedded stack runs the functions here).
    build: where to build, instead of `build`; the wheels are shared all the same.
    Raises Trouble for an unknown stage, a failing pip or chalice, a package over 10 MB.
    """
    _known(stage, root)
    build = build or root / "build"
    wheels = _wheels(root / "requirements.txt", root / "build", native=native)
    house = _gather(root, build / stage / "app", wheels)
    out = build / stage / "package"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    merge = build / stage / "infra.json"
    merge.write_text(json.dumps(_infra(root, stage), indent=1))
    _chalice(house, stage, merge, out)
    zipped = out / "deployment.zip"
    if zipped.stat().st_size > SIZE_MAX:
        megabytes = zipped.stat().st_size / 1024 / 1024
        raise Trouble(f"The package has {megabytes:.1f} MB, more than 10.", "See what requirements.txt pulls in.")
    return out


def _known(stage: str, root: Path) -> None:
    stages = json.loads((root / ".chalice" / "config.json").read_text())["stages"]
    if stage not in stages:
        raise Trouble(f"No stage {stage!r}; there are {', '.join(stages)}.", "Say STAGE=…, or add it to .chalice/config.json.")


def _infra(root: Path, stage: str) -> template.Template:
    infra = template.load(root / "infra")
    infra["Parameters"]["Stage"]["Default"] = stage
    return infra


def _wheels(requirements: Path, build: Path, *, native: bool) -> Path:
    """The third-party part of the zip, made anew only when the requirements change."""
    target = () if native else LAMBDA
    wanted = [line for line in requirements.read_text().splitlines() if not line.startswith(("chalice==", "boto3=="))]
    digest = hashlib.sha256(
        "\n".join([*wanted, *NOT_SHIPPED, *NOT_NEEDED, *target, sys.version, "compiled"]).encode()
    ).hexdigest()[:12]
    done = build / f"wheels-{digest}"
    if done.exists():
        return done
    half = build / f"wheels-{digest}.half-{os.getpid()}"
    half.mkdir(parents=True)
    listed = half / "requirements.txt"
    listed.write_text("\n".join(wanted))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += ["--only-binary=:all:", *target, "--target", str(half / "vendor"), "-r", str(listed)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        shutil.rmtree(half, ignore_errors=True)
        last = (ran.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Trouble(f"pip could not fetch what the app needs: {last}", "Check the network and the disk, then run it again.")
    for name in (*NOT_SHIPPED, *NOT_NEEDED):
        for found in (half / "vendor").glob(f"{name}*"):
            shutil.rmtree(found) if found.is_dir() else found.unlink()
    shutil.rmtree(half / "vendor" / "bin", ignore_errors=True)
    _compile(half / "vendor", TASK)
    try:
        half.rename(done)
    except OSError:  # somebody else was faster
        shutil.rmtree(half, ignore_errors=True)
    return done


def _gather(root: Path, house: Path, wheels: Path) -> Path:
    """What ships, and only that, as a Chalice project of its own."""
    shutil.rmtree(house, ignore_errors=True)
    (house / ".chalice").mkdir(parents=True)
    shutil.copy2(root / ".chalice" / "config.json", house / ".chalice" / "config.json")
    shutil.copy2(root / "app.py", house / "app.py")
    shutil.copytree(root / "chalicelib", house / "chalicelib", ignore=shutil.ignore_patterns(*STAYS_HOME))
    _compile(house / "chalicelib", f"{TASK}/chalicelib")
    _compile_data(house / "chalicelib")
    (house / "vendor").symlink_to(wheels / "vendor")
    (house / "requirements.txt").write_text("")
    return house


def _compile(folder: Path, deployed: str) -> None:
    """Compiled forms beside the sources, never checked against them (the zip changes all dates), the same in every build."""
    command = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(folder), "-p", deployed, str(folder)]
    subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": "0"})


def _compile_data(folder: Path) -> None:
    """The same for terms and texts, in the form of an unchecked .pyc file (PEP 552), without what depends on the process."""
    for file in folder.rglob("*.toml"):
        source = file.read_bytes()
        code = toml.Loader(file.stem, str(file)).source_to_code(source, file.name)
        place = Path(cache_from_source(str(file)))
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(MAGIC_NUMBER + (1).to_bytes(4, "little") + source_hash(source) + marshal.dumps(code, 2))


def _chalice(house: Path, stage: str, merge: Path, out: Path) -> None:
    command = [str(Path(sys.executable).with_name("chalice")), "--project-dir", str(house), "package", "--stage", stage]
    command += ["--merge-template", str(merge), str(out)]
    environment = {**os.environ, "AWS_DEFAULT_REGION": REGION, "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if ran.returncode:
        raise Trouble(f"chalice could not package the app:\n{(ran.stderr or ran.stdout).strip()}", "Cure app.py or infra/.")


@told
def main() -> int:
    parser = argparse.ArgumentParser(prog="make package", description=__doc__)
    parser.add_argument("stage")
    stage = parser.parse_args().stage
    out = package(stage)
    size = (out / "deployment.zip").stat().st_size / 1024 / 1024
    print(f"{out / 'deployment.zip'}  {size:.1f} MB\n{out / 'sam.json'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
