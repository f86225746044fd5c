#!/usr/bin/env python3
"""Do slow clients delay a scrape? Prints the figures; exit code 1 if they do.

    python3 slow_connections.py [--connections 2000] [--scrapes 5000] [--limit 3] [--without-tls]

Slow clients from 127.0.0.2 and on send a byte of their request per second, and come back 15 s
after they are shut out, on average. Meanwhile 127.0.0.1 scrapes over one connection; the 99th
percentile is compared with the one before. Over TLS, half of them never finish the handshake.
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import pathlib
import random
import sys
import tempfile
import time

from bench import Connection, cpu_seconds, p99, trusting
from scraping import start_exporter, web_config

PER_ADDRESS = 16
REQUEST = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n"
PAUSE = 0.002  # between two scrapes
MEAN_WAIT = 15  # seconds, before a client that was shut out comes back


async def be_slow(address, number, tls, opened):
    """One slow client; it counts its connections."""
    host, port = address.split(":")
    source = f"127.0.0.{2 + number // PER_ADDRESS % 250}"
    wait = 5
    while True:
        await asyncio.sleep(random.uniform(0, wait))
        wait = 2 * MEAN_WAIT
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            reader, writer = await asyncio.open_connection(
                host, int(port), local_addr=(source, 0), ssl=tls, limit=1024)
            with opened.get_lock():
                opened.value += 1
            with contextlib.closing(writer):
                await drip(reader, writer)


async def drip(reader, writer):
    for at in range(len(REQUEST)):
        writer.write(REQUEST[at:at + 1])
        await writer.drain()
        with contextlib.suppress(asyncio.TimeoutError):
            if not await asyncio.wait_for(reader.read(1), 1):
                return  # shut out


def attack(address, count, with_tls, opened):
    """Runs all slow clients; of two with TLS, one sends its request into the handshake."""
    os.nice(19)  # its own work must not delay the scrapes

    async def run():
        tls = trusting() if with_tls else None
        await asyncio.gather(*(be_slow(address, number, tls if number % 2 else None, opened)
                               for number in range(count)))

    asyncio.run(run())


def measure(exporter, tls, args):
    """The 99th percentiles without and with slow clients, and the share of a CPU with them."""
    with contextlib.closing(Connection(exporter.address, tls)) as connection:
        idle = p99(connection, args.scrapes, PAUSE)
        opened = multiprocessing.Value("i", 0)
        slow = multiprocessing.Process(
            target=attack, args=(exporter.address, args.connections, tls, opened), daemon=True)
        slow.start()
        try:
            while opened.value < args.connections:
                connection.get()
            began, before = time.monotonic(), cpu_seconds(exporter)
            loaded = p99(connection, args.scrapes, PAUSE)
            share = (cpu_seconds(exporter) - before) / (time.monotonic() - began)
        finally:
            slow.kill()
            slow.join()
    return idle, loaded, share, opened.value


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--connections", type=int, default=2000)
    parser.add_argument("--scrapes", type=int, default=5000)
    parser.add_argument("--limit", type=float, default=3)
    parser.add_argument("--without-tls", action="store_true")
    args = parser.parse_args()
    slower = False
    for tls in [None] if args.without_tls else [None, trusting()]:
        with contextlib.ExitStack() as stack:
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
            flags = [f"--web.config.file={web_config(folder)}"] if tls else []
            exporter = start_exporter(stack, *flags, tls=tls)
            idle, loaded, share, opened = measure(exporter, tls, args)
            memory = exporter.peak_memory_kb()
        slower = slower or loaded > args.limit * idle
        print(f"{'TLS' if tls else 'plain'}: p99 {idle:.3f} ms idle, {loaded:.3f} ms with "
              f"{args.connections} slow clients ({opened} connections), ratio {loaded / idle:.2f}, "
              f"limit {args.limit}; {share:.0%} of a CPU, peak memory {memory} kB; "
              f"load average {os.getloadavg()[0]:.2f}", flush=True)
    return slower


if __name__ == "__main__":
    sys.exit(main())
