#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "exporter/store/self_metrics.h"
#include "exporter/store/store.h"

namespace ipfs_peer_exporter {

struct PollResult {
  bool supported = true;
  std::optional<Error> error;  // the first
  Duration took{};
};

// What every poller does with the end of a poll: state, log line, snapshot.
class Publisher {
 public:
  Publisher(Store& store, const ScrapeCounter& scrapes, bool exporter_metrics)
      : store_(store), scrapes_(scrapes), exporter_metrics_(exporter_metrics) {}

  // How old process_* may be when polls come thick and fast.
  static constexpr Duration kProcessAge = std::chrono::seconds(1);

  // Records a finished poll in `state`.
  static void Record(CollectorState& state, const PollResult& result);

  // Makes what is known the page that is served.
  void Publish(Clock::time_point now = Clock::now());

  // The same at the end of a poll, and then logs the poll, at debug: who sees
  // the line finds its outcome on the page.
  void Publish(const CollectorState& state, const PollResult& result);

  // `callback` runs at the end of every poll, after all that.
  void OnPoll(std::function<void()> callback) {
    on_poll_ = std::move(callback);
  }

 private:
  static void LogSkips(const CollectorState& state);
  void RenderExporter(Clock::time_point now);

  Store& store_;
  const ScrapeCounter& scrapes_;
  const bool exporter_metrics_;
  std::function<void()> on_poll_ = [] {};
  // The families of the process as they were last rendered, and of what.
  Block process_;
  Clock::time_point process_at_;
  ScrapeCounter::Map counted_;
  Block exporter_;  // all of them
};

}  // namespace ipfs_peer_exporter
