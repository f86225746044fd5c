#include "exporter/serve/step_queue.h"

#include <sys/eventfd.h>
#include <unistd.h>

namespace ipfs_peer_exporter {

StepQueue::StepQueue() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

StepQueue::~StepQueue() {
  if (fd_ >= 0) close(fd_);
}

void StepQueue::Put(Id id, HttpStep step) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  steps_.emplace_back(id, std::move(step));
  eventfd_write(fd_, 1);
}

std::vector<std::pair<StepQueue::Id, HttpStep>> StepQueue::Take() {
  eventfd_t unused = 0;
  eventfd_read(fd_, &unused);  // first, so that no later step is overlooked
  const std::lock_guard lock(mutex_);
  return std::exchange(steps_, {});
}

void StepQueue::Close() {
  std::vector<std::pair<Id, HttpStep>> dropped;  // destroyed without the lock
  const std::lock_guard lock(mutex_);
  closed_ = true;
  dropped.swap(steps_);
}

}  // namespace ipfs_peer_exporter
