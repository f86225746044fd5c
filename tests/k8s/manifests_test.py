#!/usr/bin/env python3
"""The manifests as applied: schemas, rights, and that all references resolve."""

import json
import re
import unittest

from kit import (
    NAMES, REPOSITORY, STORING, TARGETS, VERSIONS, kubernetes_validate, needs_tools, of_kind, pick,
    rendered)
from objects import WORKLOADS, matches, namespace, pod_labels, pod_spec, port_names, references

# Provided by the user: docs/kubernetes.md.
SWARM_KEY = ("Secret", "peers", "swarm-key")
BROUGHT = {SWARM_KEY, ("Secret", "monitoring", "grafana-admin")}
OF_COMPONENTS = {"prometheus-auth": {("Secret", "monitoring", "prometheus-web")},
                 "alertmanager": {("Secret", "monitoring", "alertmanager")}}
# All permissions on the API server.
RIGHTS = {
    ("ClusterRole", None, "nodes", "get"), ("ClusterRole", None, "nodes", "list"),
    ("ClusterRole", None, "nodes", "watch"), ("ClusterRole", None, "nodes/metrics", "get"),
    ("Role", "peers", "pods", "get"), ("Role", "peers", "pods", "list"),
    ("Role", "peers", "pods", "watch"),
}
DNS = [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]


@needs_tools
class SchemaTest(unittest.TestCase):
    def test_every_object_is_valid(self):
        for target in TARGETS:
            for one in rendered(target):
                for version in VERSIONS:
                    with self.subTest(target, version=version, kind=one["kind"],
                                      name=one["metadata"]["name"]):
                        kubernetes_validate.validate(one, version, strict=True)

    def test_an_unknown_field_would_be_found(self):
        one = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"},
               "spec": {"bogus": 1}}
        with self.assertRaises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(one, VERSIONS[0], strict=True)


@needs_tools
class ReferenceTest(unittest.TestCase):
    def test_what_a_pod_needs_is_there(self):
        for target in TARGETS:
            there = {(one["kind"], namespace(one), one["metadata"]["name"])
                     for one in rendered(target)}
            needed = set().union(*map(references, of_kind(rendered(target), *WORKLOADS)))
            brought = set() if "local" in target else BROUGHT if target in STORING else {SWARM_KEY}
            brought = brought.union(*(objects for component, objects in OF_COMPONENTS.items()
                                      if component in target))
            self.assertEqual(needed - there, {(kind, NAMES[target][space], name)
                                              for kind, space, name in brought}, target)

    def test_no_secrets_in_the_base(self):
        self.assertEqual(of_kind(rendered("k8s"), "Secret"), [])

    def test_namespaces(self):
        for target in TARGETS:
            made = {one["metadata"]["name"] for one in of_kind(rendered(target), "Namespace")}
            used = {namespace(one) for one in rendered(target)} - {None}
            self.assertEqual(made, used, target)
            for one in of_kind(rendered(target), "Namespace"):
                labels = one["metadata"]["labels"]
                for mode in ("enforce", "warn", "audit"):
                    self.assertEqual(labels[f"pod-security.kubernetes.io/{mode}"], "restricted")

    def test_kubectl_can_apply_it(self):
        """kubectl keeps the applied object in an annotation of at most 256 KiB."""
        for target in (*TARGETS, "k8s/base/operator"):
            for one in rendered(target):
                text = json.dumps(one, separators=(",", ":"), ensure_ascii=False)
                size = len(text.encode()) + sum(5 * text.count(escaped) for escaped in "<>&")
                self.assertLess(size, 256 * 1024, one["metadata"]["name"])

    def test_labels(self):
        for target in TARGETS:
            for one in of_kind(rendered(target), "Service", "PodDisruptionBudget", *WORKLOADS):
                with self.subTest(target, kind=one["kind"], name=one["metadata"]["name"]):
                    labels = one["metadata"]["labels"]
                    self.assertEqual(labels["app.kubernetes.io/name"], one["metadata"]["name"])
                    self.assertEqual(labels["app.kubernetes.io/part-of"], "ipfs-peers")

    def pods(self, target, space, selector):
        """The workloads whose pods a selector matches."""
        return [one for one in of_kind(rendered(target), *WORKLOADS)
                if namespace(one) == space and matches(selector, pod_labels(one))]

    def test_selectors_choose_their_own(self):
        for target in TARGETS:
            for one in of_kind(rendered(target), "PodDisruptionBudget", *WORKLOADS):
                chosen = self.pods(target, namespace(one), one["spec"]["selector"])
                self.assertEqual([pod["metadata"]["name"] for pod in chosen],
                                 [one["metadata"]["name"]], target)

    def test_no_broken_pod_keeps_a_node_from_being_drained(self):
        for target in TARGETS:
            for one in of_kind(rendered(target), "PodDisruptionBudget"):
                self.assertEqual(one["spec"]["maxUnavailable"], 1)
                self.assertEqual(one["spec"]["unhealthyPodEvictionPolicy"], "AlwaysAllow")

    def test_services_lead_to_a_port(self):
        for target in TARGETS:
            for one in of_kind(rendered(target), "Service"):
                with self.subTest(target, name=one["metadata"]["name"]):
                    (pod,) = self.pods(target, namespace(one),
                                       {"matchLabels": one["spec"]["selector"]})
                    for port in one["spec"]["ports"]:
                        self.assertEqual(port_names(pod_spec(pod))[port["targetPort"]],
                                         port["port"])

    def test_network_policies_open_what_there_is(self):
        """Rules select existing pods and use their ports."""
        for target in TARGETS:
            for policy in of_kind(rendered(target), "NetworkPolicy"):
                with self.subTest(target, name=policy["metadata"]["name"]):
                    spec = policy["spec"]
                    own = self.pods(target, namespace(policy), spec["podSelector"])
                    self.assertTrue(own)
                    for rule in spec.get("ingress", []):
                        self.assert_ports(rule, own)
                        for side in rule.get("from", []):
                            self.assertTrue(self.side(target, policy, side))
                    for rule in spec.get("egress", []):
                        for side in rule.get("to", []):
                            self.assert_ports(rule, self.side(target, policy, side))

    def test_names_are_resolved_wherever_dns_is(self):
        """DNS is a pod in some clusters, and a node-local address without a selector in others."""
        for target in TARGETS:
            for policy in of_kind(rendered(target), "NetworkPolicy"):
                if "egress" in policy["spec"] and policy["metadata"]["name"] != "gossip":
                    self.assertIn({"ports": DNS}, policy["spec"]["egress"],
                                  policy["metadata"]["name"])

    def test_prometheus_may_talk_to_nodes(self):
        """To API servers behind their Service, of kubeadm and k3s, of minikube; to kubelets. And
        to an engine where it sends to one."""
        for target in TARGETS:
            policy = pick(rendered(target), "NetworkPolicy", "prometheus")
            open_to_all = {port["port"] for rule in policy["spec"]["egress"] if "to" not in rule
                           for port in rule["ports"]}
            engine = set() if target in STORING else {8428, 8480, 8427}
            self.assertEqual(open_to_all - {53}, {443, 6443, 8443, 10250} | engine, target)

    def side(self, target, policy, side):
        """The workloads that one `from` or `to` selects."""
        own = {"matchLabels": {"kubernetes.io/metadata.name": namespace(policy)}}
        spaces = [one["metadata"]["name"] for one in of_kind(rendered(target), "Namespace")]
        return [pod for space in spaces
                if matches(side.get("namespaceSelector", own),
                           {"kubernetes.io/metadata.name": space})
                for pod in self.pods(target, space, side.get("podSelector", {}))]

    def assert_ports(self, rule, pods):
        there = [port_names(pod_spec(pod)) for pod in pods]
        for port in rule["ports"]:
            self.assertTrue(any(port["port"] in (*one, *one.values()) for one in there), port)


@needs_tools
class RightsTest(unittest.TestCase):
    def test_rights(self):
        for target in TARGETS:
            found = {(one["kind"], namespace(one), resource, verb)
                     for one in of_kind(rendered(target), "ClusterRole", "Role")
                     for rule in one["rules"]
                     for resource in rule["resources"] for verb in rule["verbs"]}
            self.assertEqual(found, {(kind, NAMES[target].get(space), resource, verb)
                                     for kind, space, resource, verb in RIGHTS}, target)

    def test_bindings(self):
        for target in TARGETS:
            for one in of_kind(rendered(target), "ClusterRoleBinding", "RoleBinding"):
                self.assertEqual(one["kind"].removesuffix("Binding"), one["roleRef"]["kind"])
                pick(rendered(target), one["roleRef"]["kind"], one["roleRef"]["name"])
                self.assertEqual(one["subjects"], [{"kind": "ServiceAccount",
                                                    "name": "prometheus",
                                                    "namespace": NAMES[target]["monitoring"]}])


class VersionsTest(unittest.TestCase):
    """tests/cluster runs the versions that the manifests name."""

    @staticmethod
    def required(tool, module):
        text = (REPOSITORY / "tests" / "tools" / tool / "go.mod").read_text()
        return re.search(rf"^(?:require )?\s*{module} v(\S+)", text, re.MULTILINE)[1]

    def assert_named(self, image, version):
        named = {tag for path in (REPOSITORY / "k8s").rglob("*.yaml")
                 for tag in re.findall(rf"image: docker.io/{image}:v(\S+)", path.read_text())}
        self.assertEqual(named, {version})

    def test_kubo(self):
        self.assert_named("ipfs/kubo", self.required("kubo", "github.com/ipfs/kubo"))

    def test_prometheus(self):
        _, major_and_minor, patch = self.required(
            "prometheus", "github.com/prometheus/prometheus").split(".")
        self.assert_named("prom/prometheus",
                          f"{major_and_minor[0]}.{int(major_and_minor[1:])}.{patch}")

    def test_kubernetes(self):
        """The version that clients see is a flag of the build."""
        self.assertIn(f"gitVersion=v{self.required('kube', 'k8s.io/kubernetes')}",
                      (REPOSITORY / "scripts" / "setup.sh").read_text())


if __name__ == "__main__":
    unittest.main()
