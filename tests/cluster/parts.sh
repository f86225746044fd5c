# How each part of the node starts, and how it says that it is ready. Source it after env.sh, in the
# namespaces of the node. Kubernetes' own defaults apply except where a comment says why not.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of env.sh, and for node

# In the order of their start.
parts=(etcd apiserver containerd controllers scheduler kubelet proxy policies)

start_etcd() {
  # In memory: the disk of a busy machine may take seconds for each write.
  exec etcd --data-dir /run/etcd
}
etcd_is_ready() { curl -sf http://127.0.0.1:2379/health; }

start_apiserver() {
  # Without the addresses, it would look for the kubelet under the name of the node.
  exec kube-apiserver --etcd-servers=http://127.0.0.1:2379 --advertise-address="$address" \
    --service-cluster-ip-range="$services" --allow-privileged=true --cert-dir=/run/pki/made \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --client-ca-file=/run/pki/ca.crt \
    --tls-cert-file=/run/pki/apiserver.crt --tls-private-key-file=/run/pki/apiserver.key \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-signing-key-file=/run/pki/service-accounts.key \
    --service-account-key-file=/run/pki/service-accounts.pub \
    --kubelet-certificate-authority=/run/pki/ca.crt \
    --kubelet-client-certificate=/run/pki/admin.crt --kubelet-client-key=/run/pki/admin.key \
    --kubelet-preferred-address-types=InternalIP
}
apiserver_is_ready() { kubectl get --raw /readyz; }

start_containerd() { exec containerd --config "$here/containerd.toml"; }
containerd_is_ready() { ctr version; }

start_controllers() {
  exec kube-controller-manager --kubeconfig=/run/pki/controllers.conf --leader-elect=false \
    --use-service-account-credentials --root-ca-file=/run/pki/ca.crt --secure-port=0 \
    --service-account-private-key-file=/run/pki/service-accounts.key \
    --controllers='*,-node-ipam-controller'
}
controllers_is_ready() { kubectl get serviceaccount default; }

start_scheduler() {
  exec kube-scheduler --kubeconfig=/run/pki/scheduler.conf --leader-elect=false --secure-port=0
}
scheduler_is_ready() { true; } # pods that start show it

start_kubelet() {
  exec kubelet --config="$here/kubelet.yaml" --kubeconfig=/run/pki/node.conf \
    --hostname-override="$node" --node-ip="$address" --root-dir=/run/cluster/state/kubelet \
    --cert-dir=/run/pki/made
}
kubelet_is_ready() { kubectl wait --for=condition=Ready "node/$node" --timeout=1s; }

start_proxy() {
  # In namespaces of its own, it may not change the limits of the connection tracking.
  exec kube-proxy --kubeconfig=/run/pki/proxy.conf --proxy-mode=iptables --cluster-cidr="$pods" \
    --hostname-override="$node" --conntrack-max-per-core=0 \
    --conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0
}
proxy_is_ready() { curl -sf http://127.0.0.1:10256/healthz; }

start_policies() { exec netpol /run/pki/admin.conf "$node" "$services"; }
policies_is_ready() { iptables -w -S KUBE-ROUTER-INPUT; }
