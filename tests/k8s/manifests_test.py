#!/usr/bin/env python3
"""The manifests as applied: schemas, conventions, and that all references resolve."""

import json
import os
import re
import subprocess
import sys
import unittest

import kit
from kit import TARGETS, kubernetes_validate, needs_tools, of_kind, pick, rendered, yaml

VERSIONS = ("1.29", "1.34", "1.36")
# Provided by the user of the base: docs/kubernetes.md.
BROUGHT = {("Secret", "peers", "swarm-key"), ("Secret", "monitoring", "grafana-admin")}
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod")
# All permissions on the API server.
RIGHTS = {
    ("ClusterRole", None, "nodes", "get"), ("ClusterRole", None, "nodes", "list"),
    ("ClusterRole", None, "nodes", "watch"), ("ClusterRole", None, "nodes/metrics", "get"),
    ("Role", "peers", "pods", "get"), ("Role", "peers", "pods", "list"),
    ("Role", "peers", "pods", "watch"),
}
DNS = [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]
LEARNING_PEER = kit.REPOSITORY / "examples" / "learning-peer"
EXPORTER = os.environ.get("EXPORTER", "")


def namespace(one):
    return one["metadata"].get("namespace")


def pod_spec(workload):
    return workload["spec"]["template"]["spec"]


def pod_labels(workload):
    return workload["spec"]["template"]["metadata"]["labels"]


def containers(spec):
    return spec.get("initContainers", []) + spec["containers"]


def port_names(spec):
    return {port["name"]: port["containerPort"]
            for one in containers(spec) for port in one.get("ports", [])}


def matches(selector, labels):
    """Whether a label selector matches these labels."""
    expressions = selector.get("matchExpressions", [])
    assert all(one["operator"] == "In" for one in expressions)
    return (all(labels.get(key) == value for key, value in
                selector.get("matchLabels", {}).items())
            and all(labels.get(one["key"]) in one["values"] for one in expressions))


def references(workload):
    """(kind, namespace, name) of all objects that a pod needs to start."""
    spec = pod_spec(workload)
    found = []
    for volume in spec["volumes"]:
        for source in (volume, *volume.get("projected", {}).get("sources", [])):
            if "configMap" in source:
                found.append(("ConfigMap", source["configMap"]["name"]))
            if "secret" in source:
                secret = source["secret"]
                found.append(("Secret", secret.get("secretName") or secret["name"]))
        if "persistentVolumeClaim" in volume:
            found.append(("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]))
    for one in containers(spec):
        for variable in one.get("env", []):
            source = variable.get("valueFrom", {})
            if "secretKeyRef" in source:
                found.append(("Secret", source["secretKeyRef"]["name"]))
            if "configMapKeyRef" in source:
                found.append(("ConfigMap", source["configMapKeyRef"]["name"]))
    if "serviceAccountName" in spec:
        found.append(("ServiceAccount", spec["serviceAccountName"]))
    return {(kind, namespace(workload), name) for kind, name in found}


def exporter_of(workload):
    (found,) = (one for one in containers(pod_spec(workload)) if one["name"] == "exporter")
    return found


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
class PodTest(unittest.TestCase):
    @staticmethod
    def each_pod():
        for target in TARGETS:
            for one in of_kind(rendered(target), *WORKLOADS):
                yield f"{target}: {one['metadata']['name']}", pod_spec(one)

    def each_container(self):
        for where, spec in self.each_pod():
            for one in containers(spec):
                yield f"{where}: {one['name']}", one

    def test_workloads_are_deployments(self):
        """pod_spec() reads only Deployments."""
        for target in TARGETS:
            self.assertEqual({one["kind"] for one in of_kind(rendered(target), *WORKLOADS)},
                             {"Deployment"})

    def test_pods_are_restricted(self):
        for where, spec in self.each_pod():
            with self.subTest(where):
                security = spec["securityContext"]
                self.assertIs(security["runAsNonRoot"], True)
                self.assertGreater(security["runAsUser"], 0)
                self.assertEqual(security["seccompProfile"], {"type": "RuntimeDefault"})
                for key in ("hostNetwork", "hostPID", "hostIPC"):
                    self.assertNotIn(key, spec)
                for volume in spec["volumes"]:
                    self.assertNotIn("hostPath", volume)

    def test_containers_are_restricted(self):
        for where, one in self.each_container():
            with self.subTest(where):
                security = one["securityContext"]
                self.assertIs(security["allowPrivilegeEscalation"], False)
                self.assertEqual(security["capabilities"], {"drop": ["ALL"]})
                self.assertIs(security["readOnlyRootFilesystem"], True)
                self.assertNotIn("runAsUser", security)  # one user for the pod
                for port in one["ports"]:
                    self.assertNotIn("hostPort", port)

    def test_resources(self):
        for where, one in self.each_container():
            with self.subTest(where):
                self.assertLessEqual({"cpu", "memory"}, set(one["resources"]["requests"]))
                self.assertIn("memory", one["resources"]["limits"])

    def test_no_log_evicts_a_pod(self):
        """A kubelet keeps five files of 10 MiB of each log, and counts them as storage."""
        for where, one in self.each_container():
            limit = one["resources"]["limits"].get("ephemeral-storage")
            if limit:
                self.assertGreater(int(limit[:-2]) * {"Mi": 1, "Gi": 1024}[limit[-2:]], 50, where)

    def test_images_are_pinned_and_complete(self):
        for where, one in self.each_container():
            self.assertRegex(one["image"], r"^[\w.]+\.\w+/[\w./-]+:v?\d+\.\d+", where)

    def test_only_prometheus_talks_to_the_api_server(self):
        for where, spec in self.each_pod():
            with self.subTest(where):
                self.assertIs(spec["automountServiceAccountToken"], where.endswith("prometheus"))
                self.assertIs(spec["enableServiceLinks"], False)

    def test_probes(self):
        for where, one in self.each_container():
            with self.subTest(where):
                self.assertLessEqual({"livenessProbe", "readinessProbe"}, set(one))
                named = re.findall(r"'port': '(\w+)'", str(
                    [value for key, value in one.items() if key.endswith("Probe")]))
                self.assertLessEqual(set(named), {port["name"] for port in one["ports"]})

    def test_no_sidecar_waits_for_the_peer(self):
        """A startup probe of a sidecar delays all containers after it."""
        for target in TARGETS:
            for one in pod_spec(pick(rendered(target), "Deployment", "peer"))["initContainers"]:
                self.assertNotIn("startupProbe", one, target)

    def test_volumes_are_mounted(self):
        for where, spec in self.each_pod():
            mounted = {mount["name"] for one in containers(spec)
                       for mount in one["volumeMounts"]}
            self.assertEqual({volume["name"] for volume in spec["volumes"]}, mounted, where)


@needs_tools
class ReferenceTest(unittest.TestCase):
    def test_what_a_pod_needs_is_there(self):
        for target in TARGETS:
            there = {(one["kind"], namespace(one), one["metadata"]["name"])
                     for one in rendered(target)}
            needed = set().union(*map(references, of_kind(rendered(target), *WORKLOADS)))
            self.assertEqual(needed - there, BROUGHT if target == "k8s" else set(), target)

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
        for target in TARGETS:
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
        """To API servers behind their Service, of kubeadm and k3s, of minikube; to kubelets."""
        for target in TARGETS:
            policy = pick(rendered(target), "NetworkPolicy", "prometheus")
            open_to_all = {port["port"] for rule in policy["spec"]["egress"] if "to" not in rule
                           for port in rule["ports"]}
            self.assertEqual(open_to_all - {53}, {443, 6443, 8443, 10250}, target)

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
            self.assertEqual(found, RIGHTS, target)

    def test_bindings(self):
        for target in TARGETS:
            for one in of_kind(rendered(target), "ClusterRoleBinding", "RoleBinding"):
                self.assertEqual(one["kind"].removesuffix("Binding"), one["roleRef"]["kind"])
                pick(rendered(target), one["roleRef"]["kind"], one["roleRef"]["name"])
                self.assertEqual(one["subjects"], [{"kind": "ServiceAccount",
                                                    "name": "prometheus",
                                                    "namespace": "monitoring"}])


@needs_tools
class PeerTest(unittest.TestCase):
    def setUp(self):
        self.objects = rendered("k8s")
        self.peer = pick(self.objects, "Deployment", "peer")
        self.local = pick(rendered("k8s/overlays/local"), "Deployment", "peer")

    def test_kubo_is_reached_through_its_socket_alone(self):
        for name in ("peer", "bootstrap"):
            spec = pod_spec(pick(self.objects, "Deployment", name))
            self.assertNotIn(5001, port_names(spec).values())
            (kubo,) = (one for one in containers(spec) if one["name"] == "ipfs")
            self.assertEqual(kubo["livenessProbe"]["exec"]["command"],
                             ["ipfs", "--api=/unix/run/peer/ipfs.sock", "diag", "healthy"])
            self.assertIn({"name": "LIBP2P_FORCE_PNET", "value": "1"}, kubo["env"])
        for one in of_kind(self.objects, "ConfigMap"):
            for script in (text for key, text in one["data"].items() if key.endswith(".sh")):
                self.assertNotIn("/tcp/5001", script)
                for line in re.findall("^Addresses.API .*", script, re.MULTILINE):
                    self.assertEqual(line, 'Addresses.API "/unix/run/peer/ipfs.sock"')

    def test_scripts_parse(self):
        for path in sorted((kit.K8S / "base/peers/kubo").iterdir()):
            subprocess.run(["sh", "-n", path], check=True, timeout=kit.PATIENCE)

    def test_the_sidecars_are_in_order(self):
        for peer in (self.peer, self.local):
            self.assertEqual([(one["name"], one.get("restartPolicy"))
                              for one in pod_spec(peer)["initContainers"]],
                             [("ipfs", "Always"), ("exporter", "Always")])

    def test_the_program_is_whole(self):
        volumes = {one["name"]: one for one in pod_spec(self.peer)["volumes"]}
        program = pick(self.objects, "ConfigMap", volumes["program"]["configMap"]["name"])
        self.assertEqual(program["data"], {
            path.name: path.read_text() for path in LEARNING_PEER.glob("*.py")
            if not path.name.startswith("test_")})

    def test_the_program_takes_its_arguments(self):
        sys.path.insert(0, str(LEARNING_PEER))
        import peer

        (container,) = pod_spec(self.peer)["containers"]
        taken = peer.make_parser().parse_args(container["args"])
        gossip = port_names(pod_spec(self.peer))["gossip"]
        self.assertEqual(taken.listen[1], gossip)
        self.assertEqual(taken.neighbour, [f"http://peer:{gossip}"])
        exporter = exporter_of(self.peer)["args"]
        self.assertIn(f"--ipfs.api=/unix{taken.ipfs_api.unix_path}", exporter)
        self.assertIn(f"--peer.stats=unix:{taken.stats}", exporter)

    @unittest.skipUnless(EXPORTER, "no EXPORTER")
    def test_the_exporter_takes_its_arguments_and_variables(self):
        exporter = exporter_of(self.local)
        variables = {one["name"]: one["value"] for one in exporter["env"]}
        self.assertEqual(self.check(exporter["args"], variables), 0)
        self.assertNotEqual(self.check([*exporter["args"], "--bogus"], variables), 0)
        for name in variables:  # it would ignore an unknown one
            self.assertNotEqual(self.check(exporter["args"], {name: "bogus"}), 0, name)

    @staticmethod
    def check(arguments, variables):
        return subprocess.run([EXPORTER, "--check-config", *arguments], env=variables,
                              capture_output=True, timeout=kit.PATIENCE, check=False).returncode


@needs_tools
class SidecarTest(unittest.TestCase):
    """The component, and its plain YAML in docs/kubernetes.md."""

    @staticmethod
    def workload(kind, **more):
        labels = {"app": "mine"}
        spec = {"containers": [{"name": "mine", "image": "mine:1"}], **more}
        return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "mine"}, "spec": {
            **({"serviceName": "mine"} if kind == "StatefulSet" else {}),
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": spec}}}

    def test_every_kind_of_workload_gets_it(self):
        made = kit.build_with("sidecar", self.workload("Deployment"), self.workload(
            "StatefulSet", initContainers=[{"name": "first", "image": "first:1"}]))
        for one in made:
            for version in VERSIONS:
                kubernetes_validate.validate(one, version, strict=True)
            self.assertEqual(pod_spec(one)["containers"], [{"name": "mine", "image": "mine:1"}])
        self.assertEqual({one["name"] for one in pod_spec(made[1])["initContainers"]},
                         {"first", "exporter"})

    def test_it_is_the_exporter_of_the_peers(self):
        (made,) = kit.build_with("sidecar", self.workload("Deployment"))
        component = exporter_of(made)
        own = exporter_of(pick(rendered("k8s"), "Deployment", "peer"))
        for key in ("image", "restartPolicy", "ports", "livenessProbe", "readinessProbe",
                    "resources"):
            self.assertEqual(component[key], own[key], key)
        security = component["securityContext"]
        self.assertLessEqual(own["securityContext"].items(), security.items())
        self.assertIs(security["runAsNonRoot"], True)
        self.assertEqual(security["seccompProfile"], {"type": "RuntimeDefault"})

    def test_it_does_not_limit_the_storage_of_its_pod(self):
        """A kubelet evicts a pod whose files exceed the sum of its limits."""
        (made,) = kit.build_with("sidecar", self.workload("Deployment"))
        self.assertNotIn("ephemeral-storage", exporter_of(made)["resources"]["limits"])

    def test_the_page_shows_the_same(self):
        (made,) = kit.build_with("sidecar", self.workload("Deployment"))
        self.assertIn({"spec": {"template": {"spec": {
            "initContainers": pod_spec(made)["initContainers"]}}}}, kit.shown("docs/kubernetes.md"))

    def test_the_readme_shows_one_that_starts(self):
        """From a loaded image, in a restricted namespace."""
        (made,) = kit.build_with("sidecar", self.workload("Deployment"))
        (pod,) = kit.shown("README.md")
        (exporter,) = pod["spec"]["initContainers"]
        for key in ("image", "restartPolicy", "ports", "securityContext"):
            self.assertEqual(exporter[key], exporter_of(made)[key], key)


@needs_tools
class OwnOverlayTest(unittest.TestCase):
    """The overlay of docs/kubernetes.md."""

    def test_it_says_what_is_different(self):
        (overlay,) = (one for one in kit.shown("docs/kubernetes.md") if "images" in one)
        made = kit.build_overlay(overlay)
        for one in of_kind(made, "Service"):
            self.assertNotEqual(one["spec"].get("type"), "LoadBalancer", one["metadata"]["name"])
        peer = pick(made, "Deployment", "peer")
        self.assertEqual(peer["spec"]["replicas"], 5)
        self.assertEqual(exporter_of(peer)["image"],
                         "registry.example/ipfs-peer-exporter:0.1.0")


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
