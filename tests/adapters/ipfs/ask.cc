#include "tests/adapters/ipfs/ask.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <stdexcept>

#include "adapters/ipfs/reply.h"
#include "tests/adapters/lines.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

Request RequestOf(const Collector& collector, std::string_view call,
                  const Settings& settings = {}) {
  const auto requests = collector.requests(settings);
  const auto found = std::find_if(
      requests.begin(), requests.end(),
      [&](const Request& request) { return request.target.starts_with(call); });
  if (found == requests.end()) {
    throw std::runtime_error("no request " + std::string(call));
  }
  return *found;
}

}  // namespace

Asked Ask(const Collector& collector, std::string_view call,
          const Answer& answer, DaemonState& daemon, const Settings& settings) {
  const Request request = RequestOf(collector, call, settings);
  ReplyReader reader(request, daemon);
  const auto fed = reader.Feed(answer.status, answer.body);
  const auto outcome = fed ? reader.Finish(answer.status, answer.stream_error)
                           : Failed(fed.error());
  switch (outcome.state) {
    case Outcome::State::kOk:
      return {"ok", "", Lines(reader.families())};
    case Outcome::State::kUnsupported:
      return {"unsupported", "", ""};
    case Outcome::State::kFailed:
      break;
  }
  return {std::string(Name(outcome.error->reason)), outcome.error->message, ""};
}

Asked Ask(const Collector& collector, std::string_view call,
          const Answer& answer) {
  DaemonState daemon;
  return Ask(collector, call, answer, daemon);
}

Asked Ask(const Collector& collector, std::string_view call,
          const Recorded& daemon) {
  const auto target = RequestOf(collector, call).target;
  return Ask(collector, call, daemon.Find("/api/v0/" + target));
}

std::string AskError(const Collector& collector, std::string_view call,
                     const std::string& message) {
  rapidjson::StringBuffer body;
  rapidjson::Writer<rapidjson::StringBuffer> writer(body);
  writer.StartObject();
  writer.Key("Message");
  writer.String(message.c_str());
  writer.Key("Type");
  writer.String("error");
  writer.EndObject();
  return Ask(collector, call, {500, body.GetString()}).verdict;
}

std::string Of(const std::string& lines, std::string_view name) {
  std::string found;
  std::size_t at = 0;
  while (at < lines.size()) {
    const auto end = lines.find('\n', at) + 1;
    const auto line = std::string_view(lines).substr(at, end - at);
    if (line.starts_with(name)) found += line;
    at = end;
  }
  return found;
}

}  // namespace ipfs_peer_exporter::ipfs
