"""Many simulated exporters on one address: the pages of a real one, multiplied and varied.

Each is a target of its own by its labels; ?i=NUMBER says which page it gets. Pages are rendered
before, because Python would otherwise cost more than what is measured.
"""

import asyncio
import multiprocessing
import re
import sys
import time

import bench  # noqa: F401 makes the modules of tests/ importable
from harness import TESTS

sys.path.append(str(TESTS / "monitoring"))

import dashboards_many  # noqa: E402
from dashboards_live import live  # noqa: E402
from dashboards_metrics import counters  # noqa: E402

PATHS = {"ipfs": "/metrics/ipfs", "peer": "/metrics/peer", "ipfs-native": "/metrics/native"}
DIFFERENT, STEPS = 8, 40  # pages, and how often each changes before it begins again
REQUEST = re.compile(rb"GET ([\w/]+)\?i=(\d+) ")


def line(name, labels, value):
    text = ",".join(f'{key}="{one}"' for key, one in labels.items())
    return f"{name}{{{text}}} {value}\n"


def rendered():
    """{path: [[reply at each step] of each different exporter]}"""
    with live() as running:
        pages = running.pages()
    names = {name for page in pages for samples in page.values() for name, _, _ in samples}
    found = {path: [[] for _ in range(DIFFERENT)] for path in PATHS.values()}
    for step in range(STEPS):
        every = dashboards_many.instances(pages, counters(), names, DIFFERENT, step)
        for number, page in enumerate(every):
            for path, replies in found.items():
                body = "".join(line(*one) for one in page[path]).encode()
                replies[number].append(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"
                    b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    return found


class Pages(asyncio.Protocol):
    def __init__(self, replies, interval):
        self._replies, self._interval, self._transport = replies, interval, None

    def connection_made(self, transport):
        self._transport = transport

    def data_received(self, data):
        path, number = REQUEST.match(data).groups()
        number = int(number)
        steps = self._replies[path.decode()][number % DIFFERENT]
        self._transport.write(steps[(int(time.monotonic() / self._interval) + number) % STEPS])


async def serve(replies, interval, told):
    server = await asyncio.get_running_loop().create_server(
        lambda: Pages(replies, interval), "127.0.0.1", 0, backlog=4096)
    told.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def start(stack, interval):
    """The address, and the number of samples on each page; interval: seconds between changes."""
    replies = rendered()
    sizes = {path: of_one[0][0].split(b"\r\n\r\n")[1].count(b"\n")
             for path, of_one in replies.items()}
    mine, told = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(
        target=lambda: asyncio.run(serve(replies, interval, told)), daemon=True)
    process.start()
    stack.callback(process.join)
    stack.callback(process.terminate)
    return f"127.0.0.1:{mine.recv()}", sizes


def targets(address, names):
    """Content of file_sd_configs: what Kubernetes would discover, for our relabel_configs."""
    return [{"targets": [address], "labels": {
        "__param_i": str(number), "__meta_kubernetes_namespace": "peers",
        "__meta_kubernetes_pod_name": name,
        "__meta_kubernetes_pod_node_name": f"node-{number // dashboards_many.PER_NODE}",
        "__meta_kubernetes_pod_phase": "Running",
        "__meta_kubernetes_pod_container_name": "exporter",
        "__meta_kubernetes_pod_container_port_name": "metrics"}}
        for number, name in enumerate(names)]
