#pragma once

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "exporter/serve/http_message.h"

namespace ipfs_peer_exporter {

// Brings the steps of deferred requests to the server's thread. Thread-safe;
// outlives the server while another thread still holds a reference.
class StepQueue {
 public:
  using Id = std::uint64_t;  // of a request, never used again

  StepQueue();
  ~StepQueue();

  StepQueue(const StepQueue&) = delete;
  StepQueue& operator=(const StepQueue&) = delete;

  // Adds a step and makes fd() readable.
  void Put(Id id, HttpStep step);

  // Removes and returns all steps, in order; fd() is not readable afterwards.
  std::vector<std::pair<Id, HttpStep>> Take();

  // From now on, Put destroys the step.
  void Close();

  // An eventfd; negative if none could be created.
  int fd() const { return fd_; }

 private:
  const int fd_;
  std::mutex mutex_;
  bool closed_ = false;
  std::vector<std::pair<Id, HttpStep>> steps_;
};

}  // namespace ipfs_peer_exporter
