#include "exporter/serve/generations.h"

#include <fcntl.h>
#include <microhttpd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "exporter/config/tls_check.h"
#include "exporter/serve/mhd_daemon.h"

namespace ipfs_peer_exporter {
namespace {

// Idle connections of more old generations end at once.
constexpr std::size_t kOld = 4;

// More old generations exist only while the oldest sends long responses. Beyond
// this number its connections end although they are not idle.
constexpr std::size_t kOldAtMost = 16;

constexpr std::chrono::seconds kNextLook{1};

}  // namespace

Generations::Generations(MhdShared& shared, std::vector<int> listen_fds)
    : shared_(shared), listen_fds_(std::move(listen_fds)) {}

Generations::~Generations() {
  all_.clear();
  for (const int fd : listen_fds_) close(fd);
}

Status Generations::Start(const TlsConfig* tls) {
  if (tls != nullptr) {
    if (auto checked = CheckTls(*tls); !checked) return checked;
  }
  auto& next = all_.emplace_back(shared_, tls);
  for (const int fd : listen_fds_) {
    const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    const Status started = copy < 0 ? CannotServe() : StartDaemon(next, copy);
    if (started) continue;
    all_.pop_back();
    return started;
  }
  if (all_.size() > 1) std::prev(all_.end(), 2)->Retire(Clock::now());
  LimitOld();
  return Ok();
}

void Generations::LimitOld() {
  while (old() > kOldAtMost) all_.pop_front();
  auto generation = all_.begin();
  for (std::size_t surplus = old(); surplus > kOld; --surplus) {
    (generation++)->is_surplus = true;
  }
}

void Generations::Run() {
  for (const auto& generation : all_) {
    for (MHD_Daemon* daemon : generation.daemons) MHD_run(daemon);
  }
}

std::optional<Clock::time_point> Generations::EndOld(Clock::time_point now) {
  if (old() == 0) return std::nullopt;
  std::optional<Clock::time_point> next;
  const auto present = std::prev(all_.end());
  for (auto each = all_.begin(); each != present;) {
    const auto generation = each++;
    if (generation->connections.empty()) {
      all_.erase(generation);
      continue;
    }
    const auto due = *generation->retired + shared_.limits.idle_when_old;
    const bool is_due = generation->is_surplus || due <= now;
    if (is_due) generation->EndIdle();
    const auto look = is_due ? now + kNextLook : due;
    next = std::min(next.value_or(look), look);
  }
  return next;
}

void Generations::ParkHandshakes() {
  for (auto& generation : all_) generation.ParkHandshakes();
}

bool Generations::IsBusy() const {
  // The daemons have no connection timeout, so that theirs is zero or none.
  const auto is_busy = [](MHD_Daemon* daemon) {
    MHD_UNSIGNED_LONG_LONG unused = 0;
    return MHD_get_timeout(daemon, &unused) == MHD_YES;
  };
  return std::ranges::any_of(all_, [&](const auto& generation) {
    return std::ranges::any_of(generation.daemons, is_busy);
  });
}

}  // namespace ipfs_peer_exporter
