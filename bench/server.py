"""A server of its own, for what needs one: the browser, and wkhtmltopdf."""

import contextlib
import os
import signal
import socket
import subprocess
import time

import requests

READY_TIMEOUT = 120


@contextlib.contextmanager
def serving(database):
    """Start a server with two workers; return its address, as a context manager."""
    http, gevent = free_ports(2)
    process = subprocess.Popen(
        [
            "odoo",
            f"--database={database}",
            f"--db-filter=^{database}$",
            "--workers=2",
            "--max-cron-threads=0",
            f"--http-port={http}",
            f"--gevent-port={gevent}",
            "--log-level=critical",
        ],
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{http}"
    try:
        wait(process, url)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def wait(process, url):
    """Wait until the server answers."""
    deadline = time.monotonic() + READY_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(requests.ConnectionError, requests.Timeout):
            if requests.get(f"{url}/web/health", timeout=10).ok:
                return
        time.sleep(0.2)
    raise RuntimeError("the server does not start")


def free_ports(count):
    """Return so many ports that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [sock.getsockname()[1] for sock in sockets]
