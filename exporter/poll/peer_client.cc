#include "exporter/poll/peer_client.h"

#include <utility>

#include "exporter/base/log.h"

namespace ipfs_peer_exporter {
namespace {

// A request ends with a newline; without a request, nothing is sent.
std::string AsLine(std::string request) {
  if (!request.empty() && !request.ends_with('\n')) request += '\n';
  return request;
}

}  // namespace

PeerClient::PeerClient(const PeerOptions& peer, const Limits& limits,
                       HttpFetcher& http, SocketFetcher& sockets)
    : peer_(peer),
      limits_{AsLine(limits.request), limits.timeout, limits.max_bytes},
      http_(http),
      sockets_(sockets) {
  if (!peer.auth_file.empty() && peer.address.http.exposes_credentials()) {
    Log(LogLevel::kWarn, "credentials go over the network in clear text",
        {{"collector", peer.collector()}, {"address", peer.address.text}});
  }
}

PeerClient::~PeerClient() {
  http_.Cancel(http_call_);
  sockets_.Cancel(socket_call_);
}

void PeerClient::Start(Done done) {
  if (peer_.address.kind == StatsAddress::Kind::kHttp) {
    return StartHttp(std::move(done));
  }
  socket_call_ = sockets_.Start({.address = peer_.address.socket,
                                 .request = limits_.request,
                                 .timeout = limits_.timeout,
                                 .max_bytes = limits_.max_bytes,
                                 .done = std::move(done)});
}

void PeerClient::StartHttp(Done done) {
  const auto credentials =
      peer_.auth_file.empty() ? Credentials{} : ReadAuthFile(peer_.auth_file);
  if (!credentials) return done(credentials.error());
  body_.clear();
  http_call_ = http_.Start(
      {.address = peer_.address.http,
       .credentials = *credentials,
       .tls = peer_.tls,
       .path = peer_.address.page,
       .timeout = limits_.timeout,
       .max_bytes = limits_.max_bytes,
       .on_body = [this](
                      int status,
                      std::string_view bytes) { return OnBody(status, bytes); },
       .done = [this, done = std::move(done)](
                   const HttpResult& result) { done(ReplyOf(result)); }});
}

Status PeerClient::OnBody(int status, std::string_view bytes) {
  if (status != 200) return Ok();  // the body of an error is not used
  if (body_.size() + bytes.size() > limits_.max_bytes) {
    return Error{Reason::kTooLarge,
                 "more than " + std::to_string(limits_.max_bytes) + " bytes"};
  }
  body_ += bytes;
  return Ok();
}

Result<std::string> PeerClient::ReplyOf(const HttpResult& result) {
  if (result.error) return *result.error;
  if (result.status == 200) return std::move(body_);
  const bool denied = result.status == 401 || result.status == 403;
  return Error{denied ? Reason::kAuth : Reason::kHttpStatus,
               "HTTP " + std::to_string(result.status)};
}

}  // namespace ipfs_peer_exporter
