// Fuzzes a daemon's reply to any request of any collector. An input is:
//
//   CALL STATUS[ STREAM_ERROR]     swarm/peers 200
//   PIECES                         each byte is the size of a piece of the body
//   body
#include "adapters/ipfs/reply.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "adapters/ipfs/collector.h"
#include "tests/fuzz/property.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

std::vector<Request> AllRequests() {
  std::vector<Request> all;
  for (const Collector* collector : Collectors()) {
    std::ranges::move(collector->requests({}), std::back_inserter(all));
  }
  return all;
}

const Request* FindRequest(std::string_view call) {
  static const std::vector<Request> kRequests = AllRequests();
  const auto found = std::ranges::find_if(kRequests, [&](const auto& request) {
    return request.target.starts_with(call);
  });
  return found == kRequests.end() ? nullptr : &*found;
}

// Takes the text before the first `separator`, and the separator.
std::string_view Cut(char separator, std::string_view& text) {
  const auto end = std::min(text.find(separator), text.size());
  const auto head = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return head;
}

struct Reply {
  int status = 0;
  std::string_view stream_error;
  std::string_view body;
};

// The complete result of a reply, for comparison.
using Reading =
    std::tuple<Outcome::State, std::string, std::string, std::string,
               std::string, std::set<std::string, std::less<>>>;

// Without `sizes` the body is fed as one piece.
Reading Read(const Request& request, const Reply& reply,
             std::string_view sizes) {
  DaemonState daemon;
  daemon.protocols = {"/x/"};
  ReplyReader reader(request, daemon);
  Status fed = Ok();
  auto rest = reply.body;
  for (std::size_t i = 0; fed && !rest.empty(); ++i) {
    const auto size =
        sizes.empty()
            ? rest.size()
            : 1 + static_cast<unsigned char>(sizes[i % sizes.size()]) % 32;
    const auto piece = rest.substr(0, size);
    rest.remove_prefix(piece.size());
    fed = reader.Feed(reply.status, piece);
  }
  const auto outcome = fed ? reader.Finish(reply.status, reply.stream_error)
                           : Failed(fed.error());
  const bool failed = outcome.state == Outcome::State::kFailed;
  Require(failed == outcome.error.has_value(), "a failure has an error");
  return {outcome.state,
          failed ? std::string(Name(outcome.error->reason)) : "",
          failed ? outcome.error->message : RequirePage(reader.families()),
          daemon.version,
          daemon.agent,
          daemon.protocols};
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace ipfs_peer_exporter;
  auto input = AsText(data, size);
  auto header = ipfs::Cut('\n', input);
  const auto sizes = ipfs::Cut('\n', input);
  const auto* const request = ipfs::FindRequest(ipfs::Cut(' ', header));
  if (request == nullptr) return 0;

  ipfs::Reply reply;
  const auto status = ipfs::Cut(' ', header);
  std::from_chars(status.data(), status.data() + status.size(), reply.status);
  reply.stream_error = header;
  reply.body = input;
  Require(ipfs::Read(*request, reply, "") == ipfs::Read(*request, reply, sizes),
          "the result does not depend on the pieces");
  return 0;
}
