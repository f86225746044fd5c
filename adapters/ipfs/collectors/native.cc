#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "adapters/ipfs/collector.h"
#include "adapters/prometheus_text.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_daemon_cpu_seconds_total", kCounter,
     "CPU time of the daemon (/debug/metrics/prometheus: "
     "process_cpu_seconds_total)."},
    {"ipfs_daemon_resident_memory_bytes", kGauge,
     "Resident memory of the daemon (/debug/metrics/prometheus: "
     "process_resident_memory_bytes)."},
    {"ipfs_daemon_open_fds", kGauge,
     "Open file descriptors of the daemon (/debug/metrics/prometheus: "
     "process_open_fds)."},
    {"ipfs_daemon_start_time_seconds", kGauge,
     "Start time of the daemon since the Unix epoch "
     "(/debug/metrics/prometheus: process_start_time_seconds)."},
};

// The daemon's names for kFamilies, in the same order. On the exporter's pages
// process_* describes the exporter, so the daemon's process_* is not relayed.
constexpr std::string_view kProcess = "process_";
constexpr std::string_view kProcessNames[] = {
    "process_cpu_seconds_total", "process_resident_memory_bytes",
    "process_open_fds", "process_start_time_seconds"};
static_assert(std::size(kProcessNames) == std::size(kFamilies));

constexpr std::size_t kMaxSeries = 5000;

// Relays the daemon's own metrics unchanged: checks every line and keeps the
// lines of the families that --ipfs.native-keep selects.
class NativeReader : public ElementReader {
 public:
  explicit NativeReader(const std::vector<std::string>& keep) : keep_(keep) {}

  Status Element(std::string& text) override {
    const auto line = ParseTextLine(text);
    if (!line) return line.error();
    switch (line->kind) {
      case TextLine::Kind::kHelp:
        return Header(*line, text);
      case TextLine::Kind::kType:
        return Type(*line, text);
      case TextLine::Kind::kSample:
        return Sample(*line, text);
      case TextLine::Kind::kNothing:
      case TextLine::Kind::kBroken:  // only in the loose grammar
      case TextLine::Kind::kEnd:
        break;
    }
    return Ok();
  }

  Status End(const rapidjson::Value&, Sink& sink) override {
    KeepFamily();
    if (names_.empty()) return Error{Reason::kSchema, "no metrics"};
    sink.relayed = std::move(kept_);
    for (std::size_t i = 0; i < process_.size(); ++i) {
      if (process_[i]) sink.families.Add(kFamilies[i], *process_[i]);
    }
    return Ok();
  }

 private:
  Status Header(const TextLine& line, std::string_view text) {
    if (line.name != family_.name || !family_.samples.empty()) {
      if (auto status = Begin(line.name); !status) return status;
    }
    family_.header.append(text) += '\n';
    return Ok();
  }

  Status Type(const TextLine& line, std::string_view text) {
    const auto type = ParseType(line.text);
    if (!type) return type.error();
    if (auto status = Header(line, text); !status) return status;
    family_.type = *type;
    return Ok();
  }

  Status Sample(const TextLine& line, std::string_view text) {
    if (!IsSampleOf(line.name, family_.name, family_.type)) {
      if (auto status = Begin(line.name); !status) return status;
    }
    const auto series = SeriesKey(line.name, line.labels);
    if (!series_.insert(std::hash<std::string>{}(series)).second) {
      return Error{Reason::kParse, line.name + ": duplicate series"};
    }
    NoteProcess(line);
    if (!IsWanted(line)) return Ok();
    if (++count_ > kMaxSeries) {
      return Error{Reason::kTooLarge,
                   "more than 5000 series; --ipfs.native-keep chooses"};
    }
    family_.samples.append(text) += '\n';
    return Ok();
  }

  void NoteProcess(const TextLine& line) {
    const auto found = std::ranges::find(kProcessNames, line.name);
    if (found == std::end(kProcessNames) || !line.labels.empty()) return;
    if (!std::isfinite(line.value) || line.value < 0) return;
    process_[static_cast<std::size_t>(found - kProcessNames)] = line.value;
  }

  Status Begin(const std::string& name) {
    KeepFamily();
    family_ = {name, prometheus::MetricType::Untyped, "", ""};
    // clear() would visit every bucket of the largest family so far.
    std::unordered_set<std::size_t>().swap(series_);
    if (names_.insert(name).second) return Ok();
    return Error{Reason::kParse, name + ": duplicate family"};
  }

  void KeepFamily() {
    if (!family_.samples.empty()) kept_.push_back(std::move(family_));
  }

  bool IsWanted(const TextLine& line) const {
    const bool kept =
        std::any_of(keep_.begin(), keep_.end(), [&](const std::string& prefix) {
          return family_.name.starts_with(prefix);
        });
    // Some subscriber_name labels of libp2p's event bus hold source paths of
    // the daemon's build.
    const bool is_path = std::any_of(
        line.labels.begin(), line.labels.end(), [](const auto& label) {
          return label.name == "subscriber_name" &&
                 label.value.find('/') != std::string::npos;
        });
    return kept && !is_path && !line.name.starts_with(kProcess);
  }

  const std::vector<std::string>& keep_;  // --ipfs.native-keep
  RenderedFamily family_{"", prometheus::MetricType::Untyped, "", ""};
  std::unordered_set<std::size_t> series_;  // hashes, of the current family
  std::unordered_set<std::string> names_;   // of all families so far
  std::vector<RenderedFamily> kept_;
  std::array<std::optional<double>, std::size(kFamilies)> process_;
  std::size_t count_ = 0;
};

std::vector<Request> Requests(const Settings& settings) {
  return {{.target = "/debug/metrics/prometheus",
           .elements =
               [keep = settings.native_keep](const DaemonState&) {
                 return std::make_unique<NativeReader>(keep);
               },
           .depth = Request::kLines}};
}

}  // namespace

constinit const Collector native_collector{
    .name = "native",
    .tells =
        "the daemon's own metrics, on `/metrics/native` only; CPU time, "
        "memory, open files and start time of the daemon",
    .on_by_default = false,
    .interval = std::chrono::seconds(15),
    .requests = Requests,
    .families = kFamilies,
    .page = "native"};

}  // namespace ipfs_peer_exporter::ipfs
