# What is shipped beside the program: licences, versions, and the means to link it again.
# Sourced by build, which sets the variables.
# shellcheck shell=bash disable=SC2154

# licenses/NAME for each library in the program.
write_licenses() {
  local library zig=$made/zig/ziglang to=$folder/licenses
  rm -rf "$to"
  mkdir -p "$to"
  for library in "${libraries[@]}"; do
    [ "$library" = doctest ] || cp "$made/sources/$library/debian/copyright" "$to/$library"
  done
  cp "$zig/lib/libc/musl/COPYRIGHT" "$to/musl"
  cp "$zig/lib/libcxx/LICENSE.TXT" "$to/libcxx"
  cp "$zig/LICENSE" "$to/zig"
  cp -L /usr/share/common-licenses/{GPL-2,GPL-3,LGPL-2.1,LGPL-3,Apache-2.0} "$to/"
}

# components.tsv, for an SBOM: name, version, origin and SHA-256 of each library in the program. The
# SHA-256 of a source package is its .dsc's, which holds those of the other files.
write_components() {
  local libcxx
  libcxx=$("$CXX" --version | sed -n 's/^clang version \([0-9.]*\).*/\1/p')
  {
    awk '$3 ~ /\.dsc$/ && $1 != "doctest" { print $1 "\t" $2 "\tdebian/bookworm\t" $4 }' \
      "$made/sources.lock"
    awk -v OFS='\t' -v libcxx="$libcxx" '
      /^ziglang/ { split($1, zig, "=="); origin = "pypi/ziglang/" zig[2] }
      match($0, /sha256:[0-9a-f]+/) && !hash { hash = substr($0, RSTART + 7, RLENGTH - 7) }
      END { print "musl", "1.2.5", origin, hash
            print "libcxx", libcxx, origin, hash }' "$here/zig.txt"
  } >"$folder/components.tsv"
}

# relink/: objects, libraries and the command, as the LGPL asks for.
write_relink() {
  local word words to=$folder/relink command=()
  rm -rf "$to"
  mkdir -p "$to"
  read -ra words < <(ninja -C "$folder/cmake" -t commands ipfs_peer_exporter | tail -n 1 |
    sed 's/^: && //; s/ && :$//')
  for word in "${words[@]:1}"; do
    case $word in
      -L* | -ffile-prefix-map=*) ;;
      */libcxx_hardening.h | *.o | *.a)
        (cd "$folder/cmake" && cp "$word" "$to/")
        command+=("${word##*/}")
        ;;
      *) command+=("$word") ;;
    esac
  done
  {
    printf '#!/bin/sh\n# Links ipfs_peer_exporter from these files, one of which may be changed.\n'
    printf '# Needs the PyPI package ziglang of the version in components.tsv.\n'
    # shellcheck disable=SC2016 # a variable of the written script
    printf 'cd "$(dirname "$0")" && exec ${ZIG:-python3 -m ziglang} c++ -target %s %s\n' \
      "$triple" "${command[*]}"
  } >"$to/relink"
  chmod +x "$to/relink"
}
