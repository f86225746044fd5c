"""Shared by the tests of the manifests: the tools in build/k8s-tools, and rendering with them."""

import functools
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
K8S = REPOSITORY / "k8s"
TOOLS = REPOSITORY / "build" / "k8s-tools"
KUSTOMIZE = TOOLS / "bin" / "kustomize"
sys.path.append(str(TOOLS / "python"))
sys.path.append(str(REPOSITORY / "tests"))

try:
    import kubernetes_validate
    import yaml
except ImportError:
    kubernetes_validate = yaml = None

from patience import PATIENCE  # noqa: E402

needs_tools = unittest.skipUnless(
    KUSTOMIZE.exists() and yaml, "no kustomize or kubernetes-validate: see install_k8s_tools")
needs_promtool = unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")

VERSIONS = ("1.29", "1.34", "1.36")  # of Kubernetes

# The applied kustomizations: the base, each overlay, and what overlays of users make of them.
FOLDERS = ["k8s", *sorted(str(path.parent.relative_to(REPOSITORY))
                          for path in K8S.glob("overlays/*/kustomization.yaml"))]
BASE = ["../../base/peers", "../../base/prometheus", "../../base/grafana"]
COMPONENTS = [["namespaces"], ["prometheus-auth"], ["prometheus-auth", "namespaces"],
              ["alertmanager"], ["alertmanager", "namespaces"]]
RENAMED = {"peers": "learners", "monitoring": "observability"}
NAMESPACES = {"apiVersion": "v1", "kind": "ConfigMap", "data": RENAMED, "metadata": {
    "name": "namespaces", "annotations": {"config.kubernetes.io/local-config": "true"}}}
SHARDS = "../../overlays/shards"
VARIANTS = {
    f"{name}, {' and '.join(components)}": {
        "resources": [*resources, "namespaces.yaml"],
        "components": [f"../../components/{component}" for component in components]}
    for name, resources, some in (
        ("base", BASE, COMPONENTS), ("local", ["../../overlays/local"], COMPONENTS),
        ("shards", [SHARDS], [["insecure-kubelet-tls", "native", "namespaces"]]))
    for components in some}
TARGETS = [*FOLDERS, *VARIANTS]
# Those with a Prometheus that stores and evaluates; the others send to an engine.
STORING = [target for target in TARGETS if not re.search("overlays/(agent|shards)|^shards", target)]
# The names that the namespaces have in each target.
NAMES = {target: RENAMED if target.endswith("namespaces") else {name: name for name in RENAMED}
         for target in TARGETS}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def build(folder):
    """The objects of a kustomization."""
    done = subprocess.run([KUSTOMIZE, "build", folder], capture_output=True, text=True,
                          timeout=PATIENCE, check=False)
    if done.returncode or done.stderr:
        raise AssertionError(f"kustomize build {folder}: {done.stderr}")
    return list(yaml.safe_load_all(done.stdout))


@functools.cache
def rendered(target):
    if target in VARIANTS:
        return build_overlay(VARIANTS[target], {"namespaces.yaml": NAMESPACES})
    return build(REPOSITORY / target)


def build_with(component, *objects):
    """The objects after a component was applied to them."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        (root / "objects.yaml").write_text(yaml.safe_dump_all(objects))
        (root / "kustomization.yaml").write_text(yaml.safe_dump({
            "resources": ["objects.yaml"],
            "components": [os.path.relpath(K8S / "components" / component, root)]}))
        return build(root)


def build_overlay(kustomization, files=()):
    """The objects of a kustomization and its files in a temporary folder of k8s/overlays."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        for name in files:
            (root / name).write_text(yaml.safe_dump(files[name]))
        text = yaml.safe_dump(kustomization)
        (root / "kustomization.yaml").write_text(
            text.replace("../../", f"{os.path.relpath(K8S, root)}/"))
        return build(root)


def shown(page):
    """The YAML blocks of a page of the documentation."""
    text = (REPOSITORY / page).read_text()
    return [yaml.safe_load(textwrap.dedent(block)) for block in
            re.findall(r"^ *```yaml\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)]


def of_kind(objects, *kinds):
    return [one for one in objects if one["kind"] in kinds]


def pick(objects, kind, name):
    (found,) = (one for one in of_kind(objects, kind) if one["metadata"]["name"] == name)
    return found


def prometheus(target):
    """The workload."""
    kind = "StatefulSet" if "shards" in target else "Deployment"
    return pick(rendered(target), kind, "prometheus")


def prometheus_arguments(target):
    return prometheus(target)["spec"]["template"]["spec"]["containers"][0]["args"]


def prometheus_files(target):
    """The files of Prometheus: {name: text} of its configuration and of its rules. With shards,
    the configuration is what shard.sh reads."""
    maps = of_kind(rendered(target), "ConfigMap")
    volumes = {volume["name"]: volume.get("configMap", {}).get("name") for volume in
               prometheus(target)["spec"]["template"]["spec"]["volumes"]}
    by_name = {one["metadata"]["name"]: one["data"] for one in maps}
    config = by_name[volumes.get("template") or volumes["config"]]
    return config, by_name[volumes["rules"]] if "rules" in volumes else {}


def scrape_configs(target):
    """Every scrape job, from all files."""
    config, _ = prometheus_files(target)
    return [job for name, text in sorted(config.items()) if name.startswith("scrape-")
            for job in yaml.safe_load(text)["scrape_configs"]]
