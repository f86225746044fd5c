#include "exporter/store/self_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

#include "exporter/base/version.h"

namespace ipfs_peer_exporter {
namespace {

// clang-format off
enum Index {
  kSuccess, kSupported, kDuration, kPollSeconds, kInterval, kLastSuccess, kPolls,
  kErrors, kSkipped, kReloaded, kReloadTime, kWebConfig, kBuildInfo, kScrapes, kCpu, kResident, kVirtual, kOpenFds,
  kMaxFds, kStartTime, kThreads,
};
// clang-format on

constexpr Family kFamilies[] = {
    {"ipfs_peer_exporter_collector_success", kGauge,
     "Whether the last poll got everything it asked for, absent while the "
     "collector is unsupported."},
    {"ipfs_peer_exporter_collector_supported", kGauge,
     "Whether the daemon or peer has what the collector asks for."},
    {"ipfs_peer_exporter_collector_duration_seconds", kGauge,
     "Duration of the last poll."},
    {"ipfs_peer_exporter_collector_poll_seconds_total", kCounter,
     "Total duration of all polls."},
    {"ipfs_peer_exporter_collector_interval_seconds", kGauge,
     "Current interval between polls, longer than configured while polls are "
     "slow."},
    {"ipfs_peer_exporter_collector_last_success_timestamp_seconds", kGauge,
     "Time of the last poll that got everything it asked for."},
    {"ipfs_peer_exporter_collector_polls_total", kCounter,
     "Completed polls, including failed ones."},
    {"ipfs_peer_exporter_collector_errors_total", kCounter,
     "Failed requests by reason."},
    {"ipfs_peer_exporter_skipped_samples_total", kCounter,
     "Samples dropped from a peer's stats by reason."},
    {"ipfs_peer_exporter_config_last_reload_successful", kGauge,
     "Whether the last reload of the configuration succeeded; the start counts "
     "as a reload."},
    {"ipfs_peer_exporter_config_last_reload_success_timestamp_seconds", kGauge,
     "Time of the last reload of the configuration that succeeded."},
    {"ipfs_peer_exporter_web_config_last_reload_successful", kGauge,
     "Whether the last reload of the web configuration file succeeded; if not, "
     "the previous configuration is in force."},
    {"ipfs_peer_exporter_build_info", kGauge,
     "Version, revision and compiler of the exporter as labels, always 1."},
    {"ipfs_peer_exporter_scrapes_total", kCounter,
     "Answered scrapes by page, HTTP status code and format."},
    {"process_cpu_seconds_total", kCounter,
     "User and system CPU time of the exporter."},
    {"process_resident_memory_bytes", kGauge,
     "Resident memory of the exporter."},
    {"process_virtual_memory_bytes", kGauge, "Virtual memory of the exporter."},
    {"process_open_fds", kGauge, "Open file descriptors of the exporter."},
    {"process_max_fds", kGauge,
     "Maximum number of open file descriptors of the exporter."},
    {"process_start_time_seconds", kGauge,
     "Start time of the exporter since the Unix epoch."},
    {"process_threads", kGauge, "Threads of the exporter."},
};
static_assert(std::size(kFamilies) == kThreads + 1);

struct ProcessStat {  // proc(5), /proc/PID/stat
  double cpu_ticks;
  double threads;
  double start_ticks;
  double virtual_bytes;
  double resident_pages;
};

std::optional<ProcessStat> ReadProcessStat() {
  std::ifstream file("/proc/self/stat");
  std::string text;
  if (!std::getline(file, text)) return std::nullopt;
  // The name in field 2 may contain any character, including parentheses.
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  double field[25] = {};
  fields >> skipped;  // field 3, the state
  for (int i = 4; i < 25; ++i) fields >> field[i];
  if (!fields) return std::nullopt;
  return ProcessStat{field[14] + field[15], field[20], field[22], field[23],
                     field[24]};
}

std::optional<double> ReadBootTime() {
  std::ifstream file("/proc/stat");
  std::string key;
  double value = 0;
  while (file >> key) {
    if (key == "btime" && file >> value) return value;
    std::getline(file, key);
  }
  return std::nullopt;
}

std::optional<double> CountOpenFds() {
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return std::nullopt;
  double count = -3;  // ".", ".." and the descriptor of the folder itself
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

void AddProcess(Families& out) {
  if (const auto stat = ReadProcessStat()) {
    const auto hertz = static_cast<double>(sysconf(_SC_CLK_TCK));
    const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
    out.Add(kFamilies[kCpu], stat->cpu_ticks / hertz);
    out.Add(kFamilies[kResident], stat->resident_pages * page);
    out.Add(kFamilies[kVirtual], stat->virtual_bytes);
    out.Add(kFamilies[kThreads], stat->threads);
    static const auto boot_time = ReadBootTime();
    if (boot_time) {
      out.Add(kFamilies[kStartTime], *boot_time + stat->start_ticks / hertz);
    }
  }
  if (const auto fds = CountOpenFds()) out.Add(kFamilies[kOpenFds], *fds);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    out.Add(kFamilies[kMaxFds], static_cast<double>(limit.rlim_cur));
  }
}

}  // namespace

void ScrapeCounter::Count(const std::string& page, int code, Format format) {
  const std::lock_guard lock(mutex_);
  ++counts_[{page, code, format}];
}

ScrapeCounter::Map ScrapeCounter::Counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

Families CollectorMetrics(const CollectorState& collector) {
  Families out;
  const Labels label{{"collector", collector.name}};
  const auto add = [&](Index index, double value) {
    out.Add(kFamilies[index], value, label);
  };
  if (collector.success) add(kSuccess, *collector.success);
  if (collector.supported) add(kSupported, *collector.supported);
  if (collector.polls > 0) add(kDuration, Seconds(collector.last_duration));
  add(kPollSeconds, Seconds(collector.total_duration));
  add(kInterval, Seconds(collector.interval));
  if (collector.last_success > 0) add(kLastSuccess, collector.last_success);
  add(kPolls, static_cast<double>(collector.polls));
  for (const auto& [reason, count] : collector.errors) {
    out.Add(kFamilies[kErrors], static_cast<double>(count),
            {label[0], {"reason", std::string(Name(reason))}});
  }
  for (const auto& [reason, count] : collector.skipped) {
    out.Add(kFamilies[kSkipped], static_cast<double>(count),
            {label[0], {"reason", std::string(Name(reason))}});
  }
  return out;
}

Families ProcessMetrics() {
  Families out;
  out.Add(kFamilies[kBuildInfo], 1,
          {{"version", std::string(kVersion)},
           {"revision", std::string(kRevision)},
           {"compiler", std::string(kCompiler)}});
  AddProcess(out);
  return out;
}

Families ReloadMetrics(const ReloadState& state) {
  Families out;
  out.Add(kFamilies[kReloaded], state.successful);
  out.Add(kFamilies[kReloadTime], state.last_success);
  return out;
}

Families ScrapeMetrics(const ScrapeCounter::Map& counts) {
  Families out;
  for (const auto& [key, count] : counts) {
    out.Add(kFamilies[kScrapes], static_cast<double>(count),
            {{"page", key.page},
             {"code", std::to_string(key.code)},
             {"format", std::string(Name(key.format))}});
  }
  return out;
}

Families WebConfigMetrics(bool successful) {
  Families out;
  out.Add(kFamilies[kWebConfig], successful);
  return out;
}

std::span<const Family> SelfMetricFamilies() { return kFamilies; }

}  // namespace ipfs_peer_exporter
