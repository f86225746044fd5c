#include "exporter/reload.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <utility>

#include "exporter/base/log.h"
#include "exporter/config/command_line.h"

namespace ipfs_peer_exporter {
namespace {

constexpr Duration kLook = std::chrono::seconds(1);

template <auto member>
bool Same(const Options& left, const Options& right) {
  return left.*member == right.*member;
}

constexpr struct {
  const char* flag;
  bool (*same)(const Options& left, const Options& right);
} kFixed[] = {
    {"--web.listen-address", Same<&Options::listen_addresses>},
    {"--web.config.file", Same<&Options::web_config_file>},
    {"--web.systemd-socket", Same<&Options::systemd_socket>},
    {"--log.format", Same<&Options::log_format>},
};

}  // namespace

Status CheckFixedSettings(const Options& present, const Options& next) {
  for (const auto& [flag, same] : kFixed) {
    if (same(present, next)) continue;
    return Error{Reason::kParse,
                 std::string(flag) +
                     ": a reload cannot change this; restart the exporter"};
  }
  return Ok();
}

Reloader::Reloader(Exporter& exporter, const Options& options,
                   const ServiceManager& manager)
    : exporter_(exporter),
      manager_(manager),
      options_(options),
      state_{true, SecondsSince1970()},
      files_(options.files),
      wake_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  exporter_.publisher.SetReload(state_);
  exporter_.loop.Watch(wake_fd_, EventLoop::kReadable,
                       [this] { OnRequests(); });
  WatchFiles();
}

Reloader::~Reloader() {
  exporter_.loop.Cancel(timer_);
  exporter_.loop.Unwatch(wake_fd_);
  close(wake_fd_);
}

void Reloader::Reload(const std::vector<Done>& tell) {
  manager_.Reloading();
  const auto outcome = Change();
  state_.successful = outcome.has_value();
  if (outcome) state_.last_success = SecondsSince1970();
  exporter_.publisher.SetReload(state_);
  exporter_.publisher.Publish();  // before the line, so that it is served then
  if (outcome) {
    Log(LogLevel::kInfo, "configuration reloaded");
  } else {
    Log(LogLevel::kError, "configuration not reloaded",
        {{"error", outcome.error().message}});
  }
  manager_.Ready();
  for (const auto& done : tell) done(outcome);
}

Status Reloader::Change() {
  auto [next, files] = ReadAgain(options_);
  files_ = std::move(files);
  if (!next) return next.error();
  if (auto fixed = CheckFixedSettings(options_, *next); !fixed) return fixed;
  options_ = std::move(*next);
  SetLogLevel(options_.log_level);
  exporter_.Change(options_);
  WatchFiles();
  return Ok();
}

void Reloader::Request(Done done) {
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(done));
  }
  eventfd_write(wake_fd_, 1);
}

void Reloader::OnRequests() {
  eventfd_t unused = 0;
  eventfd_read(wake_fd_, &unused);
  std::vector<Done> requests;
  {
    const std::lock_guard lock(mutex_);
    requests.swap(requests_);
  }
  if (!requests.empty()) Reload(requests);
}

// Starts or stops the checks of the files, as --config.auto-reload says.
void Reloader::WatchFiles() {
  if (!options_.auto_reload) {
    exporter_.loop.Cancel(std::exchange(timer_, 0));
  } else if (timer_ == 0) {
    timer_ = exporter_.loop.At(Clock::now() + kLook, [this] { LookAtFiles(); });
  }
}

// Reloads when files changed, but not since the last check: someone may still
// be writing. A file that was refused is read again after its next change.
void Reloader::LookAtFiles() {
  timer_ = 0;
  auto now = files_;
  for (auto& file : now) file.identity = IdentityOf(file.path);
  const bool settled = now == std::exchange(seen_, now);
  if (settled && now != files_) Reload();
  WatchFiles();
}

}  // namespace ipfs_peer_exporter
