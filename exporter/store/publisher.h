#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "exporter/store/self_metrics.h"
#include "exporter/store/store.h"

namespace ipfs_peer_exporter {

struct PollResult {
  bool supported = true;
  std::optional<Error> error;  // the first one
  Duration took{};
};

// Ends a poll for every poller: records its outcome, publishes a snapshot,
// logs. Lives on the main thread.
class Publisher {
 public:
  Publisher(Store& store, const ScrapeCounter& scrapes, bool exporter_metrics)
      : store_(store), scrapes_(scrapes), exporter_metrics_(exporter_metrics) {}

  // How old process_* may be while polls are frequent.
  static constexpr Duration kProcessAge = std::chrono::seconds(1);

  // Records a finished poll in `state`.
  static void Record(CollectorState& state, const PollResult& result);

  // Publishes what is known now.
  void Publish(Clock::time_point now = Clock::now());

  // The same at the end of a poll. Logs the poll afterwards, at debug, so that
  // its outcome is on the page when the line appears.
  void Publish(const CollectorState& state, const PollResult& result);

  // `callback` runs at the end of every poll, last of all.
  void OnPoll(std::function<void()> callback) {
    on_poll_ = std::move(callback);
  }

 private:
  static void LogSkips(const CollectorState& state);
  std::vector<Block> ExporterBlocks(Clock::time_point now);

  Store& store_;
  const ScrapeCounter& scrapes_;
  const bool exporter_metrics_;
  std::function<void()> on_poll_ = [] {};
  // As last rendered, from `counted_` and at `process_at_`.
  Block scrape_metrics_;
  ScrapeCounter::Map counted_;
  Block process_metrics_;
  Clock::time_point process_at_;
};

}  // namespace ipfs_peer_exporter
