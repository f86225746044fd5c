# The image contains only the program, its libraries, CA certificates and licences: no shell and no
# package manager. It runs as a user ID without an account, on a read-only root file system.
FROM docker.io/library/debian:bookworm-slim AS build

RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates cmake g++ libcli11-dev libcrypt-dev libcurl4-openssl-dev \
        libgnutls28-dev libmicrohttpd-dev libyaml-cpp-dev ninja-build pkg-config \
        prometheus-cpp-dev rapidjson-dev zlib1g-dev && \
    rm -rf /var/lib/apt/lists/*

# The revision for build_info: docker build --build-arg REVISION=$(git rev-parse --short=12 HEAD) .
ARG REVISION=unknown
WORKDIR /source
COPY CMakeLists.txt CMakePresets.json LICENSE ./
COPY adapters adapters
COPY exporter exporter
RUN cmake --preset release -DBUILD_TESTING=OFF -DIPE_REVISION="$REVISION" && \
    cmake --build --preset release

# The libraries that the program loads, at the paths where it looks for them, with links resolved.
RUN program=build/release/ipfs_peer_exporter && \
    mkdir -p /image/etc/ssl/certs && \
    cp /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ && \
    ldd "$program" | grep -o '/[^ ]*' | xargs -I{} cp -L --parents {} /image && \
    install -s -m 0755 "$program" /image/ipfs_peer_exporter

# The licences of the program and of these libraries.
RUN cp LICENSE /image/ && \
    ldd build/release/ipfs_peer_exporter | grep -o '/[^ ]*' | sed 's|.*/|*/|' | \
        xargs dpkg -S | sed 's|:.*||; s|.*|/usr/share/doc/&/copyright|' | sort -u | \
        xargs -I{} cp -L --parents {} /image && \
    cp -rL --parents /usr/share/common-licenses /image

FROM scratch
COPY --from=build /image /
USER 10055:10055
ENV IPFS_PEER_EXPORTER_WEB_LISTEN_ADDRESS=:10055
EXPOSE 10055
ENTRYPOINT ["/ipfs_peer_exporter"]
