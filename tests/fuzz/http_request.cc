// Fuzzes a client's request. The first line is the query, the rest is
// Accept-Encoding and Accept.
#include <algorithm>

#include "exporter/serve/accept.h"
#include "exporter/serve/http_query.h"
#include "exporter/serve/pages.h"
#include "tests/fuzz/property.h"

namespace ipfs_peer_exporter {
namespace {

std::string Encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return encoded;
}

HttpQuery ReadQuery(std::string_view text) {
  const auto query = ParseQuery(text);
  Require(query.size() <=
              1 + static_cast<std::size_t>(std::ranges::count(text, '&')),
          "an argument ends at &");
  std::size_t size = 0;
  std::string again;
  for (const auto& [name, value] : query) {
    size += name.size() + value.size();
    again += Encode(name) + "=" + Encode(value) + "&";
  }
  Require(size <= text.size(), "decoding does not grow the text");
  Require(ParseQuery(again) == query, "a decoded query can be encoded");
  return query;
}

void CheckAcceptEncoding(std::string_view header) {
  const bool accepts = AcceptsGzip(header);
  const std::string text(header);
  Require(AcceptsGzip("br," + text) == accepts,
          "a coding before gzip is ignored");
  Require(AcceptsGzip(text + ",br") == accepts,
          "a coding after gzip is ignored");
  std::string upper;
  for (const char c : text) {
    upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  Require(!accepts || upper.find("GZIP") != std::string::npos ||
              upper.find('*') != std::string::npos,
          "gzip or any coding must be named");
  Require(AcceptsGzip(upper) == accepts, "case is ignored");
}

// The choice does not depend on a type that is not served.
void CheckAccept(const std::string& header) {
  const auto chosen = ChooseFormat(header);
  const bool is_text = chosen.content_type.starts_with("text/plain; version=");
  Require((chosen.format == Format::kText) == is_text,
          "the content type is the format's");
  Require(chosen.content_type.size() < 100, "no text of the client is sent");
  Require(ChooseFormat("a/b;q=1," + header).content_type == chosen.content_type,
          "a type that is not served is ignored");
}

bool IsUnknown(const std::pair<std::string, std::string>& argument) {
  const auto& [name, value] = argument;
  return (name == "collect[]" || name == "exclude[]") &&
         value != "ipfs.swarm" && value != "ipfs";
}

void Ask(const HttpRequest& request) {
  static Store* const store = [] {
    auto* const made = new Store;
    made->Add("ipfs.swarm", "ipfs", std::chrono::seconds(10));
    made->Publish({}, {});
    return made;
  }();
  ScrapeCounter scrapes;
  const History history;
  Pages pages(*store, scrapes, history);
  const auto answer = pages.Answer(request);
  const bool unknown = std::ranges::any_of(request.query, IsUnknown);
  Require(answer.status == (unknown ? 400 : 200), "unknown names are refused");
  Require(answer.body != nullptr, "there is a body");
  Require(answer.gzip == (!unknown && AcceptsGzip(request.accept_encoding)),
          "only clients that accept gzip get it");
}

}  // namespace
}  // namespace ipfs_peer_exporter

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace ipfs_peer_exporter;
  const auto input = AsText(data, size);
  const auto line = input.substr(0, input.find('\n'));
  const auto header = input.substr(std::min(line.size() + 1, input.size()));

  HttpRequest request;
  request.path = "/metrics";
  request.query = ReadQuery(line);
  CheckAcceptEncoding(header);
  CheckAccept(std::string(header));
  request.accept = header;
  request.accept_encoding = header;
  Ask(request);
  return 0;
}
