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

PeerPoller::Plan::Plan(const Options& options, PeerOptions of)
    : peer(std::move(of)),
      interval(options.peer_interval),
      limits{options.peer_request, options.peer_timeout,
             options.peer_max_bytes},
      format(options.peer_format),
      mapping(options.peer_mapping),
      explains(options.once),
      name_space(options.peer_namespace),
      max_series(options.peer_max_series) {}

PeerPoller::PeerPoller(const Options& options, const PeerOptions& peer,
                       Timers& timers, HttpFetcher& http,
                       SocketFetcher& sockets, Store& store,
                       Publisher& publisher)
    : plan_(options, peer),
      timers_(timers),
      http_(http),
      sockets_(sockets),
      client_(std::in_place, peer, plan_.limits, http, sockets),
      store_(store),
      publisher_(publisher),
      state_(store.Add(peer.collector(), std::string(kPeerSource),
                       options.peer_interval)) {
  state_.parts.resize(kParts);
}

PeerPoller::~PeerPoller() {
  timers_.Cancel(timer_);
  store_.Remove(state_);
}

void PeerPoller::Start() { PollAt(timers_.Now()); }

void PeerPoller::Change(const Options& options, const PeerOptions& peer) {
  const auto before = std::exchange(plan_, Plan(options, peer));
  if (plan_ == before) return;
  state_.interval = plan_.interval;
  state_.self_metrics = nullptr;
  auto only_interval = before;
  only_interval.interval = plan_.interval;
  if (plan_ == only_interval) {
    if (timer_ != 0) {
      PollAt(std::max(started_ + plan_.interval, timers_.Now()));
    }
    return;
  }
  const bool is_other =
      peer.name != before.peer.name || !(peer.address == before.peer.address);
  if (is_other) ForgetValues();
  client_.emplace(peer, plan_.limits, http_, sockets_);
  PollAt(timers_.Now());
}

// The values are of another peer, or have other labels.
void PeerPoller::ForgetValues() {
  state_.parts.assign(kParts, {});
  state_.supported.reset();
  state_.success.reset();
  state_.last_success = 0;
  state_.last_error.clear();
  state_.notes.clear();
  state_.skips = nullptr;
  up_.reset();
}

void PeerPoller::PollAt(Clock::time_point when) {
  timers_.Cancel(timer_);
  timer_ = timers_.At(when, [this] { Poll(); });
}

void PeerPoller::Poll() {
  timer_ = 0;
  started_ = timers_.Now();
  client_->Start(
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
  auto wait = plan_.interval;
  if (state_.polls == 1) wait = Spread(wait, random_);
  PollAt(std::max(started_ + wait, timers_.Now()));
}

Status PeerPoller::Translate(std::string bytes) {
  peer::DropByteOrderMark(bytes);
  if (bytes.empty()) return Error{Reason::kParse, "empty reply"};
  if (bytes.starts_with("\x1f\x8b")) return NotAsked("gzip");
  peer::Samples samples({plan_.name_space, plan_.peer.name, plan_.max_series,
                         plan_.limits.max_bytes, ipfs::TypeOfFamily});
  const auto status = plan_.mapping ? TranslateByMapping(bytes, samples)
                                    : plan_.format->translate(bytes, samples);
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
  const auto counts = peer::TranslateMapped(bytes, *plan_.mapping, samples);
  if (!counts) return counts.error();
  if (!plan_.explains) return Ok();
  state_.notes.clear();
  for (std::size_t i = 0; i < counts->size(); ++i) {
    state_.notes.push_back(Explain(plan_.mapping->metrics[i], (*counts)[i]));
  }
  return Ok();
}

void PeerPoller::SetUp(const Status& status) {
  const bool up = status.has_value();
  if (up == up_) return;
  up_ = up;
  Families families;
  const auto& name = plan_.peer.name;
  families.Add(kUp, up, name.empty() ? Labels{} : Labels{{"peer", name}});
  state_.parts[kUpPart] = {RenderBlock(families), timers_.Now(), true};
  LogUp(status);
}

void PeerPoller::LogUp(const Status& status) const {
  if (status) {
    Log(LogLevel::kInfo, "peer up",
        {{"collector", state_.name}, {"address", plan_.peer.address.text}});
  } else {
    Log(LogLevel::kWarn, "peer down",
        {{"collector", state_.name},
         {"address", plan_.peer.address.text},
         {"reason", std::string(Name(status.error().reason))},
         {"error", status.error().message}});
  }
}

}  // namespace ipfs_peer_exporter
