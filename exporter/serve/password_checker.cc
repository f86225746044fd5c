#include "exporter/serve/password_checker.h"

#include <string.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace ipfs_peer_exporter {

PasswordChecker::PasswordChecker(Matches matches)
    : matches_(std::move(matches)) {}

PasswordChecker::~PasswordChecker() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool PasswordChecker::Check(const Address& client, const Digest& digest,
                            std::string password, const std::string& hash,
                            Done done) {
  const std::lock_guard lock(mutex_);
  const auto job = std::ranges::find(jobs_, client, &Job::client);
  if (job != jobs_.end()) {
    if (job->digest != digest || job->waiting.size() >= kMaxWaiting) {
      return false;
    }
    job->waiting.push_back(std::move(done));
    return true;
  }
  if (jobs_.size() >= kMaxChecks || !HasThread()) return false;
  jobs_.push_back({client, digest, std::move(password), hash, {}});
  jobs_.back().waiting.push_back(std::move(done));
  changed_.notify_all();
  return true;
}

bool PasswordChecker::HasThread() {
  if (thread_.joinable()) return true;
  try {
    thread_ = std::thread(&PasswordChecker::Run, this);
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

void PasswordChecker::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stops_ || !jobs_.empty(); });
    if (stops_) return;
    // Others only append to the deque and to `waiting` meanwhile, so that
    // references to the job stay valid.
    auto& job = jobs_.front();
    lock.unlock();
    const bool right = matches_(job.password, job.hash);
    explicit_bzero(job.password.data(), job.password.size());
    lock.lock();
    const auto waiting = std::move(job.waiting);
    jobs_.pop_front();
    lock.unlock();
    for (const auto& done : waiting) done(right);
    lock.lock();
  }
}

}  // namespace ipfs_peer_exporter
