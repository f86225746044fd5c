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

// The header of a request, in the order in which it came. It does not own its
// text.
class HttpHeaders {
 public:
  void Add(std::string_view name, std::string_view value);

  // All of that name as one, as RFC 9110 (5.3) allows.
  std::string Get(std::string_view name) const;

  bool HasBody() const;

  // Why RFC 9110 and 9112 want this request refused, if they do. Only HTTP/1.0
  // may go without Host.
  std::optional<HttpRefusal> Refusal(bool needs_host) const;

 private:
  std::vector<std::string_view> Values(std::string_view name) const;
  std::optional<HttpRefusal> RefuseHost(bool needs_host) const;
  std::optional<HttpRefusal> RefuseFraming() const;

  std::vector<std::pair<std::string_view, std::string_view>> fields_;
};

}  // namespace ipfs_peer_exporter
