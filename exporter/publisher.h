#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "exporter/self_metrics.h"
#include "exporter/store.h"

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

  // Records a finished poll in `state`.
  static void Record(CollectorState& state, const PollResult& result);

  // Makes what is known the page that is served.
  void Publish();

  // The same at the end of a poll, and then logs the poll, at debug: who sees
  // the line finds its outcome on the page.
  void Publish(const CollectorState& state, const PollResult& result);

  // `callback` runs at the end of every poll, after all that.
  void OnPoll(std::function<void()> callback) {
    on_poll_ = std::move(callback);
  }

 private:
  static void LogSkips(const CollectorState& state);

  Store& store_;
  const ScrapeCounter& scrapes_;
  const bool exporter_metrics_;
  std::function<void()> on_poll_ = [] {};
};

}  // namespace ipfs_peer_exporter
