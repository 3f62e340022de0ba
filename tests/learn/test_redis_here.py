"""The Redis that lesson 14 starts: it goes with its kernel, however that ends."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from livesock.errors import LivesockError
from livesock.lessons.lesson14.lend import redis_here
from tests.peers import eventually

KERNEL = """
from livesock.lessons.lesson14.lend import redis_here
redis = redis_here()
redis.pause()
print("paused", flush=True)
input()
"""


@pytest.fixture(autouse=True)
def redis_server(need: Callable[[object, str], None]) -> None:
    need(shutil.which("redis-server"), "redis-server is not installed")


def test_a_kernel_that_is_killed_leaves_no_redis_and_no_folder(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}

    with subprocess.Popen(
        [sys.executable, "-c", KERNEL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as kernel:
        assert kernel.stdout is not None and kernel.stdout.readline() == b"paused\n"
        (folder,) = tmp_path.iterdir()
        kernel.kill()

    eventually(lambda: not folder.exists(), "its folder is gone")
    assert running_in(folder) == []


def test_a_redis_that_is_closed_says_what_to_run_again() -> None:
    redis = redis_here()
    assert redis is not None
    redis.close()
    redis.close()

    for call in (redis.pause, redis.resume):
        with pytest.raises(LivesockError, match=r"this Redis is closed: run the cell with redis_here\(\) again"):
            call()


def running_in(folder: Path) -> list[int]:
    """Return the processes whose command line names `folder`."""
    processes = psutil.process_iter(["cmdline"])
    return [one.pid for one in processes if any(str(folder) in word for word in one.info["cmdline"] or ())]
