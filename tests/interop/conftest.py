"""Programs that nobody here wrote, as the other end."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

NODE = Path(__file__).parent / "node"


@pytest.fixture(scope="session")
def node_modules(need: Callable[[object, str], None]) -> Path:
    """Return the folder with the npm packages of node/package.json, installing them once if they are missing."""
    folder = NODE / "node_modules"
    npm = shutil.which("npm")
    packages = json.loads((NODE / "package.json").read_text())["dependencies"]
    if not all((folder / name).is_dir() for name in packages) and npm is not None:
        command = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=NODE, timeout=100, capture_output=True, check=False)
    need(
        all((folder / name).is_dir() for name in packages),
        f"Node's packages {', '.join(packages)} are missing: install Node 18 or newer with npm (nodejs.org, or apt-get "
        "install nodejs npm), then run npm install --no-package-lock in tests/interop/node",
    )
    return folder
