#!/usr/bin/env python3
"""The Deployment of peers, and the sidecar in other people's pods."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

import kit
from kit import VERSIONS, kubernetes_validate, needs_tools, of_kind, pick, rendered
from objects import containers, exporter_of, pod_spec, port_names

LEARNING_PEER = kit.REPOSITORY / "examples" / "learning-peer"
EXPORTER = os.environ.get("EXPORTER", "")


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
            for name, value in (("LIBP2P_FORCE_PNET", "1"), ("IPFS_TELEMETRY", "off")):
                self.assertIn({"name": name, "value": value}, kubo["env"])
        for one in of_kind(self.objects, "ConfigMap"):
            for script in (text for key, text in one["data"].items() if key.endswith(".sh")):
                self.assertNotIn("/tcp/5001", script)
                for line in re.findall("^Addresses.API .*", script, re.MULTILINE):
                    self.assertEqual(line, 'Addresses.API "/unix/run/peer/ipfs.sock"')

    def test_no_address_is_of_one_family_alone(self):
        """Clusters may have IPv4, IPv6 or both."""
        text = "".join(path.read_text() for path in (kit.K8S / "base").rglob("*") if path.is_file())
        self.assertEqual(re.findall(r"/dns[46]/|0\.0\.0\.0:", text), [])
        self.assertEqual(re.findall("^Addresses.Swarm .*", text, re.MULTILINE),
                         ['Addresses.Swarm ["/ip4/0.0.0.0/tcp/4001", "/ip6/::/tcp/4001"]'])
        # Tried with Kubo 0.42 in network namespaces: with "dht" peers whose addresses are public,
        # as those of pods with IPv6 may be, have no server of the DHT and find nothing.
        self.assertEqual(re.findall("^Routing.Type .*", text, re.MULTILINE),
                         ['Routing.Type "dhtserver"'])

    def test_scripts_parse(self):
        for path in sorted((kit.K8S / "base/peers/kubo").iterdir()):
            subprocess.run(["sh", "-n", path], check=True, timeout=kit.PATIENCE)

    def test_peers_connect_to_the_bootstrap_peer_again_and_again(self):
        """It may restart, and then knows nobody."""
        with tempfile.TemporaryDirectory() as folder:
            calls = pathlib.Path(folder, "calls")
            os.mkfifo(calls)
            for name, text in (
                    ("ipfs", f'case "$1" in key) echo QmBootstrap bootstrap;; '
                             f'*) echo "$@" >{calls};; esac'),
                    ("sleep", "exit 0")):
                pathlib.Path(folder, name).write_text(f"#!/bin/sh\n{text}\n")
                pathlib.Path(folder, name).chmod(0o755)
            environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
            script = subprocess.run(
                ["sh", "-c", '. "$0"; echo $!', kit.K8S / "base/peers/kubo/002-join.sh"],
                env=environment, stdout=subprocess.PIPE, check=True, timeout=kit.PATIENCE,
                start_new_session=True)
            try:
                for _ in range(3):
                    self.assertRegex(calls.read_text(), " swarm connect "
                                     "/dns/bootstrap/tcp/4001/p2p/QmBootstrap$")
            finally:
                os.killpg(os.getpgid(int(script.stdout)), signal.SIGTERM)

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
        self.assertEqual(taken.listen, ("", gossip))  # all addresses of both families
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
        for key in ("image", "restartPolicy", "ports", "livenessProbe", "resources"):
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
        for key in ("image", "restartPolicy", "ports", "livenessProbe", "securityContext"):
            self.assertEqual(exporter[key], exporter_of(made)[key], key)
        self.assertNotIn("readinessProbe", exporter)


if __name__ == "__main__":
    unittest.main()
