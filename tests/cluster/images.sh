# Makes the images of the pods in build/cluster/images, under the names that the manifests give them.
# Source it after env.sh.
# shellcheck shell=bash disable=SC2154 # variables of env.sh

tools=$PWD/build/tools

# The name of an image in the manifests, with its version.
named() { grep -rhoE "image: $1:[^ ]+" k8s/base | sort -u | sed 's/^image: //'; }

make_image() { # NAME ROOT [KEY=JSON ...]
  python3 "$here/images.py" "$1" "$made/roots/$2" "$made/images/$2.tar" "${@:3}"
}

# A new folder with a shell and its commands.
make_root_of() {
  local root=$made/roots/$1 applet
  rm -rf "$root"
  mkdir -p "$root"/{bin,sbin,etc,tmp,usr/bin,usr/local/bin}
  chmod 1777 "$root/tmp"
  cp "$made/pods/bin/busybox" "$root/bin/"
  for applet in $("$root/bin/busybox" --list); do
    [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
  done
  echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
  echo 'root:x:0:' >"$root/etc/group"
}

make_pause() {
  make_root_of pause
  make_image localhost/pause:1 pause 'Entrypoint=["/bin/sleep", "infinity"]'
}

make_coredns() {
  make_root_of coredns
  cp "$tools/coredns/coredns" "$made/roots/coredns/"
  make_image localhost/coredns:1 coredns 'Entrypoint=["/coredns"]'
}

make_prometheus() {
  make_root_of prometheus
  mkdir "$made/roots/prometheus/prometheus"
  cp "$tools"/prometheus/{prometheus,promtool} "$made/roots/prometheus/bin/"
  make_image "$(named docker.io/prom/prometheus)" prometheus \
    'Entrypoint=["/bin/prometheus"]' 'WorkingDir="/prometheus"' 'User="65534"'
}

# As the Dockerfile of Kubo makes it, with its own start scripts.
make_kubo() {
  local root=$made/roots/kubo source
  source=$(cd tests/tools/kubo && go mod download github.com/ipfs/kubo &&
    go list -m -f '{{.Dir}}' github.com/ipfs/kubo)
  make_root_of kubo
  cp "$tools/kubo/ipfs" "$root/usr/local/bin/"
  cp "$made/pods/usr/bin/tini-static" "$root/sbin/tini"
  cp "$made/pods/usr/sbin/gosu" "$root/sbin/gosu"
  install -m 0755 "$source/bin/container_daemon" "$root/usr/local/bin/start_ipfs"
  install -m 0755 "$source/bin/container_init_run" "$root/usr/local/bin/container_init_run"
  # Debian's busybox has no `install -m MODE FROM TO`.
  # shellcheck disable=SC2016 # variables of the script
  printf '#!/bin/sh\ncp "$3" "$4" && chmod "$2" "$4"\n' >"$root/bin/install"
  chmod 0755 "$root/bin/install"
  echo 'ipfs:x:1000:100:ipfs:/data/ipfs:/bin/sh' >>"$root/etc/passwd"
  echo 'users:x:100:ipfs' >>"$root/etc/group"
  mkdir -p "$root/data/ipfs" "$root/container-init.d"
  make_image "$(named docker.io/ipfs/kubo)" kubo 'Env=["PATH=/usr/local/bin:/bin:/sbin",
    "IPFS_PATH=/data/ipfs"]' 'Entrypoint=["/sbin/tini", "--", "/usr/local/bin/start_ipfs"]'
}

# Debian's Python in place of the official image.
make_python() {
  local root=$made/roots/python program
  rm -rf "$root"
  mkdir -p "$made/roots"
  cp -a "$made/python" "$root"
  program=$(cd "$root/usr/bin" && ls -d python3.*)
  ln -s "$program" "$root/usr/bin/python3"
  mkdir -p "$root/tmp"
  make_image "$(named docker.io/library/python)" python \
    'Env=["PATH=/usr/local/bin:/usr/bin:/bin"]' 'Entrypoint=["/usr/bin/python3"]'
}

# Makes all images but the exporter's, unless their parts are the same as the last time.
make_images() {
  local wanted
  wanted=$(sha256sum "$here"/images.{sh,py} "$tools"/*/built-from "$made"/{pods,python}/packages.txt
    grep -rhE 'image: ' k8s/base | sort -u)
  [ "$wanted" != "$(cat "$made/images/made-from" 2>/dev/null)" ] || return 0
  say "making the images of the pods"
  rm -rf "$made/images" "$made/roots"
  mkdir -p "$made/images"
  make_pause
  make_coredns
  make_prometheus
  make_kubo
  make_python
  rm -rf "$made/roots"
  printf '%s\n' "$wanted" >"$made/images/made-from"
}

# The exporter's, from the static program.
make_exporter_image() {
  local program=build/static/x86_64/ipfs_peer_exporter archive=build/image/ipfs-peer-exporter.tar
  if [ -e $archive ]; then
    [ -n "$(find $program Dockerfile packaging/image -type f -newer $archive)" ] || return 0
  fi
  packaging/image/build amd64 >"$logs/exporter-image.log" 2>&1 ||
    { tail -n 20 "$logs/exporter-image.log" >&2; die "the image of the exporter: see above"; }
}
