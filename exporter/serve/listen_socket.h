#pragma once

#include <string>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// Opens a listening TCP socket, non-blocking and close-on-exec; the caller owns
// it. `address` is HOST:PORT or [IPV6]:PORT; port 0 takes a free port. Without
// a host (":PORT") the socket listens on all addresses of both families. The
// error is one line with the address. If `os_error` is given and the system
// refuses the address, it receives the errno.
Result<int> Listen(const std::string& address, int* os_error = nullptr);

// The address of a listening socket: "127.0.0.1:41231", "[::1]:41231";
// "unknown" if it cannot be read.
std::string LocalAddress(int fd);

// Whether only this machine can reach the listening socket.
bool IsLoopback(int fd);

}  // namespace ipfs_peer_exporter
