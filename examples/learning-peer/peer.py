#!/usr/bin/env python3
"""A peer that learns together with others and exchanges models with them through IPFS."""

import argparse
import collections
import contextlib
import http.client
import itertools
import json
import random
import signal
import socket
import sys
import threading
import time
import urllib.parse

import gossip
import ipfs
import learning
import stats
from models import Model, decode_model, encode_model

VERSION = "1.0"
MAX_MERGED = 2  # models of other peers averaged in one round
MIN_PATIENCE = 1  # seconds for an exchange, however short the interval is
TIME_TO_START = 60  # seconds in which a daemon or name that is missing is not a failure


class Peer:
    """Trains its own model and merges the models of other peers.

    The models form a DAG: each names the models it was made from as its parents,
    and the tips are the models that no other known model names. The exchange has a
    thread of its own, so that training never waits for a daemon, a neighbour or a name
    server that hangs; `lock` guards `tips` and `settled`. Only one thread may call the
    methods; others use `inbox`, `announced` and `stats.document`.
    """

    def __init__(self, name, seed, daemon=None, neighbours=()):
        self.name = name
        self.daemon = daemon
        self.neighbours = neighbours
        truth, self.test_set = learning.make_world(seed)
        self.rng = random.Random(f"{seed}/{name}")
        self.shard = learning.make_shard(truth, self.rng)
        self.weights = learning.make_weights(self.rng)
        self.parents = []
        self.own_cid = None  # the last published model, the only one that stays pinned
        self.tips = {}  # CID: Model, oldest first
        self.settled = collections.deque(maxlen=1000)  # CIDs not to fetch any more
        self.inbox = gossip.Inbox()
        self.announced = []
        self.problems = []
        self.absences = []  # like problems, but of what is not there yet: no failures
        self.lock = threading.Lock()
        self.exchanging = None
        self.started = time.monotonic()
        self.stats = stats.Stats(name=name, version=VERSION, model="logistic regression")
        self.report()

    def run_round(self, patience=60):
        """Waits at most `patience` seconds for the exchange of this round."""
        self.problems, self.absences = [], []
        started = time.perf_counter()
        self.learn()
        self.stats.duration.observe(time.perf_counter() - started)
        self.stats.trainings += 1
        if self.daemon:
            self.start_exchange(patience)
        self.stats.failures += bool(self.problems)
        self.report()

    def start_exchange(self, patience):
        """If the exchange of an earlier round still runs, this round has none."""
        if not (self.exchanging and self.exchanging.is_alive()):
            model = Model(self.weights, self.parents)
            self.exchanging = threading.Thread(target=self.exchange, args=[model], daemon=True)
            self.exchanging.start()
            self.exchanging.join(patience)
        if self.exchanging.is_alive():
            self.problems.append("exchange: takes longer than a round")

    def exchange(self, model):
        self.publish(model)
        self.announce()
        self.receive()

    def learn(self):
        """Averages the own model with the best models of other peers, then trains it."""
        with self.lock:
            own, tips = self.own_cid, dict(self.tips)
        others = [cid for cid in tips if cid != own]
        others.sort(key=lambda cid: learning.evaluate(tips[cid].weights, self.shard))
        merged = others[:MAX_MERGED]
        models = [self.weights] + [tips[cid].weights for cid in merged]
        self.weights = learning.train(learning.average(models), self.shard, self.rng)
        self.parents = merged + ([own] if own else [])

    def publish(self, model):
        with self.attempt("publish"):
            cid = self.daemon.add(encode_model(model, self.name))
            self.stats.published += 1
            self.add_tip(cid, model)
            self.unpin_for(cid)

    def unpin_for(self, successor):
        """Leaves the own model to the daemon's garbage collection."""
        own, self.own_cid = self.own_cid, successor
        if own:
            self.daemon.unpin(own)

    def announce(self):
        """A neighbour's address that fails does not keep the tips from the others."""
        self.announced = list(reversed(self.tips))
        for url in self.neighbours:
            addresses = []
            with self.attempt("announce"):
                addresses = gossip.choose(gossip.find_addresses(url))
            for address in addresses:
                with self.attempt("announce"):
                    self.inbox.put(gossip.swap_tips(address, self.announced))

    def leave(self):
        with self.attempt("leave"):
            self.unpin_for(None)

    def receive(self):
        """Fetches the offered models; a failure ends only the offer that it is in."""
        for offer in self.inbox.take_all():
            with self.attempt("receive"):
                for cid in offer:
                    if cid not in self.tips and cid not in self.settled:
                        self.add_tip(cid, decode_model(self.daemon.cat(cid)))
                        self.stats.received += 1

    def add_tip(self, cid, model):
        with self.lock:
            for parent in model.parents:
                self.tips.pop(parent, None)
                self.settled.append(parent)
            self.tips[cid] = model
            if len(self.tips) > gossip.MAX_TIPS:
                oldest = next(iter(self.tips))
                del self.tips[oldest]
                self.settled.append(oldest)

    def report(self):
        self.stats.loss, self.stats.accuracy = learning.evaluate(self.weights, self.test_set)
        self.stats.tips = len(self.tips)
        self.stats.update_document()

    @contextlib.contextmanager
    def attempt(self, what):
        """Records an external failure, which must not stop the training."""
        try:
            yield
        except (OSError, ValueError, http.client.HTTPException) as error:
            found = self.absences if self.is_absence(error) else self.problems
            found.append(f"{what}: {error or type(error).__name__}")

    def is_absence(self, error):
        """Whether a neighbour's name has no address, as that of a Service without a ready pod, or
        the daemon has not made its socket yet."""
        starting = time.monotonic() - self.started < TIME_TO_START
        if isinstance(error, socket.gaierror):
            # Name servers that cannot ask others do not say that there is no such name.
            return starting or error.errno in (socket.EAI_NONAME, socket.EAI_NODATA)
        return isinstance(error, FileNotFoundError) and starting and not self.stats.published

    def __str__(self):
        s = self.stats
        line = (
            f"name={self.name} round={s.trainings} accuracy={s.accuracy:.3f} loss={s.loss:.3f}"
            f" tips={s.tips} published={s.published} received={s.received}"
        )
        for name, events in (("absent", self.absences), ("error", self.problems)):
            line += "".join(f" {name}={json.dumps(event)}" for event in events)
        return line


def run_rounds(peer, interval, rounds):
    """Starts a round every `interval` seconds; with 0 rounds it never returns."""
    due = time.monotonic()
    for _ in range(rounds) if rounds else itertools.count():
        time.sleep(max(0, due - time.monotonic()))
        due = max(due + interval, time.monotonic())
        peer.run_round(max(due - time.monotonic(), MIN_PATIENCE))
        print(peer, flush=True)


def unix_path(text):
    if not text.startswith("unix:") or len(text) == len("unix:"):
        raise argparse.ArgumentTypeError(f"must be unix:PATH, not {text!r}")
    return text.removeprefix("unix:")


def neighbour_url(text):
    parts = urllib.parse.urlsplit(text)
    if parts.scheme != "http" or not parts.hostname or parts.port == 0:
        raise argparse.ArgumentTypeError(f"must be http://HOST:PORT, not {text!r}")
    return text


def listen_address(text):
    host, _, port = text.rpartition(":")
    if not port.isdecimal():
        raise argparse.ArgumentTypeError(f"must be HOST:PORT or :PORT, not {text!r}")
    return host.removeprefix("[").removesuffix("]"), int(port)


def octal(text):
    return int(text, 8)


def daemon_address(text):
    try:
        return None if text == "none" else ipfs.Daemon(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def make_parser():
    parser = argparse.ArgumentParser(description=__doc__)
    option = parser.add_argument
    option("--name", default="peer", help="also selects the training data (%(default)s)")
    option("--seed", type=int, default=1, help="of the true model, same for all (%(default)s)")
    option(
        "--ipfs-api",
        type=daemon_address,
        default="http://127.0.0.1:5001",
        metavar="ADDR",
        help="http://HOST:PORT, /unix/PATH or none (%(default)s)",
    )
    option(
        "--stats",
        type=unix_path,
        default="unix:learning-peer.sock",
        metavar="unix:PATH",
        help="socket that serves the stats (%(default)s)",
    )
    option(
        "--stats-mode",
        type=octal,
        default="660",
        metavar="MODE",
        help="permissions of the stats socket (%(default)s)",
    )
    option(
        "--listen",
        type=listen_address,
        metavar="HOST:PORT",
        help="exchange tips with neighbours and serve GET /stats here; :PORT is on all addresses,"
        " port 0 is any free port",
    )
    option(
        "--neighbour",
        type=neighbour_url,
        action="append",
        default=[],
        metavar="URL",
        help="exchange tips with every address of this host; may be repeated",
    )
    option("--interval", type=float, default=3, metavar="S", help="time per round (%(default)s)")
    option("--rounds", type=int, default=0, metavar="N", help="stop after N rounds")
    option("--ttl", type=float, default=0, metavar="S", help="stop after S seconds")
    return parser


def end(*_):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)  # so that no signal interrupts the clean-up
    sys.exit(0)


def main():
    parser = make_parser()
    args = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, end)
    signal.setitimer(signal.ITIMER_REAL, args.ttl)

    peer = Peer(args.name, args.seed, args.ipfs_api, args.neighbour)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(stats.serve_unix(args.stats, args.stats_mode, peer.stats))
            if args.listen:
                port = gossip.serve(*args.listen, peer)
                print(f"listening port={port}", flush=True)
        except OSError as error:
            parser.error(str(error))
        stack.callback(peer.leave)
        run_rounds(peer, args.interval, args.rounds)


if __name__ == "__main__":
    main()
