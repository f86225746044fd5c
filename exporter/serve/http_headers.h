#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ipfs_peer_exporter {

// Why a request is refused.
struct HttpRefusal {
  int status;            // HTTP status code
  std::string_view why;  // a sentence, sent as the body; static text
};

// The header fields of a request, in order of arrival. Does not own their text.
class HttpHeaders {
 public:
  void Add(std::string_view name, std::string_view value);

  // The values of all fields with this name, joined with ", " (RFC 9110, 5.3).
  // Empty if there is none.
  std::string Get(std::string_view name) const;

  bool HasBody() const;

  // Why RFC 9110 or 9112 requires refusing the request; nullopt if it is valid.
  // `needs_host` is false for HTTP/1.0.
  std::optional<HttpRefusal> Refusal(bool needs_host) const;

 private:
  std::vector<std::string_view> Values(std::string_view name) const;
  std::optional<HttpRefusal> RefuseHost(bool needs_host) const;
  std::optional<HttpRefusal> RefuseFraming() const;

  std::vector<std::pair<std::string_view, std::string_view>> fields_;
};

}  // namespace ipfs_peer_exporter
