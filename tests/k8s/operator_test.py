#!/usr/bin/env python3
"""k8s/base/operator: objects for a Prometheus Operator, made from the same sources as our own."""

import json
import re
import subprocess
import sys
import unittest

import kit
from kit import VERSIONS, kubernetes_validate, needs_tools, of_kind, pick, rendered, yaml
from objects import exporter_of

try:
    import jsonschema
except ImportError:
    jsonschema = None

TARGET = "k8s/base/operator"
RULES = kit.REPOSITORY / "monitoring" / "rules"
DASHBOARDS = kit.REPOSITORY / "monitoring" / "dashboards"
CUSTOM = ("PodMonitor", "PrometheusRule")


def a(kind, **more):
    return {"type": kind, **more}


def closed(required=(), **properties):
    return a("object", properties=properties, required=list(required), additionalProperties=False)


TEXT = a("string")
TEXTS = a("object", additionalProperties=TEXT)
DURATION = a("string", pattern="^([0-9]+(ms|[ywdhms]))+$")
METADATA = closed(["name"], name=TEXT, namespace=TEXT, labels=TEXTS, annotations=TEXTS)
RELABELINGS = a("array", items=closed(
    sourceLabels=a("array", items=TEXT), separator=TEXT, targetLabel=TEXT, regex=TEXT,
    replacement=TEXT, action={"enum": ["keep", "drop", "replace", "labeldrop", "labelkeep"]}))
# The fields of monitoring.coreos.com/v1 that we use, as its CustomResourceDefinitions have them.
SPECS = {
    "PodMonitor": closed(
        ["selector"],
        selector=closed(matchLabels=TEXTS),
        namespaceSelector=closed(matchNames=a("array", items=TEXT), any=a("boolean")),
        podMetricsEndpoints=a("array", items=closed(
            port=TEXT, path=TEXT, interval=DURATION, scrapeTimeout=DURATION,
            relabelings=RELABELINGS, metricRelabelings=RELABELINGS))),
    "PrometheusRule": closed(groups=a("array", items=closed(
        ["name"], name=TEXT, interval=DURATION, limit=a("integer"), labels=TEXTS,
        rules=a("array", items=closed(
            ["expr"], alert=TEXT, record=TEXT, expr=TEXT, **{"for": DURATION},
            keep_firing_for=DURATION, labels=TEXTS, annotations=TEXTS))))),
}


def validate(one):
    """Raises unless the custom object has only known fields of the right types."""
    jsonschema.validate(one, closed(
        ["apiVersion", "kind", "metadata", "spec"], metadata=METADATA, spec=SPECS[one["kind"]],
        apiVersion={"const": "monitoring.coreos.com/v1"}, kind=TEXT))


@needs_tools
class ObjectsTest(unittest.TestCase):
    def test_every_object_is_valid(self):
        for one in rendered(TARGET):
            with self.subTest(one["kind"], name=one["metadata"]["name"]):
                if one["kind"] in CUSTOM:
                    validate(one)
                else:
                    for version in VERSIONS:
                        kubernetes_validate.validate(one, version, strict=True)

    def test_an_unknown_field_would_be_found(self):
        one = pick(rendered(TARGET), "PodMonitor", "ipfs-peers")
        for spec in ({**one["spec"], "bogus": 1}, {"podMetricsEndpoints": []}):
            with self.assertRaises(jsonschema.ValidationError):
                validate({**one, "spec": spec})

    def test_nothing_else_is_brought(self):
        self.assertEqual({one["kind"] for one in rendered(TARGET)}, {"ConfigMap", *CUSTOM})

    def test_the_namespace_is_free(self):
        for one in rendered(TARGET):
            self.assertNotIn("namespace", one["metadata"])
        made = kit.build_overlay({"namespace": "mine", "resources": ["../../base/operator"]})
        self.assertEqual({one["metadata"]["namespace"] for one in made}, {"mine"})
        self.assertNotIn("namespaceSelector", str(of_kind(made, "PodMonitor")))


@needs_tools
class PodMonitorTest(unittest.TestCase):
    """Series get the labels that our own scrape jobs give them."""

    def endpoint(self, name):
        (found,) = pick(rendered(TARGET), "PodMonitor", name)["spec"]["podMetricsEndpoints"]
        return found

    @staticmethod
    def own(job):
        (found,) = (one for one in kit.scrape_configs("k8s") if one["job_name"] == job)
        return found

    @staticmethod
    def as_operator(steps):
        """The steps of a scrape job in the Operator's spelling."""
        return [{re.sub("_(.)", lambda found: found[1].upper(), key): value
                 for key, value in step.items()} for step in steps]

    def test_labels(self):
        """The Operator adds namespace and pod, asks for the port, and drops pods that ended."""
        steps = self.as_operator(self.own("ipfs")["relabel_configs"])
        expected = [step for step in steps if step.get("targetLabel") in ("instance", "node")]
        self.assertEqual(len(expected), 2)
        for name in ("ipfs-peers", "ipfs-peers-native"):
            keep, *others = self.endpoint(name)["relabelings"]
            self.assertEqual(others, expected)
            self.assertEqual(keep, {"sourceLabels": ["__meta_kubernetes_pod_container_name"],
                                    "regex": "exporter", "action": "keep"})

    def test_the_sidecar_has_the_port(self):
        exporter = exporter_of(pick(rendered("k8s"), "Deployment", "peer"))
        for name in ("ipfs-peers", "ipfs-peers-native"):
            self.assertEqual([port["name"] for port in exporter["ports"]],
                             [self.endpoint(name)["port"]])

    def test_native(self):
        job = self.own("ipfs-native")
        self.assertEqual(self.endpoint("ipfs-peers-native")["metricRelabelings"],
                         self.as_operator(job["metric_relabel_configs"]))
        monitor = pick(rendered(TARGET), "PodMonitor", "ipfs-peers-native")
        (label,) = monitor["spec"]["selector"]["matchLabels"].items()
        (selector,) = job["kubernetes_sd_configs"][0]["selectors"]
        self.assertEqual("=".join(label), selector["label"])


@needs_tools
class SourcesTest(unittest.TestCase):
    def test_rules_are_those_of_the_files(self):
        """But for blank lines, which kustomize adds before an indented line of a folded text."""
        made = {one["metadata"]["name"]: re.sub(r"(\\n)+", r"\\n", self.text(one["spec"]))
                for one in of_kind(rendered(TARGET), "PrometheusRule")}
        self.assertEqual(made, {
            f"ipfs-peers-{path.stem}": self.text(yaml.safe_load(path.read_text()))
            for path in RULES.glob("*.yml") if path.stem != "prometheus"})

    @staticmethod
    def text(spec):
        return json.dumps(spec, sort_keys=True)

    def test_the_rendered_file_is_fresh(self):
        done = subprocess.run([sys.executable, kit.REPOSITORY / TARGET / "render.py", "--check"],
                              capture_output=True, text=True, timeout=kit.PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_every_dashboard_is_found_by_the_sidecar_of_grafana(self):
        made = {}
        for one in of_kind(rendered(TARGET), "ConfigMap"):
            self.assertEqual(one["metadata"]["labels"]["grafana_dashboard"], "1")
            made.update(one["data"])
        self.assertEqual(made, {path.name: path.read_text() for path in DASHBOARDS.glob("*.json")})

    def test_a_new_version_replaces_the_old_dashboard(self):
        """With a hash in its name it would be a second one with the same uid."""
        found = {one["metadata"]["name"] for one in of_kind(rendered(TARGET), "ConfigMap")}
        self.assertEqual(found,
                         {f"grafana-dashboard-{path.stem}" for path in DASHBOARDS.glob("*.json")})


if __name__ == "__main__":
    unittest.main()
