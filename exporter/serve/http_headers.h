#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ipfs_peer_exporter {

struct HttpRefusal {
  int status;
  std::string_view why;  // a sentence
};

// The header of a request, in the order of arrival. It does not own its text.
class HttpHeaders {
 public:
  void Add(std::string_view name, std::string_view value);

  // The values of all headers of that name as one list (RFC 9110, 5.3).
  std::string Get(std::string_view name) const;

  bool HasBody() const;

  // Why the request has to be refused by RFC 9110 or 9112, if it has to. Only
  // HTTP/1.0 does not need a Host.
  std::optional<HttpRefusal> Refusal(bool needs_host) const;

 private:
  std::vector<std::string_view> Values(std::string_view name) const;
  std::optional<HttpRefusal> RefuseHost(bool needs_host) const;
  std::optional<HttpRefusal> RefuseFraming() const;

  std::vector<std::pair<std::string_view, std::string_view>> fields_;
};

}  // namespace ipfs_peer_exporter
