#include "exporter/poll/polled_collector.h"

#include <algorithm>
#include <string>
#include <utility>

#include "exporter/base/log.h"
#include "exporter/base/source_names.h"

namespace ipfs_peer_exporter {

PolledCollector::PolledCollector(const CollectorOptions& of,
                                 const IpfsOptions& options, Store& store)
    : spec(of.collector),
      named(of.named),
      requests(spec->requests(options.settings)),
      first_after(std::min<Duration>(spec->first_after, of.interval)),
      state(&store.Add(CollectorName(kIpfsSource, spec->name),
                       std::string(kIpfsSource), of.interval)),
      schedule(of.interval, is_health() ? 0 : options.budget) {
  state->page = spec->page;
  state->parts.resize(requests.size());
}

void PolledCollector::ForgetParts() {
  state->parts.assign(requests.size(), {});
  state->last_success = 0;
  state->self_metrics = nullptr;
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
