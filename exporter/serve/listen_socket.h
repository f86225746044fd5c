#pragma once

#include <string>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// Opens a listening TCP socket, non-blocking and close-on-exec; the caller owns
// it. The address is HOST:PORT or [IPV6]:PORT; port 0 takes a free port.
// Without a host (":PORT") it listens on all addresses of both families. The
// error is one line that names the address; `os_error`, if given, is its errno
// or 0.
Result<int> Listen(const std::string& address, int* os_error = nullptr);

// The address of a listening socket: "127.0.0.1:41231", "[::1]:41231".
std::string LocalAddress(int fd);

}  // namespace ipfs_peer_exporter
