#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "exporter/base/units.h"
#include "exporter/serve/client_address.h"
#include "exporter/serve/http_message.h"
#include "exporter/serve/step_queue.h"

struct MHD_Connection;

namespace ipfs_peer_exporter {

struct Exchange;

// A client's connection, from accept to close. Used on the server's thread.
struct Connection {
  MHD_Connection* mhd;
  int fd;
  ClientAddress client{};
  bool asked = false;            // the header of a request has arrived
  bool is_parked = false;        // by ParkedConnections
  Exchange* exchange = nullptr;  // the present request; not owned
  // As in HttpRequest; nullopt before the first request.
  std::optional<std::string> certificate_error{};
};

// A request, from its first line to the end of the response. Used on the
// server's thread.
struct Exchange {
  Connection& connection;
  const char* target;   // in libmicrohttpd's buffer; valid until unescaped
  std::string query{};  // not decoded
  bool has_blank;       // in the target
  bool header_seen = false;
  std::string method{};
  std::string path{};  // decoded; empty if the target is not a path
  StepQueue::Id id = 0;
  HttpRequest request{};                   // refers to the members above
  std::optional<HttpResponse> response{};  // made by a step, not yet queued
  int status = 0;                          // of the response; 0: none yet
  std::size_t bytes = 0;                   // of the response's body
  Clock::time_point begun{};               // if the access log is on
};

}  // namespace ipfs_peer_exporter
