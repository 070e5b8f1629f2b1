"""Ask `preloaded.py` for a program, and end as it does: python -SP preloaded_call.py SOCKET WORDS..."""

import json
import os
import signal
import socket
import sys

with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(sys.argv[1])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: connection.sendall(bytes([number])))
    asked = {"words": sys.argv[2:], "environment": dict(os.environ), "folder": os.path.realpath(".")}
    socket.send_fds(connection, [b"\0"], [0, 1, 2])
    connection.sendall(json.dumps(asked).encode() + b"\n")
    code = os.waitstatus_to_exitcode(int.from_bytes(connection.recv(4), "big"))
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
os._exit(code)
