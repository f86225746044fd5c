"""The row of Kubernetes cluster about the kubelets themselves."""

import kubernetes_queries as of
from kubernetes_queries import R
from panels import bars, timeseries
from queries import LISTED, top

KUBELET = "the kubelet, `/metrics`"
ENDPOINT = "cluster, node, metrics_path"
NAME = "{{cluster}} {{node}} {{metrics_path}}"

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
               [(f"sum by (code) (rate(kubelet_started_containers_errors_total{{@node}}{R}))"
                 ' or label_replace(0 * sum(kubelet_running_pods{@node}), "code", "none", "", "")',
                 "{{code}}")], low=0, what="Container starts that failed, by reason.",
               source=f"`kubelet_started_containers_errors_total`: {KUBELET}.", good="None.",
               do="ErrImagePull: check name, tag and credentials. CreateContainerError: read the "
                  "pod's events."),
    timeseries("Runtime operations", "s",
               [(top("histogram_quantile(0.99, sum by (le, operation_type)"
                     f" (rate(kubelet_runtime_operations_duration_seconds_bucket{{@node}}{R})))",
                     key="operation_type"), "{{operation_type}}")], low=0,
               what="99th percentile of the duration of the ten slowest calls to the container "
                    "runtime.",
               source=f"`kubelet_runtime_operations_duration_seconds`: {KUBELET}.",
               good="Below a second, except for pulling images.",
               do="If all are slow, the disk of the node is busy or full."),
    bars("Kubelet endpoints", "none",
         [(f"sort(bottomk({LISTED}, {of.once(of.ENDPOINTS, ENDPOINT)}))", NAME)],
         watched=["KubeletDown"], high=1, w=12,
         what="Whether Prometheus could scrape the endpoints of kubelets, those that failed first.",
         source="`up`.", good="1 everywhere.",
         do="If all of a node are 0, the node is down. If only one is, check the service "
            "account's rights."),
    timeseries("Scrape duration", "s",
               [(top(of.once("scrape_duration_seconds{@node} and on (cluster, job, node)"
                             " kubelet_node_name{@node}", ENDPOINT), key=ENDPOINT), NAME)],
               low=0, w=12, limits=[(">", 10, "orange")],
               what="Time that Prometheus takes to scrape the ten slowest endpoints.",
               source="`scrape_duration_seconds`.", good="Below a second.",
               do="cAdvisor is slow when there are many containers: scrape less often."),
]
