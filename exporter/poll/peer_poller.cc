#include "exporter/poll/peer_poller.h"

#include <algorithm>
#include <utility>

#include "adapters/ipfs/collector.h"
#include "adapters/peer/text_lines.h"
#include "exporter/base/log.h"
#include "exporter/base/source_names.h"
#include "exporter/poll/schedule.h"

namespace ipfs_peer_exporter {
namespace {

constexpr Family kUp{"peer_up", kGauge,
                     "Whether the last poll of the peer's stats succeeded."};

enum Part : std::size_t { kUpPart, kStatsPart, kParts };

}  // namespace

const Family& PeerUpFamily() { return kUp; }

PeerPoller::PeerPoller(const Options& options, const PeerOptions& peer,
                       Timers& timers, HttpFetcher& http,
                       SocketFetcher& sockets, Store& store,
                       Publisher& publisher)
    : peer_(peer),
      interval_(options.peer_interval),
      format_(*options.peer_format),
      mapping_(options.peer_mapping),
      explains_(options.once),
      translation_{options.peer_namespace, peer.name, options.peer_max_series,
                   options.peer_max_bytes, ipfs::TypeOfFamily},
      timers_(timers),
      client_(options, peer, http, sockets),
      publisher_(publisher),
      state_(store.Add(peer.collector(), std::string(kPeerSource),
                       options.peer_interval)) {
  state_.parts.resize(kParts);
}

PeerPoller::~PeerPoller() { timers_.Cancel(timer_); }

void PeerPoller::Start() {
  timer_ = timers_.At(timers_.Now(), [this] { Poll(); });
}

void PeerPoller::Poll() {
  started_ = timers_.Now();
  client_.Start(
      [this](Result<std::string> reply) { OnReply(std::move(reply)); });
}

void PeerPoller::OnReply(Result<std::string> reply) {
  state_.skips = nullptr;
  const auto status =
      reply ? Translate(std::move(*reply)) : Status(reply.error());
  PollResult result;
  result.took = timers_.Now() - started_;
  if (!status) {
    result.error = status.error();
    ++state_.errors[status.error().reason];
  }
  publisher_.Record(state_, result);
  SetUp(status);
  publisher_.Publish(state_, result);
  auto wait = interval_;
  if (state_.polls == 1) wait = Spread(wait, random_);
  timer_ =
      timers_.At(std::max(started_ + wait, timers_.Now()), [this] { Poll(); });
}

Status PeerPoller::Translate(std::string bytes) {
  peer::DropByteOrderMark(bytes);
  if (bytes.empty()) return Error{Reason::kParse, "empty reply"};
  if (bytes.starts_with("\x1f\x8b")) return NotAsked("gzip");
  peer::Samples samples(translation_);
  const auto status = mapping_ ? TranslateByMapping(bytes, samples)
                               : format_.translate(bytes, samples);
  if (!status) return status;
  KeepSkipped(samples);
  state_.parts[kStatsPart] = {RenderBlock(samples.families()), timers_.Now()};
  return Ok();
}

void PeerPoller::KeepSkipped(const peer::Samples& samples) {
  Skips skips;
  for (const auto& [reason, count] : samples.skipped()) {
    state_.skipped[reason] += count;
    const auto names = samples.skipped_names().find(reason);
    skips.push_back({reason, count, {}});
    if (names == samples.skipped_names().end()) continue;
    skips.back().names = names->second;
  }
  state_.skips = std::make_shared<const Skips>(std::move(skips));
}

Status PeerPoller::TranslateByMapping(std::string& bytes,
                                      peer::Samples& samples) {
  const auto counts = peer::TranslateMapped(bytes, *mapping_, samples);
  if (!counts) return counts.error();
  if (!explains_) return Ok();
  state_.notes.clear();
  for (std::size_t i = 0; i < counts->size(); ++i) {
    state_.notes.push_back(Explain(mapping_->metrics[i], (*counts)[i]));
  }
  return Ok();
}

void PeerPoller::SetUp(const Status& status) {
  const bool up = status.has_value();
  if (up == up_) return;
  up_ = up;
  Families families;
  families.Add(kUp, up,
               peer_.name.empty() ? Labels{} : Labels{{"peer", peer_.name}});
  state_.parts[kUpPart] = {RenderBlock(families), timers_.Now(), true};
  LogUp(status);
}

void PeerPoller::LogUp(const Status& status) const {
  if (status) {
    Log(LogLevel::kInfo, "peer up",
        {{"collector", state_.name}, {"address", peer_.address.text}});
  } else {
    Log(LogLevel::kWarn, "peer down",
        {{"collector", state_.name},
         {"address", peer_.address.text},
         {"reason", std::string(Name(status.error().reason))},
         {"error", status.error().message}});
  }
}

}  // namespace ipfs_peer_exporter
