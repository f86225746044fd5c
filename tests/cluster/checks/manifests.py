"""What the API server, the kubelet and the network policies make of the manifests."""

import http.client
import pathlib
import ssl

from kit import (PATIENCE, apply, get, in_pod, kubectl, pods, prometheus_address, rollout, run,
                 shown, together, wait_for)

# A volume for the base, as a cluster with a default StorageClass makes it.
VOLUME = """
apiVersion: v1
kind: PersistentVolume
metadata: {name: prometheus}
spec:
  capacity: {storage: 10Gi}
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  local: {path: /run/cluster/state/prometheus}
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node1]}]
"""
# What users may add: collectors that are off by default, and a CPU limit.
MORE = """
spec:
  template:
    spec:
      initContainers:
        - name: exporter
          env:
            - {name: IPFS_PEER_EXPORTER_COLLECTOR_IPFS_OBJECTS, value: 15s}
            - {name: IPFS_PEER_EXPORTER_COLLECTOR_IPFS_PINS, value: 15s}
            - {name: IPFS_PEER_EXPORTER_COLLECTOR_IPFS_MFS, value: 15s}
      containers:
        - {name: peer, resources: {limits: {cpu: 500m}}}
"""
# A pod of somebody else.
STRANGER = """
apiVersion: v1
kind: Pod
metadata: {name: stranger, namespace: default}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - {name: python, image: IMAGE, command: [python3, -c, "import signal; signal.pause()"]}
"""
PRIVILEGED = """
apiVersion: v1
kind: Pod
metadata: {name: privileged, namespace: NAMESPACE}
spec: {containers: [{name: it, image: it:1, securityContext: {privileged: true}}]}
"""
PROMETHEUS = "system:serviceaccount:monitoring:prometheus"
PEER = "system:serviceaccount:peers:peer"
# (account, right, whether it has it); `kubectl auth can-i` takes the right.
RIGHTS = [
    (PROMETHEUS, "list pods -n peers", True),
    (PROMETHEUS, "watch pods -n peers", True),
    (PROMETHEUS, "list nodes", True),
    (PROMETHEUS, "get nodes --subresource=metrics", True),
    (PROMETHEUS, "get nodes --subresource=proxy", False),
    (PROMETHEUS, "list pods -n kube-system", False),
    (PROMETHEUS, "list pods -n monitoring", False),
    (PROMETHEUS, "get secrets -n peers", False),
    (PROMETHEUS, "get secrets -n monitoring", False),
    (PROMETHEUS, "create pods -n peers", False),
    (PROMETHEUS, "create pods -n peers --subresource=exec", False),
    (PEER, "list pods -n peers", False),
    (PEER, "get secrets -n peers", False),
]


def quiet(done):
    """The objects that were applied, without a warning."""
    output, warnings = done
    assert not warnings, warnings
    return f"{len(output.splitlines())} objects"


def apply_base():
    """With the commands of the documentation."""
    pathlib.Path("/run/cluster/state/prometheus").mkdir(parents=True)
    apply(VOLUME)
    return quiet(run("bash", "-euo", "pipefail", "-c",
                     shown("docs/kubernetes.md", "## Permanent installation")))


def apply_local():
    return quiet(run("kubectl", "apply", "-k", "k8s/overlays/local"))


def apply_more():
    return quiet(run("kubectl", "-n", "peers", "patch", "deployment", "peer", "--patch", MORE))


def all_pods_run():
    """Except Grafana, whose image cannot be had."""
    for namespace, name in (("peers", "bootstrap"), ("peers", "peer"),
                            ("monitoring", "prometheus")):
        rollout(namespace, name)
    status = wait_for("Grafana's pod waits for its image", grafana)
    return f"Grafana waits for its image: {status}"


def grafana():
    """Why its newest pod waits."""
    found = pods("app.kubernetes.io/name=grafana", "monitoring").values()
    newest = max(found, key=lambda one: one["metadata"]["creationTimestamp"])
    (status,) = newest["status"]["containerStatuses"]
    return status["state"]["waiting"]["reason"]


def pod_security():
    for namespace in ("peers", "monitoring"):
        try:
            apply(PRIVILEGED.replace("NAMESPACE", namespace))
        except AssertionError as error:
            assert 'violates PodSecurity "restricted' in str(error), error
        else:
            raise AssertionError(f"a privileged pod may run in {namespace}")
    return "privileged pods are refused in both namespaces"


def rights():
    def has(right):
        account, what, _ = right
        answer, _ = run("sh", "-c", f"kubectl auth can-i {what} --as={account} || true")
        return answer.strip()

    wrong = [f"{account} {what}: {answer}"
             for (account, what, wanted), answer in zip(RIGHTS, together(has, RIGHTS), strict=True)
             if answer != ("yes" if wanted else "no")]
    assert not wrong, wrong
    return f"{len(RIGHTS)} rights"


def kubelet_rights():
    """What a kubelet answers to Prometheus' token."""
    token = kubectl("-n", "monitoring", "create", "token", "prometheus").strip()
    context = ssl.create_default_context(cafile="/run/pki/ca.crt")
    found = {}
    for path in ("/metrics", "/metrics/cadvisor", "/metrics/resource", "/pods", "/logs/"):
        connection = http.client.HTTPSConnection("192.0.2.2", 10250, context=context,
                                                 timeout=PATIENCE)
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        found[path] = connection.getresponse().status
        connection.close()
    assert list(found.values()) == [200, 200, 200, 403, 403], found
    return str(found)


def start_stranger():
    image = get("-n", "peers", "deployment", "peer")[
        "spec"]["template"]["spec"]["containers"][0]["image"]
    apply(STRANGER.replace("IMAGE", image))
    kubectl("wait", "--for=condition=Ready", "pod/stranger", f"--timeout={PATIENCE}s")


def can_connect(namespace, pod, container, address):
    host, port = address.rsplit(":", 1)
    program = ("import socket\ntry:\n"
               f" socket.create_connection(({host!r}, {port}), 3)\n print('yes')\n"
               "except OSError as error:\n print('no:', error)")
    return in_pod(pod, container, "python3", "-c", program, namespace=namespace).strip()


def policies():
    """Who reaches whom. That a stranger reaches Prometheus shows that the others are policies."""
    start_stranger()
    one, other = list(pods())[:2]
    address = pods()[other]["status"]["podIP"]
    (bootstrap,) = pods("app.kubernetes.io/name=bootstrap").values()
    stranger, peer = ("default", "stranger", "python"), ("peers", one, "peer")
    table = [
        (stranger, prometheus_address(), "yes"),
        (stranger, "peer.peers:7000", "no"), (stranger, f"{address}:7000", "no"),
        (stranger, f"{address}:4001", "no"), (stranger, f"{address}:10055", "no"),
        (stranger, f"{bootstrap['status']['podIP']}:4001", "no"),
        (peer, f"{address}:7000", "yes"), (peer, f"{address}:4001", "yes"),
        (peer, "bootstrap:4001", "yes"), (peer, "peer:7000", "yes"),
        (peer, f"{address}:10055", "no"), (peer, "kubernetes.default:443", "no"),
        (peer, prometheus_address(), "no"),
    ]
    answers = together(lambda row: can_connect(*row[0], row[1]), table)
    wrong = [f"{where[1]} to {to}: {answer}, not {wanted}"
             for (where, to, wanted), answer in zip(table, answers, strict=True)
             if answer.partition(":")[0] != wanted]
    assert not wrong, wrong
    return f"{len(table)} connections"


def rpc_is_closed():
    """Even without policies no other pod could reach it: nothing listens on an address."""
    for name in pods():
        sockets = in_pod(name, "ipfs", "netstat", "-lnt")
        ports = {line.split()[3].rpartition(":")[2] for line in sockets.splitlines()[2:]}
        assert ports == {"4001", "7000", "10055"}, (name, ports)
    return "4001, 7000 and 10055 are the only ports of a peer"


def load_balancers():
    """This cluster gives no address to a Service of that type, but a port of the node."""
    service = get("-n", "monitoring", "service", "prometheus")
    (port,) = service["spec"]["ports"]
    run("curl", "-sSf", f"http://192.0.2.2:{port['nodePort']}/api/v1/status/buildinfo")
    return f"Prometheus answers on port {port['nodePort']} of the node"


def delete():
    kubectl("delete", "-k", "k8s/overlays/local", f"--timeout={PATIENCE}s")
    assert not {"peers", "monitoring"} & {
        one["metadata"]["name"] for one in get("namespaces")["items"]}
