# Paths and names of the cluster. Source it in the top folder of the tree, after scripts/setup.sh.
# shellcheck shell=bash disable=SC2034 # the scripts that source it use the variables

export LC_ALL=C                  # a decimal point in $EPOCHREALTIME

here=$PWD/tests/cluster
made=$PWD/build/cluster          # everything that is built, and what one run writes
state=$made/state                # gone after tests/cluster/down
logs=$made/log
# The same folders under names that do not depend on the tree; sockets need short ones.
inside=/run/cluster

node=node1
address=192.0.2.2                # of the node, which has no way out
services=10.96.0.0/16
pods=10.244.0.0/24
dns=10.96.0.10
cgroup=ipfs-peers-cluster        # parent of all cgroups of pods

# The tools of the node come before those of the machine.
node_path() {
  local debian=$made/debian
  printf %s "$PWD/build/tools/kube:$PWD/build/tools/coredns:$PWD/build/tools/netpol:"
  printf %s "$debian/usr/sbin:$debian/usr/bin:$debian/sbin:$debian/bin:$PATH:/usr/sbin:/sbin"
}

# The process ID of the node's first process, or failure if no node runs. node.pid has that of its
# parent, `unshare`.
node_pid() {
  local outer child
  outer=$(cat "$made/node.pid" 2>/dev/null) &&
    grep -qzx 'tests/cluster/node' "/proc/$outer/cmdline" 2>/dev/null &&
    child=$(cat "/proc/$outer/task/$outer/children") && [ "$child" ] && echo "${child% }"
}

# What this machine lacks to run a cluster, a line each; nothing if it lacks nothing.
find_missing() {
  local tool
  [ "$(id -u)" = 0 ] || { echo root && return; }
  grep -q '^VERSION_CODENAME=bookworm$' /etc/os-release || echo "Debian 12"
  [ ! -e /sys/fs/cgroup/cgroup.controllers ] || echo "cgroup v1"
  for tool in go apt-get ip nsenter unshare setsid openssl iptables iptables-restore curl podman; do
    PATH=$PATH:/usr/sbin:/sbin command -v $tool >/dev/null || echo "$tool"
  done
  [ -x build/static/x86_64/ipfs_peer_exporter ] || echo "static program"
  for tool in memory pids devices; do
    grep -qE "^$tool\s.*1$" /proc/cgroups || echo "cgroup controller $tool"
  done
  # shellcheck disable=SC2016 # variables of the inner shell
  unshare --mount --net --pid --fork bash -c '
    PATH=$PATH:/usr/sbin:/sbin
    ip link add bridge0 type bridge || echo bridge
    ip link add veth0 type veth peer name veth1 || echo veth
    iptables -w -t nat -A OUTPUT -m comment --comment a -j ACCEPT || echo NAT
    iptables -w -A FORWARD -m physdev --physdev-is-bridged -j ACCEPT || echo physdev
    mount -t tmpfs tmpfs /mnt && mkdir /mnt/{a,b,c,d} && mount -t overlay overlay \
      -o lowerdir=/mnt/a,upperdir=/mnt/b,workdir=/mnt/c /mnt/d || echo overlay' 2>/dev/null ||
    echo namespaces
}
