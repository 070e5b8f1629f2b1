"""A Python that has imported all of verifier, and forks itself for each program that a test starts.

Two thirds of what a short run computes are its imports. A program that is started by `python()` has the arguments,
environment, folder, standard streams and signals of any process, and ends like one; what is asserted of imports, of
hash seeds or of limits of the process needs `sys.executable`.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from functools import cache
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from types import ModuleType
from typing import Any

import verifier
from tests import ROOT

CALL = Path(__file__).with_name("preloaded_call.py")


@cache
def python() -> tuple[str, ...]:
    """Words that take `-c CODE ARGUMENTS...` or `SCRIPT ARGUMENTS...`, for `sys.executable`."""
    if sys.platform != "linux":
        return (sys.executable,)  # Windows has no fork, and libraries of macOS do not survive one.
    folder = tempfile.TemporaryDirectory()
    address = str(Path(folder.name) / "socket")
    # It ends when its stdin does: with this process, however that ends.
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.preloaded", address], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    atexit.register(folder.cleanup)
    atexit.register(server.communicate)
    return (sys.executable, "-SP", str(CALL), address)


LAZY = {"aiolimiter", "genai_prices", "git", "google.genai", "httpx2", "rich.progress", "tenacity", "tiktoken", "vcr"}
"""What verifier imports in functions only."""


def preload() -> dict[str, str]:
    """Import verifier and what it needs; what that adds to the environment."""
    before = dict(os.environ)
    names = {module.name for module in pkgutil.walk_packages(verifier.__path__, "verifier.")}
    for name in sorted(names - {"verifier.cli.mcp_server"} | LAZY):  # that one needs an extra
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what is never looked at by the collector is never copied for a program either
    return {name: value for name, value in os.environ.items() if name not in before}


def serve(listening: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """What a program is asked to be, and its streams; returns in the program alone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while listening in select.select([listening, sys.stdin], [], [])[0]:
        connection, _ = listening.accept()
        if os.fork():
            connection.close()
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        listening.close()
        _, streams, _, _ = socket.recv_fds(connection, 1, 3)
        asking = connection.makefile("rb")
        asked: dict[str, Any] = json.loads(asking.readline())
        program = os.fork()
        if program == 0:
            asking.close()
            connection.close()
            return asked, streams
        for stream in (0, 1, 2, *streams):
            os.close(stream)
        threading.Thread(target=send_signals, args=(asking, program), daemon=True).start()
        connection.sendall(os.waitpid(program, 0)[1].to_bytes(4, "big"))
        os._exit(0)
    os._exit(0)


def send_signals(asking: BufferedReader, program: int) -> None:
    """Pass the caller's signals on, the last when it is gone itself."""
    while number := asking.read(1):
        os.kill(program, number[0])
    os.kill(program, signal.SIGKILL)


def become(words: list[str], environment: dict[str, str], folder: str, streams: list[int]) -> None:
    """Be the Python that was called with these words."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    assert isinstance(sys.stdout, TextIOWrapper)
    sys.stdout.reconfigure(line_buffering=sys.stdout.isatty())
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    if words[0] == "-c":
        sys.argv = ["-c", *words[2:]]
        sys.path[0] = ""
        main = sys.modules["__main__"] = ModuleType("__main__")
        exec(compile(words[1], "<string>", "exec"), vars(main))
    else:
        sys.argv = words
        sys.path[0] = str(Path(words[0]).parent)
        runpy.run_path(words[0], run_name="__main__")


if __name__ == "__main__":
    added = preload()
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(sys.argv[1])
        opened.listen(64)
        print("ready", flush=True)
        asked, streams = serve(opened)
    become(asked["words"], added | asked["environment"], asked["folder"], streams)
