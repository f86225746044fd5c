# Functions of ./run and ./check to install and build. Source it in the top folder of the tree.
# shellcheck shell=bash

# Go and npm need HOME. If it is unset, ~ is the home directory from the user database.
export HOME=~

build_packages=(
  g++ cmake ninja-build pkg-config git ca-certificates curl python3
  libcurl4-openssl-dev prometheus-cpp-dev rapidjson-dev libcli11-dev doctest-dev
  libmicrohttpd-dev libgnutls28-dev libcrypt-dev libyaml-cpp-dev zlib1g-dev openssl
)

say() { printf '==> %s\n' "$*"; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "root or sudo is needed for: $*"
  fi
}

apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@"; }

# Installs the given Debian packages that are missing.
install_packages() {
  local package missing=()
  for package; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  apt_get update
  apt_get install --no-install-recommends "${missing[@]}"
}

install_build_tools() {
  command -v apt-get >/dev/null ||
    die "needs Debian 12, Ubuntu 24.04 or newer; elsewhere, install the equivalents of: ${build_packages[*]} nodejs npm"
  install_packages "${build_packages[@]}"
}

# Runs install_$1, which some tests need; without it, these tests are skipped with a message.
# In a separate shell, because || would disable set -e in this one.
try_install() {
  bash -euo pipefail -c ". scripts/setup.sh; install_$1" "$0" || say "$1 could not be installed"
}

# Checks for commands instead of packages, because Node need not come from Debian.
install_node() {
  local packages=()
  command -v node >/dev/null || packages+=(nodejs)
  command -v npm >/dev/null || packages+=(npm)
  install_packages "${packages[@]}"
}

# Installs an npm kit of tests/ into a folder of build/; runs npm only when the lock file changed.
# The installation is complete if installed-lock.json exists.
install_kit() {
  local kit=$1 made=$2
  install_node
  mkdir -p "$made"
  cp "$kit"/* "$made"/
  cmp -s "$kit/package-lock.json" "$made/installed-lock.json" && return
  say "installing $kit from npm into $made"
  rm -f "$made/installed-lock.json"
  cp "$kit/.npmrc" "$made"/
  (cd "$made" && npm ci)
  cp "$kit/package-lock.json" "$made/installed-lock.json"
}

install_js_ipfs() { install_kit tests/js-ipfs build/js-ipfs; }

# Debian's Chromium, and what drives it in tests/browser.
install_browser() {
  install_packages chromium
  install_kit tests/browser build/browser
}

# Grafana's types, against which the tests check the dashboards.
install_dashboards_types() { install_kit tests/monitoring/dashboards-types build/dashboards-types; }

# Makes build/prometheus-client unless it is already made from the same requirements.
install_prometheus_client() {
  local wanted=tests/prometheus-client/requirements.txt made=build/prometheus-client
  ! cmp -s $wanted $made/requirements.txt || return 0
  python3 -m pip --version >/dev/null 2>&1 || install_packages python3-pip
  say "installing prometheus_client into $made"
  rm -rf $made
  python3 -m pip install --quiet --no-deps --only-binary :all: --require-hashes \
    --target $made --requirement $wanted
  cp $wanted $made/
}

# Unpacks packages of Debian into a folder instead of installing them, because they would start a
# service.
unpack_packages() {
  local made=$1 package
  say "unpacking Debian's $2 into $made"
  rm -rf "$made" "$made.part"
  mkdir -p "$made.part/packages"
  (cd "$made.part/packages" && apt-get -q download "${@:2}")
  for package in "$made".part/packages/*.deb; do
    dpkg -x "$package" "$made.part"
  done
  rm -r "$made.part/packages"
  mv "$made.part" "$made"
}

# Debian's Prometheus. Its web pages also need the packages of their scripts and fonts.
install_prometheus() {
  local names packages
  ! find_prometheus || return 0
  apt_get update
  names=$(
    apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
      --no-replaces --no-enhances prometheus | grep -E '^(libjs|fonts)-[^ ]+$'
  )
  mapfile -t packages <<<"$names"
  unpack_packages build/prometheus prometheus "${packages[@]}"
  find_prometheus
}

# Puts the unpacked Prometheus last on the PATH; fails if there is no Prometheus at all.
find_prometheus() {
  export PATH="$PATH:$PWD/build/prometheus/usr/bin"
  command -v prometheus >/dev/null
}

# Debian's Alertmanager and amtool.
install_alertmanager() {
  ! find_alertmanager || return 0
  apt_get update
  unpack_packages build/alertmanager prometheus-alertmanager
  find_alertmanager
}

# Like find_prometheus.
find_alertmanager() {
  export PATH="$PATH:$PWD/build/alertmanager/usr/bin"
  command -v amtool >/dev/null
}

# Builds the programs of tests/tools/$1 with Go into build/tools/$1; further arguments are go
# install's. Does nothing if they were built from the same files with the same arguments.
install_go_tools() {
  local kit=$PWD/tests/tools/$1 made=$PWD/build/tools/$1 wanted
  wanted=$(printf '%s\n' "${@:2}" && cat "$kit"/*)
  [ "$wanted" != "$(cat "$made/built-from" 2>/dev/null)" ] || return 0
  command -v go >/dev/null || die "tests/tools/$1 needs Go"
  say "building tests/tools/$1 with Go"
  rm -rf "$made"
  (cd "$kit" && CGO_ENABLED=0 GOBIN=$made go install -p 2 -trimpath -ldflags '-s -w' "${@:2}")
  printf '%s\n' "$wanted" >"$made/built-from"
}

install_expfmt() { install_go_tools expfmt .; }

# Prometheus 3 and its promtool, without the service discoveries of clouds, which take long to build.
install_prometheus3() { install_go_tools prometheus -tags remove_all_sd,enable_kubernetes_sd tool; }

# The daemon, of the version in the manifests.
install_kubo() { install_go_tools kubo tool; }

# What tests/cluster runs. Go's parts of Kubernetes get the version that clients see from a flag.
install_cluster_tools() {
  local made=$PWD/build/cluster version=k8s.io/component-base/version
  install_go_tools kube -ldflags "-s -w -X $version.gitVersion=v1.36.3 -X $version.gitMajor=1 \
    -X $version.gitMinor=36" tool
  install_go_tools coredns .
  install_go_tools netpol .
  install_kubo
  install_prometheus3
  unpack_once "$made/debian" etcd-server containerd runc containernetworking-plugins ipset libipset13 \
    libmnl0 conntrack libnetfilter-conntrack3 libnfnetlink0 libseccomp2
  unpack_once "$made/pods" busybox-static tini gosu
  unpack_once "$made/python" python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libc6 libexpat1 \
    zlib1g libssl3 libffi8 libgcc-s1
}

# Like unpack_packages, but keeps a folder that has the same packages.
unpack_once() {
  [ "${*:2}" != "$(cat "$1/packages.txt" 2>/dev/null)" ] || return 0
  apt_get update >/dev/null
  unpack_packages "$@"
  echo "${*:2}" >"$1/packages.txt"
}

# VictoriaMetrics and vmalert, with which SLOW=2 compares Prometheus.
install_victoriametrics() { install_go_tools victoriametrics tool; }

# Tools for tests/k8s, in build/k8s-tools. kustomize is built with Go; Debian 12's is too old.
install_k8s_tools() {
  local made=$PWD/build/k8s-tools kustomize=v5.8.1 validate=1.37.0 candidate
  [ "$(cat "$made/versions" 2>/dev/null)" != "$kustomize $validate" ] || return 0
  if ! command -v go >/dev/null; then
    candidate=$(LC_ALL=C apt-cache policy golang-go | awk '/Candidate:/ { print $2 }')
    dpkg --compare-versions "$candidate" ge 2:1.24 || die "kustomize needs Go 1.24 or newer"
    install_packages golang-go
  fi
  python3 -m pip --version >/dev/null 2>&1 || install_packages python3-pip
  say "installing kustomize and kubernetes-validate into build/k8s-tools"
  rm -rf "$made"
  GOBIN=$made/bin go install "sigs.k8s.io/kustomize/kustomize/v5@$kustomize"
  python3 -m pip install -q --target "$made/python" "kubernetes-validate==$validate"
  echo "$kustomize $validate" >"$made/versions"
}

# Tools for tests/lint_test.py.
install_lint_tools() { install_packages clang-format-14 clang-tidy-14 flake8 shellcheck; }

# A DNS server for tests/static.
install_static_test_tools() { install_packages unbound openssl; }

# Tools for tests/image: podman, and a validator of CycloneDX in build/sbom-tools.
install_image_tools() {
  local made=$PWD/build/sbom-tools version=11.12.0
  install_packages podman buildah runc catatonit iptables
  [ "$version" != "$(cat "$made/version" 2>/dev/null)" ] || return 0
  python3 -m pip --version >/dev/null 2>&1 || install_packages python3-pip
  say "installing cyclonedx-python-lib into build/sbom-tools"
  rm -rf "$made"
  python3 -m pip install -q --target "$made" "cyclonedx-python-lib[json-validation]==$version"
  echo "$version" >"$made/version"
}

# Runs programs for arm64 and armhf, with SLOW=2.
install_emulator() { install_packages qemu-user-static; }

# Makes the tar $1 of a bare Debian $2 without a registry; further arguments are debootstrap's.
make_root() (
  local packed=$1 mirror
  install_packages debootstrap debian-archive-keyring
  [ ! -e "$packed" ] || exit 0
  say "making $packed"
  # This machine's mirror; without one, debootstrap uses its default.
  # shellcheck disable=SC2016 # a variable of apt, not of the shell
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Codename: bookworm' |
    awk 'NR == 1')
  bare=$(mktemp -d)
  trap 'as_root rm -rf "$bare"' EXIT
  chmod 0755 "$bare" # the root folder, which users have to pass
  as_root timeout 1800 debootstrap --variant=minbase "${@:3}" "$2" "$bare" \
    ${mirror:+"$mirror"} | sed "/^I: /d"
  mkdir -p build
  as_root tar -C "$bare" -c . >"$packed.part"
  mv "$packed.part" "$packed"
)

# The Dockerfile's base image, in which tests/package also installs.
install_base_image() { make_root build/base-image.tar bookworm; }

# Other releases of Debian, in which tests/package installs with SLOW=2.
install_other_roots() {
  make_root build/bullseye.tar bullseye
  make_root build/trixie.tar trixie --include=adduser
}

# Where tests/package runs the service.
install_systemd_root() { make_root build/systemd-root.tar bookworm --include=systemd,systemd-sysv,adduser; }

# Tools for tests/package.
install_package_tools() { install_packages lintian systemd man-db groff fish zsh; }

# Configures and builds one CMake preset; further arguments go to the build (--target NAME).
build() {
  say "building build/$1"
  cmake --preset "$1" >/dev/null # errors go to stderr
  cmake --build --preset "$1" "${@:2}"
}

# Runs the tests of one CMake preset; writes all their output to junit.xml, for skipped.py.
run_tests() {
  ctest --preset "$1" --no-tests=error --output-junit junit.xml \
    --test-output-size-passed 1000000 "${@:2}"
}
