"""Kubernetes cluster: nodes, pods, containers and kubelets."""

import kubernetes_queries as of
from board import annotation, variable
from kubernetes_kubelets import KUBELET, KUBELETS
from kubernetes_queries import CONTAINER, NAMESPACE, NODE, POD
from panels import bars, gauge, stat, table, timeseries
from queries import LISTED, top

UID = "kubernetes-cluster"
TITLE = "Kubernetes cluster"
ABOUT = ("Nodes, pods and containers as the kubelets report them. kube-state-metrics is used where"
         " it is there; no other agent is needed.")
CADVISOR = "cAdvisor in the kubelet, `/metrics/cadvisor`"
STATE = "kube-state-metrics if it is there"
NODE_NAME = "{{cluster}} {{node}}"
POD_NAME = "{{cluster}} {{namespace}}/{{pod}}"
NAME = f"{POD_NAME} {{{{container}}}}"
STARTED_WITH = 'container_start_time_seconds{cluster=~"$cluster",node=~"$node",container!=""'

VARIABLES = [
    variable("cluster", "Cluster", "label_values(kubelet_node_name, cluster)"),
    variable("node", "Node", 'label_values(kubelet_node_name{cluster=~"$cluster"}, node)'),
    variable("namespace", "Namespace", f"label_values({STARTED_WITH}}}, namespace)"),
    variable("pod", "Pod", f'label_values({STARTED_WITH},namespace=~"$namespace"}}, pod)'),
]
ANNOTATIONS = [
    annotation("Firing alerts", "red",
               'count by (cluster, alertname, severity) (ALERTS{alertstate="firing",'
               'alertname=~"Container.*|Kubelet.*|Node.*|Persistent.*|Pod.*",'
               '@node,namespace=~"$namespace|",pod=~"$pod|"})',
               "{{alertname}}", "{{cluster}} {{severity}}"),
    annotation("Container restarts", "orange",
               f"count by ({NAMESPACE}) (changes({of.STARTED}[5m:30s]) > 0)"
               f" and on ({NAMESPACE}) topk({LISTED}, count by ({NAMESPACE})"
               f" (changes({of.STARTED}[$__range:$__interval] @ end()) > 0))",
               "containers restarted", "{{cluster}} {{namespace}}"),
]

CLUSTER = [
    stat("Nodes down", "none", [(f"count({of.NODES_DOWN}) or vector(0)", "down")],
         w=3, related=["NodeDown", "NodeUnreachable"], limits=[(">=", 1, "red")],
         what="Nodes whose kubelet answered within a day and does not now, or that are not ready.",
         source=f"`up`; {STATE}.", good="0.",
         do="*Nodes with problems* names them; kubectl describe node shows since when."),
    stat("Nodes", "none", [(f"count({of.once('kubelet_node_name{@node}')})", "nodes")], w=3,
         limits=[("<", 1, "red")],
         what="Kubelets that answer Prometheus.", source=f"`kubelet_node_name`: {KUBELET}.",
         good="As many as the cluster has nodes.", do="Compare with kubectl get nodes."),
    gauge("CPU used", "percentunit", [(f"sum({of.NODE_CPU}) / sum({of.CORES})", "of all cores")],
          w=3, limits=[(">", 0.8, "orange"), (">", 0.95, "red")],
          what="Share of all cores that is busy.",
          source=f"the root cgroup: {CADVISOR}; without it the containers.", good="Below 80 %.",
          do="*CPU by namespace* shows which namespace uses it; add a node or scale down."),
    gauge("Memory used", "percentunit",
          [(f"sum({of.NODE_MEMORY}) / sum({of.RAM})", "of all memory")], w=3,
          limits=[(">", 0.8, "orange"), (">", 0.95, "red")],
          what="Share of all memory that is in use and cannot be reclaimed.",
          source=f"working set of the root cgroup: {CADVISOR}; without it the containers.",
          good="Below 80 %.",
          do="The kubelet evicts pods when a node is full: find the largest in *Memory by pod*."),
    gauge("Fullest disk", "percentunit", [(f"max({of.DISK_USED})", "fullest")], w=3,
          watched=["NodeDiskAlmostFull", "NodeDiskFull"],
          no_value="no disks are reported", what="How full the fullest disk of any node is.",
          source=f"`container_fs_usage_bytes` of the root cgroup: {CADVISOR}, which the Helm chart "
                 "of kube-prometheus drops.",
          good="Below 85 %; above that, the kubelet removes images.",
          do="*Disk by node* shows which disk; prune images, or move the volumes."),
    stat("Restarted, last hour", "none",
         [(f"count({of.restarts('1h')} > 0) or vector(0)", "restarted")], w=3,
         related=["ContainerRestarting"], limits=[(">=", 1, "orange")],
         what="Containers that restarted within the last hour.",
         source=f"`container_start_time_seconds`: {CADVISOR}; {STATE}.", good="0.",
         do="*Container restarts, last hour* lists them."),
    stat("OOM kills, last hour", "none", [(f"sum({of.kills('1h')})", "kills")], w=3,
         related=["ContainerOOMKilled"], limits=[(">", 0, "red")],
         what="Processes that the kernel killed in the last hour because a container reached its "
              "memory limit.",
         source=f"`container_oom_events_total`: {CADVISOR}; the count ends with the container.",
         good="0.", do="Raise the limit of the container that *Container memory usage* shows."),
    stat("Failed starts", "none",
         [("sum(increase(kubelet_started_containers_errors_total{@node}[1h]))", "failed")], w=3,
         limits=[(">=", 1, "orange")], what="Starts of containers that failed in the last hour.",
         source=f"`kubelet_started_containers_errors_total`: {KUBELET}.", good="0.",
         do="*Failed container starts* shows the reason, *Pods with problems* the pods."),
]

NODES = [
    timeseries("CPU by node", "percentunit",
               [(top(f"{of.NODE_CPU} / {of.CORES}", key=NODE), NODE_NAME)], low=0, high=1,
               limits=[(">", 0.95, "red")],
               what="Share of its cores that is busy, for the ten busiest nodes.",
               source=f"the root cgroup: {CADVISOR}; without it the containers.",
               good="Below 80 %.",
               do="If one node is hot, its pods have no requests; if all are hot, the cluster is "
                  "too small."),
    timeseries("Memory by node", "percentunit",
               [(top(f"{of.NODE_MEMORY} / {of.RAM}", key=NODE), NODE_NAME)], low=0, high=1,
               limits=[(">", 0.95, "red")],
               what="Share of its memory that cannot be reclaimed, for the ten fullest nodes.",
               source=f"working set of the root cgroup: {CADVISOR}; without it the containers.",
               good="Below 80 %.", do="Find the pods in *Memory by pod*."),
    timeseries("Network by node", "Bps",
               [(top(of.of_node(way), f"{of.of_node('receive')} + {of.of_node('transmit')}",
                     key=NODE), f"{NODE_NAME} {legend}")
                for way, legend in (("receive", "in"), ("transmit", "out"))], negative=".* out",
               what="Bytes over the network cards of the ten busiest nodes: received above the "
                    "axis, sent below.",
               source=f"interfaces of the root cgroup, without the virtual ones: {CADVISOR}; "
                      "without it, of the pods.",
               good="Below the capacity of the card.",
               do="See *Network by pod*; for a peer, *Bandwidth in by protocol* in "
                  "*IPFS metrics*."),
    timeseries("Disk by node", "percentunit",
               [(top(of.DISK_USED, key=f"{NODE}, device"), f"{NODE_NAME} {{{{device}}}}")],
               low=0, high=1, watched=["NodeDiskAlmostFull", "NodeDiskFull"],
               no_value="no disks are reported", what="How full the ten fullest disks are.",
               source=f"`container_fs_usage_bytes`, `container_fs_limit_bytes`: {CADVISOR}.",
               good="Steady and below 85 %.",
               do="If it grows steadily, look for images, logs or an IPFS repository (*Repository "
                  "size* in *IPFS metrics*)."),
    timeseries("Disk I/O by node", "Bps",
               [(top(of.disk_bytes(what), f"{of.disk_bytes('reads')} + {of.disk_bytes('writes')}",
                     key=NODE), f"{NODE_NAME} {legend}")
                for what, legend in (("reads", "read"), ("writes", "written"))],
               negative=".* written", no_value="no disks are reported",
               what="Bytes on all disks of the ten busiest nodes: read above the axis, written "
                    "below.",
               source=f"the root cgroup: {CADVISOR}.", good="Bursts, not a plateau.",
               do="A plateau at the limit of the disk slows everything: move the busiest pod."),
    bars("Pods by node", "none",
         [(f"sort_desc(topk({LISTED}, {of.once('kubelet_running_pods{@node}')}))", NODE_NAME)],
         high=110, limits=[(">=", 100, "orange"), (">=", 110, "red")],
         what="Running pods of the fullest nodes; the scale ends at 110, the default maximum of a "
              "kubelet.",
         source=f"`kubelet_running_pods`: {KUBELET}.", good="Even, and far below 110.",
         do="If uneven, check taints and affinities. Near 110, add a node."),
    table("Nodes with problems", "none",
          [(f"topk({LISTED}, {of.because('kubelet does not answer', of.NODES_DOWN)} + 1 or"
            f" label_replace(max by ({NODE}, condition) (kube_node_status_condition"
            '{@node,condition!="Ready",status="true"} == 1),'
            ' "reason", "$1", "condition", "(.*)"))', "")],
          value=None, w=24, h=5, hidden=["condition"], columns=["cluster", "node", "reason"],
          related=["NodeDown", "NodeUnreachable"],
          no_value="all nodes are well",
          what="Nodes that do not answer, are not ready, or report that a resource runs short.",
          source=f"`up` of the kubelets; conditions of {STATE}.", good="None.",
          do="kubectl describe node NAME shows the conditions and since when."),
]

PODS = [
    timeseries("CPU by namespace", "short",
               [(top(f"sum by ({NAMESPACE}) ({of.CPU})", key=NAMESPACE),
                 "{{cluster}} {{namespace}}")], stacked=True, low=0,
               what="Cores that the containers of the ten busiest namespaces use.",
               source=f"`container_cpu_usage_seconds_total`: {CADVISOR}.",
               good="The peers use most; Prometheus and Grafana little.",
               do="For the namespace that grew, continue with *CPU by pod*."),
    timeseries("Memory by namespace", "bytes",
               [(top(f"sum by ({NAMESPACE}) ({of.MEMORY})", key=NAMESPACE),
                 "{{cluster}} {{namespace}}")], stacked=True, low=0,
               what="Memory of the containers of the ten largest namespaces that cannot be "
                    "reclaimed.",
               source=f"`container_memory_working_set_bytes`: {CADVISOR}.",
               good="In proportion to the replicas.",
               do="For the namespace that grew, continue with *Memory by pod*."),
    timeseries("Network by pod", "Bps",
               [(top(of.of_pods(way), f"{of.of_pods('receive')} + {of.of_pods('transmit')}",
                     key=POD), f"{POD_NAME} {legend}")
                for way, legend in (("receive", "in"), ("transmit", "out"))], negative=".* out",
               what="Network bytes of the ten busiest pods: received above the axis, sent below.",
               source=f"network namespaces of the pods: {CADVISOR}.",
               good="The peers of one Deployment look alike.",
               do="If one is far above the others, see *Bandwidth in by protocol* in *IPFS "
                  "metrics*."),
    timeseries("CPU by pod", "short",
               [(top(f"sum by ({POD}) ({of.CPU})", key=POD), POD_NAME)], low=0,
               what="Cores that the ten busiest pods use.",
               source=f"`container_cpu_usage_seconds_total`: {CADVISOR}.",
               good="The peers of one Deployment look alike.",
               do="If one is far above the others, see *CPU by container*, then its log."),
    timeseries("Memory by pod", "bytes",
               [(top(f"sum by ({POD}) ({of.MEMORY})", key=POD), POD_NAME)], low=0,
               what="Memory of the ten largest pods that cannot be reclaimed.",
               source=f"`container_memory_working_set_bytes`: {CADVISOR}.", good="Steady.",
               do="If it rises without end, there is a leak: see *Container memory usage*."),
    bars("Volume usage", "percentunit",
         [(f"sort_desc(topk({LISTED}, {of.VOLUMES}))",
           "{{cluster}} {{namespace}}/{{persistentvolumeclaim}}")], high=1,
         limits=[(">", 0.85, "orange"), (">", 0.97, "red")],
         related=["PersistentVolumeFillingUp", "PersistentVolumeFull"],
         no_value="no volume reports its usage",
         what="How full the fullest persistent volumes are.",
         source=f"`kubelet_volume_stats_*`: {KUBELET}; only for volumes that report it.",
         good="Below 85 %.",
         do="Enlarge the claim; for Prometheus shorten the retention, for IPFS collect garbage."),
    table("Pods with problems", "none", [(f"topk({LISTED}, {of.TROUBLE})", "")], value="Count",
          w=24, h=6, columns=["cluster", "namespace", "pod", "container", "reason"],
          hidden=["phase"],
          related=["ContainerRestarting", "ContainerOOMKilled"],
          no_value="no pod has problems",
          what="Pods that wait, failed, restarted or were killed within 15 minutes, and why.",
          source=f"`container_start_time_seconds`, `container_oom_events_total`: {CADVISOR}; "
                 f"waiting and pending from {STATE}.", good="None, except during rollouts.",
          do="kubectl describe pod shows the events, kubectl logs --previous the end of the log."),
]

CONTAINERS = [
    timeseries("CPU by container", "short",
               [(top(f"sum by ({CONTAINER}) ({of.CPU})", key=CONTAINER), NAME)], low=0,
               what="Cores that the ten busiest containers use.",
               source=f"`container_cpu_usage_seconds_total`: {CADVISOR}.",
               good="The exporter uses about a thousandth of a core.",
               do="Compare with its request; raise the request if the container needs more."),
    timeseries("Container memory usage", "percentunit", [(top(of.OF_LIMIT, key=CONTAINER), NAME)],
               watched=["ContainerMemoryNearLimit"], low=0, high=1,
               what="Memory of the ten containers closest to their limit, as a share of it.",
               source=f"`container_memory_working_set_bytes`, limits: {CADVISOR} or {STATE}.",
               good="Below 90 %. Containers without a limit are not shown.",
               do="Raise the limit, or find the leak before the kernel kills the container."),
    timeseries("CPU throttling", "percentunit", [(top(of.THROTTLED, key=CONTAINER), NAME)], low=0,
               high=1, limits=[(">", 0.25, "orange")], no_value="no container has a CPU limit",
               what="Share of scheduler periods in which a container was throttled, for the ten "
                    "most throttled.",
               source=f"`container_cpu_cfs_*`: {CADVISOR}; only for containers with a CPU limit.",
               good="Below 25 %, or nothing at all.",
               do="Raise or remove the CPU limit; requests alone share the CPU fairly."),
    bars("Container restarts, last hour", "none",
         [(f"sort_desc(topk({LISTED}, {of.restarts('1h')} > 0))", NAME)], w=12,
         watched=["ContainerRestarting"], no_value="no restarts",
         what="Restarts in the last hour of the containers with most.",
         source=f"`container_start_time_seconds`: {CADVISOR}; {STATE}.", good="None.",
         do="kubectl logs --previous and kubectl describe pod show the reason."),
    table("Youngest containers", "s", [(f"sort(bottomk({LISTED}, time() - {of.STARTED}))", NAME)],
          value="Uptime", w=12, order="asc",
          columns=["cluster", "namespace", "pod", "container"],
          what="The containers that started last.",
          source=f"`container_start_time_seconds`: {CADVISOR}.",
          good="The same for all containers of a pod.",
          do="A container much younger than its pod has restarted: see *Container restarts, last "
             "hour*."),
]

ROWS = {"Cluster": CLUSTER, "Nodes": NODES, "Namespaces and pods": PODS,
        "Containers": CONTAINERS, "Kubelets": KUBELETS}
