#!/usr/bin/env python3
"""The overlays and lists of docs/scaling.md."""

import json
import pathlib
import re
import sys
import tempfile
import unittest

import kit
from kit import needs_promtool, needs_tools, pick, yaml
from objects import pod_spec

sys.path.append(str(kit.REPOSITORY / "tests" / "monitoring"))

import engines  # noqa: E402
from alert_rules import promtool  # noqa: E402
from dashboards import load, panels, selectors  # noqa: E402
from lives_kit import used  # noqa: E402

PAGE = "docs/scaling.md"


def shown(holds):
    (found,) = (one for one in kit.shown(PAGE) if holds(one))
    return found


def regexes():
    """{action: regex} of the two lists."""
    steps = [step for one in kit.shown(PAGE) for step in one.get("metric_relabel_configs", [])]
    return {step["action"]: step["regex"] for step in steps}


def panels_with(matches):
    """The titles of panels that ask for a metric."""
    return {(uid, panel["title"]) for uid, dashboard in load().items()
            for _, panel in panels(dashboard) for target in panel.get("targets", [])
            if any(matches(one.metric) for one in selectors(target["expr"]))}


@needs_tools
class OverlaysTest(unittest.TestCase):
    @needs_promtool
    def test_own_engine(self):
        overlay = shown(lambda one: one.get("resources") == ["../agent"])
        file = shown(lambda one: "remote_write" in one)
        overlay["resources"] = ["../../overlays/agent"]
        made = kit.build_overlay(overlay, {"prometheus.yml": file})
        (config,) = (one["data"] for one in made if "scrape-peers.yml" in one.get("data", ()))
        self.assertEqual(yaml.safe_load(config["prometheus.yml"]), file)
        (mounted,) = (one["mountPath"] for one in pod_spec(pick(made, "Deployment", "prometheus"))
                      ["containers"][0]["volumeMounts"] if one["name"] == "remote-write")
        (write,) = file["remote_write"]
        self.assertEqual(str(pathlib.Path(write["basic_auth"]["password_file"]).parent), mounted)
        del file["scrape_config_files"]
        with tempfile.TemporaryDirectory() as folder:
            write["basic_auth"]["password_file"] = f"{folder}/password"
            pathlib.Path(folder, "password").touch()
            pathlib.Path(folder, "prometheus.yml").write_text(json.dumps(file))
            done = promtool("check", "config", "--agent", f"{folder}/prometheus.yml")
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_number_of_shards(self):
        overlay = shown(lambda one: "shards.yaml" in one.get("resources", []))
        number = shown(lambda one: one.get("kind") == "ConfigMap")
        made = kit.build_overlay(overlay, {"shards.yaml": number})
        prometheus = pick(made, "StatefulSet", "prometheus")
        self.assertEqual(str(prometheus["spec"]["replicas"]), number["data"]["shards"])
        self.assertIn({"name": "SHARDS", "value": number["data"]["shards"]},
                      pod_spec(prometheus)["initContainers"][0]["env"])

    def test_limits(self):
        overlay = shown(lambda one: set(one) == {"patches"})
        made = kit.build_overlay({"resources": ["../../base/prometheus"], **overlay})
        (container,) = pod_spec(pick(made, "Deployment", "prometheus"))["containers"]
        self.assertEqual(container["resources"]["limits"]["memory"], "6Gi")
        self.assertEqual([flag for flag in container["args"] if "retention.size" in flag],
                         ["--storage.tsdb.retention.size=300GB"])
        claim = pick(made, "PersistentVolumeClaim", "prometheus")
        self.assertEqual(claim["spec"]["resources"]["requests"]["storage"], "330Gi")


class RulesTest(unittest.TestCase):
    def test_the_rules_for_vmalert_are_the_ones_that_were_tested(self):
        """engines_test.py makes them as the page does."""
        self.assertIn(f"sed -E '{engines.SED}'", (kit.REPOSITORY / PAGE).read_text())


@needs_tools
class ListsTest(unittest.TestCase):
    def test_no_rule_reads_what_is_dropped(self):
        self.assertEqual([name for name in used() if re.fullmatch(regexes()["drop"], name)], [])

    def test_the_page_says_what_it_costs(self):
        found = panels_with(lambda name: re.fullmatch(regexes()["drop"], name))
        for _, title in found:
            self.assertIn(f"*{title}*", (kit.REPOSITORY / PAGE).read_text())

    def test_everything_of_the_kubelet_is_kept(self):
        """What rules and dashboards read."""
        ours = {name for name in used() if name.startswith("kubelet_")}
        panels_with(lambda name: name.startswith("kubelet_") and ours.add(name))
        self.assertGreater(len(ours), 5)
        self.assertEqual([name for name in ours if not re.fullmatch(regexes()["keep"], name)], [])


if __name__ == "__main__":
    unittest.main()
