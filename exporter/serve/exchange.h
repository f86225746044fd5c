#pragma once

#include <optional>
#include <string>

#include "exporter/serve/http_message.h"
#include "exporter/serve/step_queue.h"

struct MHD_Connection;

namespace ipfs_peer_exporter {

// A request, from its first line to the end of the response. Used on the
// server's thread.
struct Exchange {
  MHD_Connection* connection;
  const char* target;   // in libmicrohttpd's buffer; valid until unescaped
  std::string query{};  // not decoded
  bool has_blank;       // in the target
  bool header_seen = false;
  std::string method{};
  std::string path{};  // decoded; empty if the target is not a path
  StepQueue::Id id = 0;
  HttpRequest request{};                   // refers to the members above
  std::optional<HttpResponse> response{};  // made by a step, not yet queued
};

}  // namespace ipfs_peer_exporter
