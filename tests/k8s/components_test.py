#!/usr/bin/env python3
"""What each component changes."""

import re
import unittest

import kit
from kit import TARGETS, needs_tools, of_kind, pick, rendered, yaml
from objects import exporter_of, pod_labels


@needs_tools
class ServicesTest(unittest.TestCase):
    def test_nothing_is_reached_from_outside_of_the_cluster_unasked(self):
        for target in TARGETS:
            made = {(one["metadata"]["name"], one["spec"]["ports"][0]["port"])
                    for one in of_kind(rendered(target), "Service")
                    if one["spec"].get("type", "ClusterIP") != "ClusterIP"}
            self.assertEqual(made, {("prometheus", 9090), ("grafana", 3000)}
                             if "local" in target else set(), target)


@needs_tools
class NativeTest(unittest.TestCase):
    def test_only_pods_with_the_page_are_asked_for_it(self):
        (job,) = (one for one in kit.scrape_configs("k8s") if one["job_name"] == "ipfs-native")
        (selector,) = job["kubernetes_sd_configs"][0]["selectors"]
        label, _, value = selector["label"].partition("=")
        for target in TARGETS:
            peer = pick(rendered(target), "Deployment", "peer")
            on = {"name": "IPFS_PEER_EXPORTER_COLLECTOR_IPFS_NATIVE", "value": "true"}
            self.assertEqual(pod_labels(peer).get(label) == value,
                             on in exporter_of(peer).get("env", []), target)
            self.assertEqual("local" in target or "native" in target, label in pod_labels(peer),
                             target)


def texts(value):
    """All texts in an object; those of YAML and of scripts without their comments."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif "\n" in str(value):
        yield from re.sub(r"(?m)(^|\s)#.*|IPFS peers$", "", value).split()
    else:
        yield str(value)


@needs_tools
class NamespacesTest(unittest.TestCase):
    """manifests_test and prometheus_test hold that everything refers to the new names."""

    # Alone, quoted as in flows of YAML, in the name of a host, or in a matcher of PromQL.
    OLD = re.compile(r"""(?:^|[\['"., :]|//)(?:peers|monitoring)(?:$|[\]'",}]|\.svc|:\d)""")
    # Texts for people speak of peers.
    FREE = ("grafana-dashboard", "prometheus-rules", "learning-peer")

    def left(self, target):
        return [(one["metadata"]["name"], text) for one in rendered(target)
                if not one["metadata"]["name"].startswith(self.FREE)
                for text in texts(one) if self.OLD.search(text)]

    def test_no_old_name_is_left(self):
        for target in kit.VARIANTS:
            if target.endswith("namespaces"):
                self.assertEqual(self.left(target), [])

    def test_an_old_name_would_be_found(self):
        found = {name.partition("-")[0] for name, _ in self.left("k8s")}
        self.assertLessEqual({"prometheus", "metrics", "peer", "grafana"}, found)

    def test_rules_and_dashboards_name_no_namespace(self):
        for one in of_kind(rendered("k8s"), "ConfigMap"):
            if one["metadata"]["name"].startswith(self.FREE):
                for text in one["data"].values():
                    self.assertNotRegex(
                        text, r"""namespace\\?["']?[=~:]+ ?\\?["'](peers|monitoring)""")


@needs_tools
class PageTest(unittest.TestCase):
    """The overlays of docs/kubernetes.md."""

    @staticmethod
    def shown(holds):
        (found,) = (one for one in kit.shown("docs/kubernetes.md") if holds(one))
        return found

    def test_own_overlay(self):
        made = kit.build_overlay(self.shown(lambda one: "replicas" in one))
        self.assertEqual({one["metadata"]["name"] for one in of_kind(made, "Service")
                          if one["spec"].get("type") == "LoadBalancer"}, {"prometheus", "grafana"})
        peer = pick(made, "Deployment", "peer")
        self.assertEqual(peer["spec"]["replicas"], 5)
        self.assertEqual(exporter_of(peer)["image"],
                         "registry.example/ipfs-peer-exporter:0.1.0")
        self.assertIn("--web.config.file=", str(pick(made, "Deployment", "prometheus")))

    def test_other_namespaces(self):
        names = self.shown(lambda one: one.get("kind") == "ConfigMap")
        self.assertEqual(names, kit.NAMESPACES)
        overlay = self.shown(lambda one: "namespaces.yaml" in one.get("resources", []))
        overlay["resources"][0] = overlay["resources"][0].replace("../", "../../overlays/")
        self.assertEqual(kit.build_overlay(overlay, {"namespaces.yaml": names}),
                         rendered("local, namespaces"))

    def test_prometheus_operator(self):
        overlay = self.shown(lambda one: "../../base/operator" in one.get("resources", []))
        made = kit.build_overlay(overlay)
        for one in of_kind(made, "PodMonitor", "PrometheusRule"):
            self.assertEqual(one["metadata"]["namespace"], "peers")
            self.assertEqual(one["metadata"]["labels"]["release"], "kube-prometheus-stack")
        self.assertEqual(len(made), len(rendered("k8s/base/operator")))
        with_peers = kit.build_overlay({**overlay, "resources": [
            "../../base/peers", *overlay["resources"]]})
        (policy,) = pick(with_peers, "NetworkPolicy", "metrics")["spec"]["ingress"]
        self.assertEqual(policy["from"], [{
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}},
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": "prometheus"}}}])
        fewer = kit.build_overlay({**overlay, **self.shown(lambda one: set(one) == {"patches"})})
        self.assertEqual([one["metadata"]["name"] for one in made if one not in fewer],
                         ["ipfs-peers-kubernetes"])


@needs_tools
class CopyTest(unittest.TestCase):
    def test_insecure_kubelet_tls_differs_in_that_alone(self):
        name = "scrape-kubernetes.yml"
        secure = (kit.K8S / "base/prometheus" / name).read_text()
        insecure = (kit.K8S / "components/insecure-kubelet-tls" / name).read_text()
        expected = yaml.safe_load(secure)
        for job in expected["scrape_configs"]:
            job["tls_config"] = {"insecure_skip_verify": True}
        self.assertEqual(yaml.safe_load(insecure), expected)


if __name__ == "__main__":
    unittest.main()
