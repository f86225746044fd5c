# The image holds the program, the libraries it needs, CA certificates, licences and nothing else: no
# shell, no package manager. It runs as a user that exists nowhere, on a read-only root file system.
FROM docker.io/library/debian:bookworm-slim AS build

RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates cmake g++ libcli11-dev libcurl4-openssl-dev libmicrohttpd-dev \
        libspdlog-dev libyaml-cpp-dev ninja-build pkg-config prometheus-cpp-dev rapidjson-dev \
        zlib1g-dev && \
    rm -rf /var/lib/apt/lists/*

# What build_info tells: docker build --build-arg REVISION=$(git rev-parse --short=12 HEAD) .
ARG REVISION=unknown
WORKDIR /source
COPY CMakeLists.txt CMakePresets.json LICENSE ./
COPY adapters adapters
COPY exporter exporter
RUN cmake --preset release -DBUILD_TESTING=OFF -DIPE_REVISION="$REVISION" && \
    cmake --build --preset release

# What the program loads, links followed, at the paths where it looks for it.
RUN program=build/release/ipfs_peer_exporter && \
    mkdir -p /image/etc/ssl/certs && \
    cp /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ && \
    ldd "$program" | grep -o '/[^ ]*' | xargs -I{} cp -L --parents {} /image && \
    install -s -m 0755 "$program" /image/ipfs_peer_exporter

# What all of this may be passed on under.
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
