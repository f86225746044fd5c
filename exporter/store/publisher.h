#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "exporter/store/self_metrics.h"
#include "exporter/store/store.h"
#include "exporter/store/web_config_status.h"

namespace ipfs_peer_exporter {

// The outcome of one poll.
struct PollResult {
  bool supported = true;
  std::optional<Error> error;  // the first error of the poll
  Duration took{};
};

// Completes the polls of every poller: records the outcome, publishes a
// snapshot and logs. Used on the main thread.
class Publisher {
 public:
  // The arguments must outlive the object; `web_config` may be null.
  Publisher(Store& store, const ScrapeCounter& scrapes, bool exporter_metrics,
            const WebConfigStatus* web_config = nullptr)
      : store_(store),
        scrapes_(scrapes),
        web_config_(web_config),
        exporter_metrics_(exporter_metrics) {}

  // Maximum age of process_* when a snapshot is published.
  static constexpr Duration kProcessAge = std::chrono::seconds(1);

  // Records a finished poll in `state`.
  static void Record(CollectorState& state, const PollResult& result);

  // Whether snapshots have process_*, build_info and scrapes_total, from the
  // next one on.
  void SetExporterMetrics(bool on) { exporter_metrics_ = on; }

  // Sets the outcome of the last reload; the next snapshot has it.
  void SetReload(const ReloadState& state) {
    reload_metrics_ = RenderBlock(ReloadMetrics(state));
  }

  // Publishes a snapshot of the current values.
  void Publish(Clock::time_point now = Clock::now());

  // Publishes at the end of a poll, then logs the poll at debug level, so that
  // its outcome is served before the line appears.
  void Publish(const CollectorState& state, const PollResult& result);

  // Sets the callback that runs last at the end of every poll.
  void OnPoll(std::function<void()> callback) {
    on_poll_ = std::move(callback);
  }

 private:
  static void LogSkips(const CollectorState& state);
  std::vector<Block> ExporterBlocks(Clock::time_point now);

  Store& store_;
  const ScrapeCounter& scrapes_;
  const WebConfigStatus* const web_config_;
  bool exporter_metrics_;
  Block reload_metrics_;  // null: no reload is possible
  std::function<void()> on_poll_ = [] {};
  // The last rendering: scrapes from `counted_`, process at `process_at_`.
  Block scrape_metrics_;
  ScrapeCounter::Map counted_;
  Block process_metrics_;
  Clock::time_point process_at_;
};

}  // namespace ipfs_peer_exporter
