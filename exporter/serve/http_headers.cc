#include "exporter/serve/http_headers.h"

#include <microhttpd.h>

#include <algorithm>

#include "exporter/serve/http_query.h"

namespace ipfs_peer_exporter {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c);
}

bool HasOnly(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text, [others](char c) {
    return IsAlnum(c) || others.find(c) != others.npos;
  });
}

bool IsToken(std::string_view text) {  // RFC 9110 (5.6.2)
  return !text.empty() && HasOnly(text, "!#$%&'*+-.^_`|~");
}

bool HasControl(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7F;
  });
}

bool IsNumber(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsDigit);
}

HttpRefusal Malformed(std::string_view why) {
  return {MHD_HTTP_BAD_REQUEST, why};
}

}  // namespace

void HttpHeaders::Add(std::string_view name, std::string_view value) {
  constexpr std::size_t kUsual = 16;
  if (fields_.empty()) fields_.reserve(kUsual);
  fields_.emplace_back(name, Trim(value));
}

std::vector<std::string_view> HttpHeaders::Values(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [other, value] : fields_) {
    if (IsSameText(other, name)) values.push_back(value);
  }
  return values;
}

std::string HttpHeaders::Get(std::string_view name) const {
  std::string all;
  for (const auto value : Values(name)) {
    if (!all.empty()) all += ", ";
    all += value;
  }
  return all;
}

bool HttpHeaders::HasBody() const {
  const auto is_zero = [](std::string_view length) { return length == "0"; };
  return !Values(MHD_HTTP_HEADER_TRANSFER_ENCODING).empty() ||
         !std::ranges::all_of(Values(MHD_HTTP_HEADER_CONTENT_LENGTH), is_zero);
}

std::optional<HttpRefusal> HttpHeaders::Refusal(bool needs_host) const {
  for (const auto& [name, value] : fields_) {
    if (!IsToken(name)) {
      return Malformed(
          "A header name is empty or has a character that is not allowed.");
    }
    if (HasControl(value)) {
      return Malformed("The value of a header holds a control character.");
    }
  }
  if (auto refusal = RefuseHost(needs_host)) return refusal;
  return RefuseFraming();
}

std::optional<HttpRefusal> HttpHeaders::RefuseHost(bool needs_host) const {
  const auto hosts = Values(MHD_HTTP_HEADER_HOST);
  if (hosts.empty() && needs_host)
    return Malformed("The Host header is missing.");
  if (hosts.size() > 1) return Malformed("There is more than one Host header.");
  if (!hosts.empty() && !HasOnly(hosts[0], "-._~%!$&'()*+,;=:[]")) {
    return Malformed("The Host header is not a host.");
  }
  return std::nullopt;
}

// Refuses framing that two parsers may read differently (request smuggling).
// Content-Length together with Transfer-Encoding is allowed, because the
// connection ends after the response to a request with a body.
std::optional<HttpRefusal> HttpHeaders::RefuseFraming() const {
  const auto lengths = Values(MHD_HTTP_HEADER_CONTENT_LENGTH);
  if (!std::ranges::all_of(lengths, IsNumber)) {
    return Malformed("Content-Length is not a number.");
  }
  const auto differs = [&lengths](auto length) { return length != lengths[0]; };
  if (std::ranges::any_of(lengths, differs)) {
    return Malformed("The Content-Length headers differ.");
  }
  const auto codings = Values(MHD_HTTP_HEADER_TRANSFER_ENCODING);
  const auto unknown = [](auto coding) {
    return !IsSameText(coding, "chunked");
  };
  if (std::ranges::any_of(codings, unknown)) {
    return HttpRefusal{MHD_HTTP_NOT_IMPLEMENTED,
                       "The only supported transfer coding is chunked."};
  }
  if (codings.size() > 1) return Malformed("A body may be chunked only once.");
  return std::nullopt;
}

}  // namespace ipfs_peer_exporter
