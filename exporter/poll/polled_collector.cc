#include "exporter/poll/polled_collector.h"

#include <algorithm>
#include <string>
#include <utility>

#include "exporter/base/log.h"
#include "exporter/base/source_names.h"

namespace ipfs_peer_exporter {
namespace {

auto RequestsOf(const ipfs::Collector& spec, const IpfsOptions& options) {
  return std::make_shared<const std::vector<ipfs::Request>>(
      spec.requests(options.settings));
}

Duration FirstAfter(const CollectorOptions& of) {
  return std::min<Duration>(of.collector->first_after, of.interval);
}

}  // namespace

PolledCollector::PolledCollector(const CollectorOptions& of,
                                 const IpfsOptions& options, Store& store)
    : spec(of.collector),
      named(of.named),
      requests(RequestsOf(*spec, options)),
      first_after(FirstAfter(of)),
      state(&store.Add(CollectorName(kIpfsSource, spec->name),
                       std::string(kIpfsSource), of.interval)),
      schedule(of.interval, is_health() ? 0 : options.budget) {
  state->page = spec->page;
  state->parts.resize(requests->size());
}

PolledCollector::Effect PolledCollector::EffectOf(
    const CollectorOptions& of, const IpfsOptions& options) const {
  const auto wanted = RequestsOf(*spec, options);
  const bool naming_counts = !spec->on_from.empty();
  if ((naming_counts && of.named != named) ||
      !std::ranges::equal(*wanted, *requests, {}, &ipfs::Request::target,
                          &ipfs::Request::target)) {
    return Effect::kRequests;
  }
  auto other = schedule;
  other.Set(of.interval, is_health() ? 0 : options.budget);
  return other.effective() == schedule.effective() &&
                 FirstAfter(of) == first_after
             ? Effect::kNone
             : Effect::kSchedule;
}

void PolledCollector::Change(const CollectorOptions& of,
                             const IpfsOptions& options) {
  const bool anew = EffectOf(of, options) == Effect::kRequests;
  named = of.named;
  requests = RequestsOf(*spec, options);
  first_after = FirstAfter(of);
  schedule.Set(of.interval, is_health() ? 0 : options.budget);
  if (anew && !is_health()) state->parts.assign(requests->size(), {});
  state->interval = schedule.effective();
  state->self_metrics = nullptr;
}

void PolledCollector::ForgetParts() {
  // Each request has one part, in order. Later parts hold values of the
  // exporter, which stay.
  std::fill_n(state->parts.begin(), requests->size(), Part{});
  state->last_success = 0;
  state->self_metrics = nullptr;
}

void PolledCollector::ForgetPoll() {
  ForgetParts();
  state->supported.reset();
  state->success.reset();
  state->last_error.clear();
  state->notes.clear();
  state->skips = nullptr;
  schedule.Forget();
  state->interval = schedule.effective();
  error.reset();
  failures = 0;
  denied.clear();
}

void PolledCollector::LogChange(const std::optional<Error>& error_of_poll) {
  constexpr int kWorthALine = 2;
  if (!error_of_poll) {
    if (failures >= kWorthALine) {
      Log(LogLevel::kInfo, "collector works again",
          {{"collector", state->name}});
    }
    failures = 0;
  } else if (++failures == kWorthALine) {
    Log(LogLevel::kWarn, "collector fails",
        {{"collector", state->name},
         {"reason", std::string(Name(error_of_poll->reason))},
         {"error", error_of_poll->message}});
  }
}

void PolledCollector::LogDenied(const std::string& path,
                                std::uint64_t generation) {
  const auto note = "the daemon answers 403 to " + path + ": add \"" + path +
                    "\" to AllowedPaths in its API.Authorizations";
  state->notes.push_back(note);
  if (std::exchange(denied[path], generation) == generation) return;
  Log(LogLevel::kWarn, "call denied",
      {{"collector", state->name}, {"error", note}});
}

}  // namespace ipfs_peer_exporter
