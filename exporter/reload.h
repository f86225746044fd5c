#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "adapters/result.h"
#include "exporter/base/systemd.h"
#include "exporter/config/options.h"
#include "exporter/exporter.h"

namespace ipfs_peer_exporter {

// The first setting that differs and that only a start can change, as an error
// that names its flag; Ok() if there is none.
Status CheckFixedSettings(const Options& present, const Options& next);

// Reads the configuration again while the exporter runs. Used on the main
// thread, except Request.
class Reloader {
 public:
  using Done = std::function<void(const Status& outcome)>;

  // `options` are those that `exporter` was made with; the other arguments must
  // outlive the object. The start counts as a reload that succeeded.
  Reloader(Exporter& exporter, const Options& options,
           const ServiceManager& manager);
  ~Reloader();
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  // Reads the files and changes what differs. After an error everything is as
  // before. The outcome is logged, becomes a metric, and is passed to `tell`.
  void Reload(const std::vector<Done>& tell = {});

  // Reloads on the main thread, which then calls `done`. Requests that wait at
  // the same time share one reload. Thread-safe, and does not wait. `done` is
  // not called if the event loop stops before.
  void Request(Done done);

 private:
  Status Change();
  void OnRequests();
  void WatchFiles();
  void LookAtFiles();

  Exporter& exporter_;
  const ServiceManager& manager_;
  Options options_;  // in force
  ReloadState state_;
  std::vector<ReadFile> files_;   // of the last attempt
  std::vector<ReadFile> seen_;    // the same files, at the last look
  EventLoop::TimerId timer_ = 0;  // of the next look; 0: none
  const int wake_fd_;             // eventfd: there are requests
  std::mutex mutex_;
  std::vector<Done> requests_;  // under mutex_
};

}  // namespace ipfs_peer_exporter
