"""Kubernetes cluster: nodes, pods, containers and kubelets."""

from panels import annotation, bars, gauge, stat, table, timeseries, variable

UID = "kubernetes-cluster"
TITLE = "Kubernetes cluster"
ABOUT = "Nodes, pods and containers as the kubelets report them; no other agent is needed."
CADVISOR = "cAdvisor in the kubelet, `/metrics/cadvisor`"
RESOURCE = "the kubelet, `/metrics/resource`"
KUBELET = "the kubelet, `/metrics`"

R = "[$__rate_interval]"
DISK = 'id="/",device=~"/dev/.*",device!="/dev/shm"'
CARD = 'id="/",interface!~"lo|veth.*|cni.*|flannel.*|cali.*|cilium.*|kube-ipvs.*"'
BY_CONTAINER = "namespace, pod, container"
NAME = "{{namespace}}/{{pod}} {{container}}"
# A container's series end with it, so only the newest start time under its name shows restarts.
STARTED = f"max by ({BY_CONTAINER}) (container_start_time_seconds{{@container}})"

VARIABLES = [
    variable("node", "Node", 'label_values(kubelet_node_name{job="kubernetes"}, node)'),
    variable("namespace", "Namespace",
             'label_values(container_start_time_seconds{job="kubernetes",container!=""},'
             ' namespace)'),
    variable("pod", "Pod",
             'label_values(container_start_time_seconds{job="kubernetes",container!="",'
             'namespace=~"$namespace"}, pod)'),
]
ANNOTATIONS = [
    annotation("Firing alerts", "red",
               'ALERTS{alertstate="firing",alertname=~"Container.*|Kubelet.*|Persistent.*"}',
               "{{alertname}}", "{{pod}} {{severity}}"),
    annotation("Container restarts", "orange", f"changes({STARTED}[5m:30s]) > 0",
               "restart of {{container}}", "{{namespace}}/{{pod}}"),
]

CLUSTER = [
    stat("Nodes", "none", [("count(kubelet_node_name{@node})", "nodes")],
         what="Kubelets that answer Prometheus.", source=f"`kubelet_node_name`: {KUBELET}.",
         good="As many as the cluster has nodes.",
         do="Compare with kubectl get nodes; *Kubelet endpoints up* names the node that does not "
            "answer."),
    stat("Pods", "none", [("sum(kubelet_running_pods{@node})", "pods")],
         what="Pods with a running sandbox.", source=f"`kubelet_running_pods`: {KUBELET}.",
         good="The number of pods that you asked for.",
         do="If there are fewer, kubectl get pods -A shows which are pending or failing."),
    stat("Containers", "none",
         [('sum(kubelet_running_containers{@node,container_state="running"})', "running")],
         what="Running containers.", source=f"`kubelet_running_containers`: {KUBELET}.",
         good="Steady, except during rollouts.",
         do="If it goes up and down, a container is restarting: see *Container restarts, last "
            "hour*."),
    gauge("CPU used", "percentunit",
          [('sum(rate(container_cpu_usage_seconds_total{@node,id="/"}[$__rate_interval]))'
            " / sum(machine_cpu_cores{@node})", "of all cores")],
          what="Share of all cores that is busy.", source=f"the root cgroup: {CADVISOR}.",
          good="Below 80 %.",
          do="*CPU by namespace* shows which namespace uses it; add a node or scale down."),
    gauge("Memory used", "percentunit",
          [('sum(container_memory_working_set_bytes{@node,id="/"})'
            " / sum(machine_memory_bytes{@node})", "of all memory")],
          watched=["ContainerMemoryNearLimit"],
          what="Share of all memory that is in use and cannot be reclaimed.",
          source=f"working set of the root cgroup: {CADVISOR}.", good="Below 80 %.",
          do="The kubelet evicts pods when a node is full: find the largest in *Memory by pod*."),
    gauge("Fullest disk", "percentunit",
          [(f"max(sum by (node, device) (container_fs_usage_bytes{{@node,{DISK}}})"
            f" / sum by (node, device) (container_fs_limit_bytes{{@node,{DISK}}}))", "fullest")],
          watched=["PersistentVolumeFillingUp"], what="How full the fullest disk of any node is.",
          source=f"`container_fs_usage_bytes` of the root cgroup: {CADVISOR}.",
          good="Below 85 %; above that, the kubelet removes images.",
          do="*Disk by node* shows which disk; prune images, or move the volumes."),
]

NODES = [
    timeseries("CPU by node", "short",
               [("sum by (node) (rate(node_cpu_usage_seconds_total{@node}[$__rate_interval]))",
                 "{{node}}"), ("max by (node) (machine_cpu_cores{@node})", "{{node}} capacity")],
               low=0,
               what="Busy cores, and cores of each node.",
               source=f"`node_cpu_usage_seconds_total`: {RESOURCE}.",
               good="Well below the capacity.",
               do="If one node is hot, its pods have no requests; if all are hot, the cluster is "
                  "too small."),
    timeseries("Memory by node", "bytes",
               [("node_memory_working_set_bytes{@node}", "{{node}}"),
                ("max by (node) (machine_memory_bytes{@node})", "{{node}} capacity")], low=0,
               what="Memory in use that cannot be reclaimed, and memory of each node.",
               source=f"`node_memory_working_set_bytes`: {RESOURCE}.",
               good="Well below the capacity.", do="Find the pods in *Memory by pod*."),
    timeseries("Network by node", "Bps",
               [(f"sum by (node) (rate(container_network_receive_bytes_total{{@node,{CARD}}}{R}))",
                 "{{node}} in"),
                (f"sum by (node) (rate(container_network_transmit_bytes_total{{@node,{CARD}}}{R}))",
                 "{{node}} out")], negative=".* out",
               what="Bytes over the network cards of each node: received above the axis, sent "
                    "below.",
               source=f"interfaces of the root cgroup, without the virtual ones: {CADVISOR}.",
               good="Below the capacity of the card.",
               do="See *Network by pod*; for a peer, *Bandwidth in by protocol* in "
                  "*IPFS metrics*."),
    timeseries("Disk by node", "percentunit",
               [(f"sum by (node, device) (container_fs_usage_bytes{{@node,{DISK}}})"
                 f" / sum by (node, device) (container_fs_limit_bytes{{@node,{DISK}}})",
                 "{{node}} {{device}}")], watched=["PersistentVolumeFillingUp"], low=0, high=1,
               what="How full each disk of each node is.",
               source=f"`container_fs_usage_bytes`, `container_fs_limit_bytes`: {CADVISOR}.",
               good="Steady and below 85 %.",
               do="If it grows steadily, look for images, logs or an IPFS repository (*Repository "
                  "size* in *IPFS metrics*)."),
    timeseries("Disk I/O by node", "Bps",
               [(f'sum by (node) (rate(container_fs_reads_bytes_total{{@node,id="/"}}{R}))',
                 "{{node}} read"),
                (f'sum by (node) (rate(container_fs_writes_bytes_total{{@node,id="/"}}{R}))',
                 "{{node}} written")], negative=".* written",
               what="Bytes on all disks of each node: read above the axis, written below.",
               source=f"the root cgroup: {CADVISOR}.", good="Bursts, not a plateau.",
               do="A plateau at the limit of the disk slows everything: move the busiest pod."),
    bars("Pods by node", "none", [("kubelet_running_pods{@node}", "{{node}}")], high=110,
         what="Running pods of each node; the scale ends at 110, the default maximum of a kubelet.",
         source=f"`kubelet_running_pods`: {KUBELET}.", good="Even, and far below 110.",
         do="If uneven, check taints and affinities. Near 110, add a node."),
]

PODS = [
    timeseries("CPU by namespace", "short",
               [(f"sum by (namespace) (rate(container_cpu_usage_seconds_total{{@container}}{R}))",
                 "{{namespace}}")], stacked=True, low=0,
               what="Cores that the containers of each namespace use.",
               source=f"`container_cpu_usage_seconds_total`: {CADVISOR}.",
               good="The peers use most; Prometheus and Grafana little.",
               do="For the namespace that grew, continue with *CPU by pod*."),
    timeseries("Memory by namespace", "bytes",
               [("sum by (namespace) (container_memory_working_set_bytes{@container})",
                 "{{namespace}}")], stacked=True, low=0,
               what="Memory of the containers of each namespace that cannot be reclaimed.",
               source=f"`container_memory_working_set_bytes`: {CADVISOR}.",
               good="In proportion to the replicas.",
               do="For the namespace that grew, continue with *Memory by pod*."),
    timeseries("Network by pod", "Bps",
               [(f"topk(10, sum by (namespace, pod) (rate({name}{{@sandbox}}{R})))", legend)
                for name, legend in (
                    ("container_network_receive_bytes_total", "{{namespace}}/{{pod}} in"),
                    ("container_network_transmit_bytes_total", "{{namespace}}/{{pod}} out"))],
               negative=".* out",
               what="Network bytes of the ten busiest pods: received above the axis, sent below.",
               source=f"network namespaces of the pods: {CADVISOR}.",
               good="The peers of one Deployment look alike.",
               do="If one is far above the others, see *Bandwidth in by protocol* in *IPFS "
                  "metrics*."),
    timeseries("CPU by pod", "short",
               [(f"topk(10, sum by (namespace, pod)"
                 f" (rate(container_cpu_usage_seconds_total{{@container}}{R})))",
                 "{{namespace}}/{{pod}}")], low=0, what="Cores that the ten busiest pods use.",
               source=f"`container_cpu_usage_seconds_total`: {CADVISOR}.",
               good="The peers of one Deployment look alike.",
               do="If one is far above the others, see *CPU by container*, then its log."),
    timeseries("Memory by pod", "bytes",
               [("topk(10, pod_memory_working_set_bytes{@sandbox})", "{{namespace}}/{{pod}}")],
               low=0, what="Memory of the ten largest pods that cannot be reclaimed.",
               source=f"`pod_memory_working_set_bytes`: {RESOURCE}.", good="Steady.",
               do="If it rises without end, there is a leak: see *Container memory usage*."),
    bars("Volume usage", "percentunit",
         [("kubelet_volume_stats_used_bytes{@node} / kubelet_volume_stats_capacity_bytes{@node}",
           "{{namespace}}/{{persistentvolumeclaim}}")], high=1,
         watched=["PersistentVolumeFillingUp"], what="How full each persistent volume is.",
         source=f"`kubelet_volume_stats_*`: {KUBELET}; only for volumes that report it.",
         good="Below 90 %.",
         do="Enlarge the claim; for Prometheus shorten the retention, for IPFS lower StorageMax."),
]

CONTAINERS = [
    timeseries("CPU by container", "short",
               [(f"topk(10, sum by ({BY_CONTAINER})"
                 f" (rate(container_cpu_usage_seconds_total{{@container}}{R})))", NAME)], low=0,
               what="Cores that the ten busiest containers use.",
               source=f"`container_cpu_usage_seconds_total`: {CADVISOR}.",
               good="The exporter uses about a thousandth of a core.",
               do="Compare with its request; raise the request if the container needs more."),
    timeseries("Container memory usage", "percentunit",
               [(f"topk(10, sum by ({BY_CONTAINER})"
                 " (container_memory_working_set_bytes{@container})"
                 f" / (sum by ({BY_CONTAINER})"
                 " (container_spec_memory_limit_bytes{@container}) > 0))", NAME)],
               watched=["ContainerMemoryNearLimit"], low=0, high=1,
               what="Memory of the ten containers closest to their limit, as a share of it.",
               source="`container_memory_working_set_bytes`, `container_spec_memory_limit_bytes`: "
                      f"{CADVISOR}.", good="Below 90 %. Containers without a limit are not shown.",
               do="Raise the limit, or find the leak before the kernel kills the container."),
    timeseries("CPU throttling", "percentunit",
               [(f"topk(10, sum by ({BY_CONTAINER})"
                 f" (rate(container_cpu_cfs_throttled_periods_total{{@container}}{R}))"
                 f" / sum by ({BY_CONTAINER})"
                 f" (rate(container_cpu_cfs_periods_total{{@container}}{R})))", NAME)], low=0,
               high=1, no_value="no container has a CPU limit",
               what="Share of scheduler periods in which a container was throttled.",
               source=f"`container_cpu_cfs_*`: {CADVISOR}; only for containers with a CPU limit.",
               good="Below 25 %, or nothing at all.",
               do="Raise or remove the CPU limit; requests alone share the CPU fairly."),
    bars("Container restarts, last hour", "none",
         [(f"sum by (namespace, pod, container) (changes({STARTED}[1h:1m])) > 0", NAME)],
         watched=["ContainerRestarting"], no_value="no restarts",
         what="Restarts of each container in the last hour.",
         source=f"`container_start_time_seconds`: {CADVISOR}.", good="None.",
         do="kubectl logs --previous and kubectl describe pod show the reason."),
    stat("OOM kills, last hour", "none",
         [("sum(increase(container_oom_events_total{@container}[1h]))", "last hour")],
         watched=["ContainerOOMKilled"], w=4, h=8,
         what="Processes that the kernel killed in the last hour because a container reached its "
              "memory limit.",
         source=f"`container_oom_events_total`: {CADVISOR}; the count ends with the container.",
         good="0.", do="Raise the limit of the container that *Container memory usage* shows."),
    table("Uptime", "s", [(f"time() - {STARTED}", NAME)], value="Uptime", w=12,
          what="Time since each container started.",
          source=f"`container_start_time_seconds`: {CADVISOR}.",
          good="The same for all containers of a pod.",
          do="A container much younger than its pod has restarted: see *Container restarts, last "
             "hour*."),
]

KUBELETS = [
    timeseries("Pod start time", "s",
               [("histogram_quantile(0.99, sum by (le)"
                 f" (rate(kubelet_pod_start_sli_duration_seconds_bucket{{@node}}{R})))",
                 "99th percentile")], low=0, no_value="no pod was started",
               what="Time until a new pod runs, without pulling its images.",
               source=f"`kubelet_pod_start_sli_duration_seconds`: {KUBELET}.",
               good="A few seconds; empty while no pod starts.",
               do="If slow, the runtime is busy: see *Runtime operations* and *Disk I/O by node*."),
    timeseries("Failed container starts", "ops",
               [(f"sum by (node, code) (rate(kubelet_started_containers_errors_total{{@node}}{R}))"
                 " or on (node) 0 * sum by (node) (kubelet_running_pods{@node})",
                 "{{node}} {{code}}")], low=0, what="Container starts that failed, by reason.",
               source=f"`kubelet_started_containers_errors_total`: {KUBELET}.", good="None.",
               do="ErrImagePull: check name, tag and credentials. CreateContainerError: read the "
                  "pod's events."),
    timeseries("Runtime operations", "s",
               [("histogram_quantile(0.99, sum by (le, operation_type)"
                 f" (rate(kubelet_runtime_operations_duration_seconds_bucket{{@node}}{R})))",
                 "{{operation_type}}")], low=0,
               what="99th percentile of the duration of calls to the container runtime.",
               source=f"`kubelet_runtime_operations_duration_seconds`: {KUBELET}.",
               good="Below a second, except for pulling images.",
               do="If all are slow, the disk of the node is busy or full."),
    bars("Kubelet endpoints up", "none", [("up{@node}", "{{node}} {{metrics_path}}")],
         watched=["KubeletDown"], high=1, w=12,
         what="Whether Prometheus could scrape each endpoint of each kubelet.",
         source="`up` of the job kubernetes.", good="1 everywhere.",
         do="If all of a node are 0, the node is down. If only one is, check the service "
            "account's rights."),
    timeseries("Scrape duration", "s",
               [("scrape_duration_seconds{@node}", "{{node}} {{metrics_path}}")], low=0, w=12,
               what="Time that Prometheus takes to scrape each endpoint of each kubelet.",
               source="`scrape_duration_seconds` of the job kubernetes.", good="Below a second.",
               do="cAdvisor is slow when there are many containers: scrape less often."),
]

ROWS = {"Cluster": CLUSTER, "Nodes": NODES, "Namespaces and pods": PODS,
        "Containers": CONTAINERS, "Kubelets": KUBELETS}
