# How each library is compiled into $prefix, with only what the exporter uses. Sourced by build,
# which sets the compiler, its flags and the current folder, a copy of the library's source.
# shellcheck shell=bash disable=SC2154,SC2034

# In the order of their dependencies. doctest is for the unit tests.
libraries=(
  zlib yaml-cpp gmp nettle libtasn1-6 libunistring gnutls28 libmicrohttpd curl rapidjson
  prometheus-cpp cli11 doctest
)

# What a static GnuTLS needs, for checks of configure.
gnutls="-lgnutls -lhogweed -lnettle -lgmp -ltasn1 -lunistring"

with_cmake() {
  cmake -G Ninja -B built -DCMAKE_TOOLCHAIN_FILE="$here/toolchain.cmake" \
    -DIPE_STATIC="$folder" -DIPE_TRIPLE="$triple" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_CXX_STANDARD=17 -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib "$@"
  cmake --build built -j "$jobs"
  cmake --install built
}

with_configure() {
  ./configure --build="$(gcc -dumpmachine)" --host="$triple" --prefix="$prefix" \
    --libdir="$prefix/lib" --disable-shared --enable-static "$@"
}

# Debian's patches change configure.ac and Makefile.am.
reconfigured() {
  GTKDOCIZE=true autoreconf -fi
  with_configure "$@"
}

build_zlib() {
  CHOST=$triple ./configure --static --prefix="$prefix"
  make -j "$jobs" libz.a
  make install
}

build_yaml-cpp() {
  with_cmake -DYAML_CPP_BUILD_TESTS=OFF -DYAML_CPP_BUILD_TOOLS=OFF -DYAML_CPP_BUILD_CONTRIB=OFF
}

build_gmp() {
  local folders=(SUBDIRS="mpn mpz mpq mpf printf scanf rand")
  CC_FOR_BUILD=gcc reconfigured --with-pic # for its assembler code
  make -j "$jobs" "${folders[@]}"
  make install "${folders[@]}"
}

build_nettle() {
  CC_FOR_BUILD=gcc with_configure --disable-documentation --disable-openssl
  make -j "$jobs" libnettle.a libhogweed.a
  make install-static install-headers install-pkgconfig
}

build_libtasn1-6() {
  reconfigured --disable-doc --disable-valgrind-tests
  make -j "$jobs" -C lib
  make -C lib install
}

build_libunistring() {
  reconfigured
  make -j "$jobs" -C lib
  make -C lib install
}

# Without its own copies of libtasn1 and libunistring, which lack Debian's patches.
build_gnutls28() {
  reconfigured --without-p11-kit --without-idn \
    --without-tpm --without-tpm2 --without-brotli --without-zstd --without-zlib --disable-doc \
    --disable-manpages --disable-tests --disable-tools --disable-cxx --disable-guile \
    --disable-libdane --disable-nls --disable-openssl-compatibility --disable-heartbeat-support \
    --disable-srp-authentication --disable-dtls-srtp-support --disable-full-test-suite \
    --without-default-trust-store-file
  make -j "$jobs" -C gl
  make -j "$jobs" -C lib
  make -C lib install
}

build_libmicrohttpd() {
  LIBS=$gnutls reconfigured --enable-https --with-gnutls="$prefix" --disable-doc \
    --disable-examples --disable-curl --disable-postprocessor --disable-bauth --disable-dauth --disable-nls
  make -j "$jobs" -C src/microhttpd libmicrohttpd.la
  make -C src/microhttpd install-libLTLIBRARIES
  make -C src/include install
  make install-pkgconfigDATA
}

# The exporter says which authorities to trust.
build_curl() {
  local off=(
    ldap ldaps rtsp dict file ftp telnet tftp pop3 imap smb smtp gopher mqtt manual docs ntlm
    ntlm-wb tls-srp alt-svc hsts netrc cookies doh ares libcurl-option versioned-symbols
  )
  local without=(
    ca-bundle ca-path zlib brotli zstd libpsl libidn2 nghttp2 libssh2 librtmp gssapi
  )
  LIBS=$gnutls reconfigured --with-gnutls="$prefix" \
    "${off[@]/#/--disable-}" "${without[@]/#/--without-}" \
    --enable-unix-sockets --enable-ipv6 --enable-threaded-resolver
  make -j "$jobs" -C lib
  make -C lib install
  make -C include install
  make install-pkgconfigDATA
  mv "$prefix"/lib/libcurl-*.a "$prefix/lib/libcurl.a" # a flavour of Debian's
}

build_rapidjson() {
  # It assigns to constants, which Clang refuses; nothing calls it.
  sed -i '/GenericStringRef& operator=(const GenericStringRef& rhs)/d' include/rapidjson/document.h
  with_cmake -DRAPIDJSON_BUILD_DOC=OFF -DRAPIDJSON_BUILD_EXAMPLES=OFF -DRAPIDJSON_BUILD_TESTS=OFF
}

build_prometheus-cpp() {
  with_cmake -DENABLE_PULL=OFF -DENABLE_PUSH=OFF -DENABLE_TESTING=OFF -DENABLE_COMPRESSION=OFF
}

build_cli11() {
  with_cmake -DCLI11_BUILD_TESTS=OFF -DCLI11_BUILD_EXAMPLES=OFF -DCLI11_BUILD_DOCS=OFF
}

build_doctest() { with_cmake -DDOCTEST_WITH_TESTS=OFF; }
