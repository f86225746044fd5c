#include "exporter/serve/web_config_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "exporter/base/log.h"

namespace ipfs_peer_exporter {
namespace {

Error Invalid(const std::string& path, const char* why) {
  return {Reason::kSchema, path + ": " + why};
}

}  // namespace

WebConfigFile::WebConfigFile(std::string path, WebConfigStatus& status)
    : path_(std::move(path)), status_(&status) {}

Result<WebConfigFile> WebConfigFile::Open(std::string path,
                                          WebConfigStatus& status) {
  WebConfigFile file(std::move(path), status);
  auto config = file.Read();
  if (!config) return config.error();
  file.Take(*config);
  return file;
}

void WebConfigFile::Refresh(const Set& set, const Renew& renew) {
  if (waits_ && !renew) return;
  if (!seen_.empty() && Identify(files_) == seen_) return;
  const auto read = ReadAgain();
  if (!read) return Fail(read.error());
  // A file that lacks all users may be half written: it counts once it does not
  // change any more, so that passwords are asked for meanwhile.
  const bool drops_users = !config_.users.empty() && read->users.empty();
  if (drops_users && (seen_.empty() || Identify(files_) != seen_)) return;
  const bool other_tls = read->tls != config_.tls;
  waits_ = other_tls && !renew;
  if (waits_) {
    seen_.clear();
    return;
  }
  if (other_tls) {
    const auto renewed = renew(*read->tls);
    if (!renewed) return Fail(renewed.error());
  }
  if (*read != config_) {
    Log(LogLevel::kInfo, "web configuration changed",
        {{"file", path_}, {"tls", other_tls ? "renewed" : "unchanged"}});
    Take(*read);
    set(config_);
  }
  failure_.clear();
  status_->Set(true);
}

// Reads the file. Identifies `files_` first, so that the next Refresh notices a
// change during the reading.
Result<WebConfig> WebConfigFile::Read() {
  std::vector<std::string> files;
  auto before = Identify(files_);
  auto config = ReadWebConfig(path_, &files);
  if (files != files_) {  // read once more, now that they are known
    before = Identify(files);
    config = ReadWebConfig(path_, &files_);
    if (files != files_) before.clear();
  }
  seen_ = IsRecent(before) ? Identities{} : std::move(before);
  return config;
}

// Reads the file and refuses what is valid at a start, but not afterwards.
Result<WebConfig> WebConfigFile::ReadAgain() {
  auto config = Read();
  if (!config) return config;
  struct stat file {};
  // An editor may empty the file before it writes. Passwords would not be asked
  // for meanwhile.
  if (stat(path_.c_str(), &file) == 0 && file.st_size == 0) {
    return Invalid(path_, "is empty");
  }
  if (config->tls.has_value() != config_.tls.has_value()) {
    return Invalid(
        path_,
        "TLS cannot be turned on or off by a reload; restart the exporter");
  }
  return config;
}

void WebConfigFile::Take(const WebConfig& config) {
  for (const auto& note : config.notes) {
    if (std::ranges::count(config_.notes, note) > 0) continue;
    Log(LogLevel::kInfo, "web configuration", {{"note", note}});
  }
  config_ = config;
  status_->Set(true);
}

void WebConfigFile::Fail(const Error& error) {
  status_->Set(false);
  if (std::exchange(failure_, error.message) == error.message) return;
  Log(LogLevel::kError, "web configuration not reloaded",
      {{"error", error.message}});
}

WebConfigFile::Identities WebConfigFile::Identify(
    const std::vector<std::string>& files) {
  Identities identities;
  for (const auto& file : files) identities.push_back(IdentityOf(file));
  return identities;
}

// Whether a file changed so recently that another change may get the same time:
// the kernel's clock ticks every 1 to 10 ms.
bool WebConfigFile::IsRecent(const Identities& identities) {
  constexpr std::int64_t kTick = 30'000'000;
  const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  return std::ranges::any_of(identities, [&](const auto& identity) {
    return identity && std::abs(now - identity->changed) < kTick;
  });
}

}  // namespace ipfs_peer_exporter
