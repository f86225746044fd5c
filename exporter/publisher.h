#pragma once

#include "exporter/self_metrics.h"
#include "exporter/store.h"

namespace ipfs_peer_exporter {

// What every poller does with the end of a poll: state, log line, snapshot.
struct PollResult {
  bool supported = true;
  std::optional<Error> error;  // the first
  Duration took{};
};

class Publisher {
 public:
  Publisher(Store& store, const ScrapeCounter& scrapes, bool exporter_metrics)
      : store_(store), scrapes_(scrapes), exporter_metrics_(exporter_metrics) {}

  // Records a finished poll in `state` and logs it, at debug. Does not publish:
  // the poller may have more to say.
  void Record(CollectorState& state, const PollResult& result);

  void Publish();

 private:
  Store& store_;
  const ScrapeCounter& scrapes_;
  const bool exporter_metrics_;
};

}  // namespace ipfs_peer_exporter
