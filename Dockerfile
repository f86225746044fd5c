# The image contains only the static program, CA certificates, licences and an SBOM: no shell and no
# package manager. It runs as a user ID without an account, on a read-only root file system.
#
#   docker build .                      compiles everything from source, in some 15 minutes
#   docker build --target prebuilt .    takes the files that packaging/image/root made
#
# The stages of `prebuilt` come first, because older builders run all stages before their target.
FROM scratch AS settings
# For the label, and for build_info if this file compiles: git rev-parse --short=12 HEAD
ARG REVISION=unknown
LABEL org.opencontainers.image.title=ipfs_peer_exporter \
      org.opencontainers.image.description="Prometheus exporter for an IPFS node and the application beside it" \
      org.opencontainers.image.version=0.1.0 \
      org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.licenses=Apache-2.0 \
      org.opencontainers.image.source=https://github.com/ipfs-peer-exporter/ipfs_peer_exporter
USER 10055:10055
ENV IPFS_PEER_EXPORTER_WEB_LISTEN_ADDRESS=:10055
EXPOSE 10055
ENTRYPOINT ["/ipfs_peer_exporter"]

FROM settings AS prebuilt
ARG TARGETARCH
COPY build/image/$TARGETARCH /

# Cross-compiles on the machine's own architecture.
FROM --platform=$BUILDPLATFORM docker.io/library/debian:bookworm-slim AS build
ARG TARGETARCH
ARG TARGETVARIANT
ARG REVISION=unknown
ARG SOURCE_DATE_EPOCH
WORKDIR /source
COPY CMakeLists.txt LICENSE ./
COPY scripts scripts
COPY packaging packaging
COPY adapters adapters
COPY exporter exporter
# The cache keeps the compiler and the libraries for the next build.
RUN --mount=type=cache,target=/source/build/static \
    case $TARGETARCH$TARGETVARIANT in \
      amd64) arch=x86_64 ;; arm64*) arch=aarch64 ;; armv7) arch=armv7 ;; \
      *) echo "no program for $TARGETARCH$TARGETVARIANT" >&2; exit 1 ;; \
    esac && \
    packaging/static/build $arch && \
    packaging/image/root $TARGETARCH && \
    mv build/image/$TARGETARCH /image

FROM settings
COPY --from=build /image /
