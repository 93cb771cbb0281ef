"""Where a benchmark runs: its own environment with every peer, and what machine it is.

In: `requirements.txt`. Out: a Python with exactly these releases in `build/benchmark-venv`, made when it is not there or when the
file has changed; and the machine and the releases in words, for the page.
"""

import hashlib
import os
import platform
import subprocess
import sys
import venv
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
FOLDER = ROOT / "build" / "benchmark-venv"
PEERS = (
    "numpy",
    "numba",
    "polars",
    "pyarrow",
    "duckdb",
    "openfisca-core",
    "zen-engine",
    "common-expression-language",
    "rule-engine",
    "business-rules",
)


def python_with_peers() -> Path:
    """The interpreter of the environment, which is made first where it has to be."""
    interpreter, stamp = FOLDER / "bin" / "python", FOLDER / "requirements.sha256"
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if not (stamp.exists() and stamp.read_text(encoding="ascii") == digest):
        print(f"making {FOLDER.relative_to(ROOT)} …", file=sys.stderr)
        venv.create(FOLDER, with_pip=True, clear=True)
        subprocess.run([interpreter, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
        stamp.write_text(digest, encoding="ascii")
    return interpreter


def environment() -> dict[str, str]:
    """The variables of every process that measures: this checkout's modules, and a scheduler of numba that does not spin."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "0",
        "NUMBA_THREADING_LAYER": "workqueue",
        "LANG": "en_US.UTF-8",
    }


def machine() -> dict[str, str]:
    """What the page says of the machine."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def releases() -> dict[str, str]:
    found = {}
    for name in PEERS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
