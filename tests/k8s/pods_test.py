#!/usr/bin/env python3
"""Every pod of the manifests keeps the conventions."""

import re
import unittest

from kit import TARGETS, needs_tools, of_kind, pick, rendered
from objects import WORKLOADS, containers, pod_spec


@needs_tools
class PodTest(unittest.TestCase):
    @staticmethod
    def each_pod():
        for target in TARGETS:
            for one in of_kind(rendered(target), *WORKLOADS):
                yield f"{target}: {one['metadata']['name']}", pod_spec(one)

    @staticmethod
    def claims():
        """The names of volumes that a StatefulSet makes for each pod."""
        return {template["metadata"]["name"] for target in TARGETS
                for one in of_kind(rendered(target), "StatefulSet")
                for template in one["spec"]["volumeClaimTemplates"]}

    def each_container(self):
        for where, spec in self.each_pod():
            for one in containers(spec):
                yield f"{where}: {one['name']}", one

    def each_server(self):
        """All but init containers that end, whose names are listed here."""
        return ((where, one) for where, one in self.each_container() if one["name"] != "shard")

    def test_kinds_of_workloads(self):
        """pod_spec() reads only these."""
        for target in TARGETS:
            self.assertEqual({one["kind"] for one in of_kind(rendered(target), *WORKLOADS)},
                             {"Deployment", "StatefulSet"} if "shards" in target
                             else {"Deployment"})

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
                for port in one.get("ports", []):
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
        for where, one in self.each_server():
            with self.subTest(where):
                self.assertIn("livenessProbe", one)
                # That of a sidecar would decide about the whole pod.
                self.assertEqual("readinessProbe" in one, one["name"] != "exporter")
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
            there = {volume["name"] for volume in spec["volumes"]}
            self.assertEqual(there | (mounted & self.claims()), mounted, where)


if __name__ == "__main__":
    unittest.main()
