"""The stats of the peer, and the socket that serves them."""

import contextlib
import json
import os
import socket
import stat
import threading

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)


class Histogram:
    def __init__(self):
        self.buckets = {f"{bound:g}": 0 for bound in BUCKETS} | {"+Inf": 0}
        self.sum = 0.0
        self.count = 0

    def observe(self, value):
        self.sum += value
        self.count += 1
        for bound in self.buckets:
            self.buckets[bound] += value <= float(bound)


class Stats:
    """The numbers of one peer. `document` is replaced, never modified, so any
    thread may read it while the peer continues."""

    def __init__(self, **info):
        self.info = info
        self.trainings = self.failures = 0
        self.published = self.received = self.tips = 0
        self.accuracy = self.loss = 0.0
        self.duration = Histogram()
        self.document = b""

    def update_document(self):
        metrics = [
            metric("trainings_total", "counter", "Finished training rounds.", self.trainings),
            metric(
                "training_failures_total",
                "counter",
                "Training rounds in which the exchange with IPFS or a neighbour failed.",
                self.failures,
            ),
            {
                "name": "training_duration_seconds",
                "type": "histogram",
                "unit": "seconds",
                "help": "Time to average and train the model, without the exchange.",
                **vars(self.duration),
            },
            metric(
                "model_accuracy_ratio",
                "gauge",
                "Share of right answers on the test set.",
                self.accuracy,
                unit="ratio",
            ),
            metric("model_loss", "gauge", "Mean cross entropy on the test set.", self.loss),
            metric("tips", "gauge", "Known models that no known model builds on.", self.tips),
            metric(
                "models_published_total",
                "counter",
                "Own models added to IPFS.",
                self.published,
            ),
            metric(
                "models_received_total",
                "counter",
                "Models of other peers fetched from IPFS.",
                self.received,
            ),
            {"name": "info", "type": "info", "help": "About this peer.", "labels": self.info},
        ]
        self.document = json.dumps({"metrics": metrics}).encode()


def metric(name, kind, text, value, **more):
    return {"name": name, "type": kind, "help": text, "value": value, **more}


def claim_socket(path):
    """Removes the socket file of a process that no longer runs. Raises OSError if the
    path is not a socket, or if a process still listens on it."""
    if not os.path.lexists(path):
        return
    if not stat.S_ISSOCK(os.lstat(path).st_mode):
        raise FileExistsError(f"{path} exists and is not a socket")
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)
            return
    raise FileExistsError(f"{path} is in use by another process")


@contextlib.contextmanager
def serve_unix(path, mode, stats):
    """Sends the current document to every client that connects."""
    claim_socket(path)
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(path)
        os.chmod(path, mode)
        listener.listen()
        threading.Thread(target=serve, args=(listener, stats), daemon=True).start()
        yield
    finally:
        if listener.getsockname():  # a signal may end it right behind bind()
            os.unlink(path)


def serve(listener, stats):
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                connection.settimeout(2)
                connection.sendall(stats.document)
            except OSError:
                pass  # this client is gone; serve the next one
