#include "exporter/poll/rpc_client.h"

#include <algorithm>
#include <utility>

#include "exporter/base/log.h"
#include "exporter/net/api_file.h"

namespace ipfs_peer_exporter {

RpcClient::RpcClient(const IpfsOptions& options, HttpFetcher& http)
    : options_(options), http_(http) {
  if (options.api) address_ = *options.api;
  WarnIfExposed();
}

void RpcClient::Change(const IpfsOptions& options) {
  const bool same_address = options.api == options_.api;
  const bool same_file = options.auth_file == options_.auth_file;
  options_ = options;
  if (!same_address) {
    told_.clear();
    address_ = options.api.value_or(HttpAddress{});
  }
  if (!same_address || !same_file) WarnIfExposed();
}

void RpcClient::WarnIfExposed() const {
  if (!options_.api || options_.auth_file.empty()) return;
  if (!address_.exposes_credentials()) return;
  Log(LogLevel::kWarn, "credentials go over the network in clear text",
      {{"address", address_.text}});
}

void RpcClient::FindDaemon() {
  if (options_.api) return;
  auto found = FindLocalRpc();
  if (found.problem != told_ && !found.problem.empty()) {
    Log(LogLevel::kWarn, "api file not used", {{"error", found.problem}});
  }
  told_ = std::move(found.problem);
  address_ = std::move(found.address);
}

Result<HttpFetcher::CallId> RpcClient::Start(
    const ipfs::Request& request, Duration timeout, ipfs::ReplyReader& reader,
    std::function<void(const HttpResult&)> done) {
  const auto credentials = ReadCredentials();
  if (!credentials) return credentials.error();
  return http_.Start({.address = address_,
                      .credentials = *credentials,
                      .tls = options_.tls,
                      .path = request.path(),
                      .post = request.is_rpc(),
                      .timeout = std::max(options_.timeout, timeout),
                      .max_bytes = reader.max_bytes(),
                      .on_body =
                          [&reader](int status, std::string_view bytes) {
                            return reader.Feed(status, bytes);
                          },
                      .done = std::move(done)});
}

// Others may be able to write the `api` file, so an address from it gets the
// credentials only if it is on this machine.
Result<Credentials> RpcClient::ReadCredentials() const {
  if (options_.auth_file.empty()) return Credentials{};
  if (!options_.api && !address_.local) {
    return Error{Reason::kAuth,
                 "credentials are not sent to " + address_.text +
                     " from an api file; set --ipfs.api to send them"};
  }
  return ReadAuthFile(options_.auth_file);
}

}  // namespace ipfs_peer_exporter
