"""Kubernetes cluster: nodes, pods, containers, and the kubelets that tell of them."""

from panels import annotation, bars, gauge, stat, table, timeseries, variable

UID = "kubernetes-cluster"
TITLE = "Kubernetes cluster"
ABOUT = "Nodes, pods and containers as the kubelets see them; needs no other agent."
CADVISOR = "cAdvisor in the kubelet, `/metrics/cadvisor`"
RESOURCE = "the kubelet, `/metrics/resource`"
KUBELET = "the kubelet, `/metrics`"

R = "[$__rate_interval]"
DISK = 'id="/",device=~"/dev/.*",device!="/dev/shm"'
CARD = 'id="/",interface!~"lo|veth.*|cni.*|flannel.*|cali.*|cilium.*|kube-ipvs.*"'
BY_CONTAINER = "namespace, pod, container"
NAME = "{{namespace}}/{{pod}} {{container}}"
# The series of a container end with it; only the newest start of its name tells of restarts.
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
         good="As many as the cluster has.",
         do="Compare with kubectl get nodes; scrape health below names the one that is silent."),
    stat("Pods", "none", [("sum(kubelet_running_pods{@node})", "pods")],
         what="Pods that have a running sandbox.", source=f"`kubelet_running_pods`: {KUBELET}.",
         good="The sum of what was asked for.",
         do="Fewer: kubectl get pods -A shows those that are pending or fail."),
    stat("Containers", "none",
         [('sum(kubelet_running_containers{@node,container_state="running"})', "running")],
         what="Containers that run.", source=f"`kubelet_running_containers`: {KUBELET}.",
         good="Level, but for rollouts.",
         do="When it saws up and down a container is restarting: see restarts."),
    gauge("CPU used", "percentunit",
          [('sum(rate(container_cpu_usage_seconds_total{@node,id="/"}[$__rate_interval]))'
            " / sum(machine_cpu_cores{@node})", "of all cores")],
          what="Share of all cores that is busy.", source=f"the root cgroup: {CADVISOR}.",
          good="Below 80 %.", do="See which namespace takes it; add a node or scale down."),
    gauge("Memory used", "percentunit",
          [('sum(container_memory_working_set_bytes{@node,id="/"})'
            " / sum(machine_memory_bytes{@node})", "of all memory")],
          watched=["ContainerMemoryNearLimit"],
          what="Share of all memory that cannot be given back.",
          source=f"working set of the root cgroup: {CADVISOR}.", good="Below 80 %.",
          do="The kubelet evicts pods when a node is full: find the largest pods below."),
    gauge("Fullest disk", "percentunit",
          [(f"max(sum by (node, device) (container_fs_usage_bytes{{@node,{DISK}}})"
            f" / sum by (node, device) (container_fs_limit_bytes{{@node,{DISK}}}))", "fullest")],
          watched=["PersistentVolumeFillingUp"],
          what="How full the fullest disk of any node is.",
          source=f"`container_fs_usage_bytes` of the root cgroup: {CADVISOR}.",
          good="Below 85 %; from there the kubelet removes images.",
          do="Disk by node names it; prune images, or move the volumes."),
]

NODES = [
    timeseries("CPU by node", "short",
               [("sum by (node) (rate(node_cpu_usage_seconds_total{@node}[$__rate_interval]))",
                 "{{node}}"), ("max by (node) (machine_cpu_cores{@node})", "{{node}} has")],
               low=0, what="Cores that are busy, and cores that each node has.",
               source=f"`node_cpu_usage_seconds_total`: {RESOURCE}.",
               good="Well below what it has.",
               do="One hot node: its pods have no requests; all hot: the cluster is too small."),
    timeseries("Memory by node", "bytes",
               [("node_memory_working_set_bytes{@node}", "{{node}}"),
                ("max by (node) (machine_memory_bytes{@node})", "{{node}} has")], low=0,
               what="Memory that cannot be given back, and memory of each node.",
               source=f"`node_memory_working_set_bytes`: {RESOURCE}.",
               good="Well below what it has.", do="Find the pods under memory by pod."),
    timeseries("Network by node", "Bps",
               [(f"sum by (node) (rate(container_network_receive_bytes_total{{@node,{CARD}}}{R}))",
                 "{{node}} in"),
                (f"sum by (node) (rate(container_network_transmit_bytes_total{{@node,{CARD}}}{R}))",
                 "{{node}} out")], negative=".* out",
               what="Bytes in, and below the axis out, over the cards of each node.",
               source=f"the root cgroup's interfaces but virtual ones: {CADVISOR}.",
               good="Below what the card can do.",
               do="See network by pod; for a peer, bandwidth by protocol in IPFS metrics."),
    timeseries("Disk by node", "percentunit",
               [(f"sum by (node, device) (container_fs_usage_bytes{{@node,{DISK}}})"
                 f" / sum by (node, device) (container_fs_limit_bytes{{@node,{DISK}}})",
                 "{{node}} {{device}}")], watched=["PersistentVolumeFillingUp"], low=0, high=1,
               what="How full each disk of each node is.",
               source=f"`container_fs_usage_bytes`, `container_fs_limit_bytes`: {CADVISOR}.",
               good="Level and below 85 %.",
               do="Growing steadily: images, logs or an IPFS repository; see repo size there."),
    timeseries("Disk I/O by node", "Bps",
               [(f'sum by (node) (rate(container_fs_reads_bytes_total{{@node,id="/"}}{R}))',
                 "{{node}} read"),
                (f'sum by (node) (rate(container_fs_writes_bytes_total{{@node,id="/"}}{R}))',
                 "{{node}} written")], negative=".* written",
               what="Bytes read, and below the axis written, on all disks of each node.",
               source=f"the root cgroup: {CADVISOR}.", good="Bursts, not a plateau.",
               do="A plateau at what the disk can do slows everything: move the busiest pod."),
    bars("Pods by node", "none", [("kubelet_running_pods{@node}", "{{node}}")], high=110,
         what="Running pods of each node; the scale ends at 110, what a kubelet takes.",
         source=f"`kubelet_running_pods`: {KUBELET}.", good="Far from the end, and even.",
         do="Uneven: check taints and affinities. Near the end: add a node."),
]

PODS = [
    timeseries("CPU by namespace", "short",
               [(f"sum by (namespace) (rate(container_cpu_usage_seconds_total{{@container}}{R}))",
                 "{{namespace}}")], stacked=True, low=0,
               what="Cores that the containers of each namespace keep busy.",
               source=f"`container_cpu_usage_seconds_total`: {CADVISOR}.",
               good="The peers take most; Prometheus and Grafana little.",
               do="Go on with CPU by pod of the namespace that grew."),
    timeseries("Memory by namespace", "bytes",
               [("sum by (namespace) (container_memory_working_set_bytes{@container})",
                 "{{namespace}}")], stacked=True, low=0,
               what="Memory of the containers of each namespace that cannot be given back.",
               source=f"`container_memory_working_set_bytes`: {CADVISOR}.",
               good="In proportion to the replicas.",
               do="Go on with memory by pod of the namespace that grew."),
    timeseries("Network by pod", "Bps",
               [(f"topk(10, sum by (namespace, pod) (rate({name}{{@sandbox}}{R})))", legend)
                for name, legend in (
                    ("container_network_receive_bytes_total", "{{namespace}}/{{pod}} in"),
                    ("container_network_transmit_bytes_total", "{{namespace}}/{{pod}} out"))],
               negative=".* out",
               what="Bytes in, and below the axis out, of the ten busiest pods.",
               source=f"the pods' network namespaces: {CADVISOR}.",
               good="Peers of one Deployment look alike.",
               do="One far above: see its bandwidth by protocol in IPFS metrics."),
    timeseries("CPU by pod", "short",
               [(f"topk(10, sum by (namespace, pod)"
                 f" (rate(container_cpu_usage_seconds_total{{@container}}{R})))",
                 "{{namespace}}/{{pod}}")], low=0,
               what="Cores that the ten busiest pods use.",
               source=f"`container_cpu_usage_seconds_total`: {CADVISOR}.",
               good="Peers of one Deployment look alike.",
               do="One far above: see its containers below, then its log."),
    timeseries("Memory by pod", "bytes",
               [("topk(10, pod_memory_working_set_bytes{@sandbox})", "{{namespace}}/{{pod}}")],
               low=0, what="Memory of the ten largest pods that cannot be given back.",
               source=f"`pod_memory_working_set_bytes`: {RESOURCE}.", good="Level.",
               do="A slope that never ends is a leak: see which container under its limit."),
    bars("Fill of volumes", "percentunit",
         [("kubelet_volume_stats_used_bytes{@node} / kubelet_volume_stats_capacity_bytes{@node}",
           "{{namespace}}/{{persistentvolumeclaim}}")], high=1,
         watched=["PersistentVolumeFillingUp"],
         what="How full each persistent volume is.",
         source=f"`kubelet_volume_stats_*`: {KUBELET}; only of volumes that tell.",
         good="Below 90 %.",
         do="Grow the claim; for Prometheus shorten retention, for IPFS lower StorageMax."),
]

CONTAINERS = [
    timeseries("CPU by container", "short",
               [(f"topk(10, sum by ({BY_CONTAINER})"
                 f" (rate(container_cpu_usage_seconds_total{{@container}}{R})))", NAME)], low=0,
               what="Cores that the ten busiest containers use.",
               source=f"`container_cpu_usage_seconds_total`: {CADVISOR}.",
               good="The exporter uses about a thousandth of a core.",
               do="Compare with its request; raise the request of one that needs more."),
    timeseries("Memory against its limit", "percentunit",
               [(f"topk(10, sum by ({BY_CONTAINER})"
                 " (container_memory_working_set_bytes{@container})"
                 f" / (sum by ({BY_CONTAINER})"
                 " (container_spec_memory_limit_bytes{@container}) > 0))", NAME)],
               watched=["ContainerMemoryNearLimit"], low=0, high=1,
               what="The ten containers that are closest to their memory limit.",
               source="`container_memory_working_set_bytes`, "
                      f"`container_spec_memory_limit_bytes`: {CADVISOR}.",
               good="Below 90 %. A container without limit is not shown.",
               do="Raise the limit or find the leak before the kernel kills it."),
    timeseries("CPU throttling", "percentunit",
               [(f"topk(10, sum by ({BY_CONTAINER})"
                 f" (rate(container_cpu_cfs_throttled_periods_total{{@container}}{R}))"
                 f" / sum by ({BY_CONTAINER})"
                 f" (rate(container_cpu_cfs_periods_total{{@container}}{R})))", NAME)],
               low=0, high=1, no_value="no container has a CPU limit",
               what="Share of scheduler periods in which a container had to wait.",
               source=f"`container_cpu_cfs_*`: {CADVISOR}; only with a CPU limit.",
               good="Below a quarter, or nothing at all.",
               do="Raise or remove the CPU limit; requests alone share fairly."),
    bars("Restarts in an hour", "none",
         [(f"sum by (namespace, pod, container) (changes({STARTED}[1h:1m])) > 0", NAME)],
         watched=["ContainerRestarting"], no_value="no restarts",
         what="How often each container was started anew in the last hour.",
         source=f"`container_start_time_seconds`: {CADVISOR}.", good="None.",
         do="kubectl logs --previous and kubectl describe pod tell the reason."),
    stat("Killed for memory", "none",
         [(f"sum(increase(container_oom_events_total{{@container}}[1h]))", "in an hour")],
         watched=["ContainerOOMKilled"], w=4, h=8,
         what="Containers that the kernel killed because they reached their limit, in an hour.",
         source=f"`container_oom_events_total`: {CADVISOR}; the count ends with the container.",
         good="0.", do="Raise the limit of the container that memory against its limit names."),
    table("Uptime", "s", [(f"time() - {STARTED}", NAME)], value="Uptime", w=12,
          what="How long each container runs.",
          source=f"`container_start_time_seconds`: {CADVISOR}.",
          good="The same for all containers of a pod.",
          do="One much younger than its pod has restarted: see restarts."),
]

KUBELETS = [
    timeseries("Start of a pod", "s",
               [("histogram_quantile(0.99, sum by (le)"
                 f" (rate(kubelet_pod_start_sli_duration_seconds_bucket{{@node}}{R})))",
                 "99 of 100")], low=0, no_value="no pod was started",
               what="Time until a new pod runs, without pulling its images.",
               source=f"`kubelet_pod_start_sli_duration_seconds`: {KUBELET}.",
               good="A few seconds; nothing while no pod starts.",
               do="Slow: the runtime is busy; see its operations and disk I/O."),
    timeseries("Containers that did not start", "ops",
               [(f"sum by (node, code) (rate(kubelet_started_containers_errors_total{{@node}}{R}))"
                 " or on (node) 0 * sum by (node) (kubelet_running_pods{@node})",
                 "{{node}} {{code}}")], low=0,
               what="Failed starts of containers, by reason.",
               source=f"`kubelet_started_containers_errors_total`: {KUBELET}.", good="None.",
               do="ErrImagePull: name, tag or credentials. CreateContainerError: its events."),
    timeseries("Runtime operations", "s",
               [("histogram_quantile(0.99, sum by (le, operation_type)"
                 f" (rate(kubelet_runtime_operations_duration_seconds_bucket{{@node}}{R})))",
                 "{{operation_type}}")], low=0,
               what="Time that the slowest of a hundred calls of the container runtime took.",
               source=f"`kubelet_runtime_operations_duration_seconds`: {KUBELET}.",
               good="Below a second, pulling images apart.",
               do="All slow: the disk of the node is busy or full."),
    bars("Kubelet pages answering", "none", [("up{@node}", "{{node}} {{metrics_path}}")],
         watched=["KubeletDown"], high=1, w=12,
         what="Whether Prometheus could read each page of each kubelet.",
         source="`up` of the job kubernetes.", good="1 everywhere.",
         do="All of a node: it is down. One page: rights of the service account."),
    timeseries("Duration of a scrape", "s",
               [("scrape_duration_seconds{@node}", "{{node}} {{metrics_path}}")], low=0, w=12,
               what="Time that Prometheus takes to read each page of each kubelet.",
               source="`scrape_duration_seconds` of the job kubernetes.", good="Below a second.",
               do="Slow cAdvisor pages come with many containers; scrape less often."),
]

ROWS = {"Cluster": CLUSTER, "Nodes": NODES, "Namespaces and pods": PODS,
        "Containers": CONTAINERS, "Kubelets": KUBELETS}
