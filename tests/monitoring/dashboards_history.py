"""Puts samples of given times into a Prometheus, evaluates rules on them and asks queries."""

import pathlib
import subprocess
import sys

from dashboards import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "tests" / "integration"))

from prometheus_server import Prometheus  # noqa: E402

RULES = sorted((REPOSITORY / "monitoring" / "rules").glob("*.yml"))
FAKE_SCRAPE = (("up", {}, 1), ("scrape_duration_seconds", {}, 0.01),
               ("scrape_samples_scraped", {}, 900), ("scrape_series_added", {}, 0))


def write(path, setup, steps, names=None):
    """Writes the samples of [(time, what returns (labels of a target, samples))] as OpenMetrics.

    names: the metrics to write; all if None.
    """
    with path.open("w") as file:
        for when, scrapes in steps:
            for cluster in setup.clusters:
                for target, samples in scrapes():
                    of_cluster = target | {"cluster": cluster} if cluster else target
                    prefix = ",".join(f'{key}="{text}"' for key, text in of_cluster.items())
                    every = [("up", {}, 0)] if samples is None else (*samples, *FAKE_SCRAPE)
                    file.writelines(line(name, prefix, of_cluster, labels, value, when)
                                    for name, labels, value in every
                                    if names is None or name in names)
        file.write("# EOF\n")


def line(name, prefix, target, labels, value, when):
    # Labels of the sample take precedence, as with honor_labels; only the kubelet has some.
    if target.keys().isdisjoint(labels):
        own = "".join(f',{key}="{text}"' for key, text in labels.items() if text)
        return f"{name}{{{prefix}{own}}} {value} {when}\n"
    every = ",".join(f'{key}="{text}"' for key, text in (target | labels).items() if text)
    return f"{name}{{{every}}} {value} {when}\n"


class History:
    """A Prometheus with samples and with what the recording rules make of them."""

    def __init__(self, stack, folder, setup, steps, names=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.began, self.now = steps[0][0], steps[-1][0]
        self.step = self.now - steps[-2][0]
        text = self.folder / "samples"
        write(text, setup, steps, names)
        self._promtool("openmetrics", text, self.folder / "data")
        text.unlink()
        self.prometheus = self._record()
        stack.callback(lambda: self.prometheus.close())

    def _record(self):
        """Evaluates the recording rules; a second time for those that use others."""
        if not RULES:
            return Prometheus(self.folder)
        for number in range(2):
            running = Prometheus(self.folder)
            try:
                made = self.folder / f"recorded-{number}"
                self._promtool("rules", f"--start={self.began}", f"--end={self.now}",
                               f"--eval-interval={self.step}s", f"--url={running.url}",
                               f"--output-dir={made}", *RULES)
            finally:
                running.close()
            for block in made.iterdir():
                block.rename(self.folder / "data" / block.name)
        return Prometheus(self.folder)

    @staticmethod
    def _promtool(kind, *arguments):
        done = subprocess.run(["promtool", "tsdb", "create-blocks-from", kind, *arguments],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(f"promtool {kind}: {done.stderr[-2000:]}")

    def last(self, query):
        """[(labels, value)] at the last time."""
        return [(one["metric"], float(one["value"][1]))
                for one in self.prometheus.query(query, time=self.now)]

    def over_time(self, query):
        """The labels of every series from the first time to the last."""
        found = self.prometheus.api("query_range", query=query, start=self.began, end=self.now,
                                    step=self.step)["result"]
        return [one["metric"] for one in found]

    def names(self):
        """The metrics that are there."""
        return set(self.prometheus.api("label/__name__/values"))
