# Debian's source packages, with Debian's patches, through apt's signed index. Sourced by build.
# shellcheck shell=bash disable=SC2154,SC2034

packages=(
  zlib yaml-cpp gmp nettle libtasn1-6 libunistring gnutls28 libmicrohttpd curl rapidjson
  prometheus-cpp cli11 doctest
)

# apt with its own lists, so that this machine's settings stay as they are and no root is needed.
source_apt() {
  local state=$made/apt
  apt-get -q \
    -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts=- \
    -o Dir::State="$state" -o Dir::State::Lists="$state/lists" -o Dir::Cache="$state/cache" \
    -o APT::Sandbox::User="$(id -un)" "$@"
}

# This machine's mirrors of Debian 12; on another distribution, Debian's own.
write_source_list() {
  local suite mirror fallback
  while read -r suite fallback; do
    # shellcheck disable=SC2016 # variables of apt, not of the shell
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
      awk -v suite="$suite" '$2 == suite { print $1; exit }')
    printf 'deb-src [signed-by=%s] %s %s main\n' \
      /usr/share/keyrings/debian-archive-keyring.gpg "${mirror:-$fallback}" "$suite"
  done <<'END'
bookworm http://deb.debian.org/debian
bookworm-updates http://deb.debian.org/debian
bookworm-security http://deb.debian.org/debian-security
END
}

# Writes each file of the packages as "PACKAGE VERSION FILE SHA256", of the newest versions.
resolve() {
  mkdir -p "$made"/apt/{lists,cache/archives}/partial
  write_source_list >"$made/apt/sources.list"
  # Otherwise apt only warns of an index that it cannot read, such as that of the security patches.
  source_apt -o APT::Update::Error-Mode=any update >&2 || return
  source_apt --print-uris source "${packages[@]}" | awk '
    /SHA256:/ { split($2, part, "_"); sub("SHA256:", "", $4)
                version = part[2]; files[++count] = part[1] " " $2 " " $4
                if ($2 ~ /\.dsc$/) { sub(/\.dsc$/, "", version); versions[part[1]] = version } }
    END { for (i = 1; i <= count; i++) { split(files[i], f, " ")
            print f[1], versions[f[1]], f[2], f[3] } }' | sort
}

# Makes sources.lock and sources/PACKAGE. Without a network, the sources of the last time are used.
get_sources() {
  local lock=$made/sources.lock
  if ! resolve >"$lock.new" || [ ! -s "$lock.new" ]; then
    [ -s "$lock" ] || die "Debian's index of sources cannot be read"
    say "Debian's index cannot be read; using the sources of $(date -r "$lock" +%F)"
  elif ! cmp -s "$lock.new" "$lock" || [ ! -d "$made/sources" ]; then
    unpack_sources "$lock.new"
    mv "$lock.new" "$lock"
  fi
  rm -f "$lock.new"
}

# apt checks the files against the signed index, and sha256sum against the lock; dpkg-source would
# need the keys of all maintainers.
unpack_sources() {
  say "unpacking Debian's sources"
  rm -rf "$made/sources" "$made/sources.part"
  mkdir -p "$made/sources.part"
  (
    cd "$made/sources.part" || exit
    source_apt --download-only source "${packages[@]}" >/dev/null
    awk '{ print $4 "  " $3 }' "$1" | sha256sum --check --quiet
    for package in "${packages[@]}"; do
      dpkg-source --no-check --no-copy --extract "$package"_*.dsc "$package" >/dev/null
    done
  )
  mv "$made/sources.part" "$made/sources"
}
