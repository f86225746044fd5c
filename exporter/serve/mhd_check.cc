#include "exporter/serve/mhd_check.h"

#include <microhttpd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>

#include "exporter/serve/generation.h"
#include "exporter/serve/mhd_daemon.h"

namespace ipfs_peer_exporter {

std::optional<Error> CheckMhd() {
  bool is_read = false;
  MhdShared shared(
      [&is_read](const HttpRequest& request) {
        is_read = request.path == "/a b" && request.accept_encoding == "gzip" &&
                  request.query == HttpQuery{{"c", "d"}};
        HttpResponse response;
        response.body = std::make_shared<const std::string>();
        return response;
      },
      {});
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                 ends) != 0) {
    return CannotServe();
  }
  constexpr std::string_view kRequest =
      "GET /a%20b?c=d HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n";
  send(ends[0], kRequest.data(), kRequest.size(), MSG_NOSIGNAL);
  Generation generation(shared, nullptr);
  if (const auto status = StartDaemon(generation, MHD_INVALID_SOCKET);
      !status) {
    return status.error();
  }
  MHD_Daemon* const daemon = generation.daemons.front();
  const sockaddr peer{.sa_family = AF_UNIX, .sa_data = {}};
  MHD_add_connection(daemon, ends[1], &peer, sizeof peer);  // owns ends[1] now
  ssize_t received = -1;
  constexpr int kTurns = 8;  // 0.9.75 takes one
  for (int i = 0; i < kTurns && received < 0; ++i) {
    MHD_run(daemon);
    char byte = 0;
    received = recv(ends[0], &byte, sizeof byte, 0);
  }
  close(ends[0]);
  // If libmicrohttpd parsed the query itself, OnUnescape would have shut down
  // the connection before the response.
  if (is_read && received > 0) return std::nullopt;
  return Error{Reason::kConnect,
               "cannot serve HTTP: libmicrohttpd " +
                   std::string(MHD_get_version()) +
                   " does not read requests as the exporter expects"};
}

}  // namespace ipfs_peer_exporter
