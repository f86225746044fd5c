#include "exporter/serve/dashboard/model.h"

#include <cmath>
#include <limits>
#include <map>

#include "adapters/number.h"
#include "exporter/base/source_names.h"
#include "exporter/store/samples.h"
#include "exporter/store/text_format.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::string_view kOwnPrefix = "ipfs_peer_exporter_";

State StateOf(const Snapshot& snapshot, const Snapshot::Entry& entry) {
  const auto& poll = entry.poll;
  if (entry.collector.empty()) return State::kOk;
  const auto reach = snapshot.reach.find(entry.source);
  const bool down = reach != snapshot.reach.end() && !reach->second.up;
  // While the daemon is down, only the collector that notices it polls.
  if (down && poll.error_at < reach->second.since) return State::kPaused;
  if (!poll.supported) return State::kWaiting;
  if (!*poll.supported) return State::kUnsupported;
  return *poll.success ? State::kOk : State::kFailed;
}

class Reader {
 public:
  Reader(Model& model, const History& history)
      : model_(model), history_(history) {}

  void Read(const RenderedFamily& from, FamilyView& family, Duration interval) {
    family.name = from.name;
    family.help = HelpOf(from);
    family.type = from.type;
    family.unit = UnitOf(from.name);
    family.headline = HeadlineOf(from.name);
    ForEachSample(from.samples, [&](const SampleLine& sample) {
      ++model_.series;
      if (from.type == kHistogram && sample.name.ends_with("_bucket")) {
        AddBucket(family, sample);
      } else {
        AddSeries(family, sample, interval);
      }
    });
  }

 private:
  void AddSeries(FamilyView& family, const SampleLine& sample,
                 Duration interval) {
    if (family.series.size() == FamilyView::kShown) {
      ++family.more;
      return;
    }
    const auto number = ReadNumber(sample.value);
    SeriesView series{sample.name, sample.labels, sample.value,
                      number.value_or(std::numeric_limits<double>::quiet_NaN()),
                      std::nullopt};
    if (const auto trend = history_.Find(sample.key)) {
      series.line = MakeLine(*trend, series.value, interval);
    }
    family.series.push_back(series);
  }

  // The distribution is shown if le is the only label.
  static void AddBucket(FamilyView& family, const SampleLine& sample) {
    constexpr std::string_view kLe = "le=\"";
    const auto bound = sample.labels;
    if (!bound.starts_with(kLe) || bound.find(',') != bound.npos) return;
    double below = 0;
    for (const auto& bucket : family.buckets) below += bucket.count;
    family.buckets.push_back(
        {bound.substr(kLe.size(), bound.size() - kLe.size() - 1),
         std::max(0.0, ReadNumber(sample.value).value_or(0) - below)});
  }

  Model& model_;
  const History& history_;
};

// Families of several blocks, one for each name.
struct Merged {
  FamilyView& Get(std::string_view name) {
    const auto [at, is_new] = index.emplace(name, families.size());
    if (is_new) families.emplace_back();
    return families[at->second];
  }

  std::vector<FamilyView> families;
  std::map<std::string_view, std::size_t> index;
};

}  // namespace

Model MakeModel(const Snapshot& snapshot, const History& history, double now) {
  Model model{&snapshot, now, {}, 0, history.coverage()};
  Reader reader(model, history);
  Merged own;
  for (const auto& entry : snapshot.entries) {
    Merged merged;
    for (const auto& block : entry.blocks) {
      for (const auto& from : *block) {
        const bool is_own =
            from.name.starts_with(kOwnPrefix) || entry.collector.empty();
        reader.Read(from, is_own ? own.Get(from.name) : merged.Get(from.name),
                    entry.poll.interval);
      }
    }
    model.collectors.push_back(
        {&entry, StateOf(snapshot, entry), std::move(merged.families)});
  }
  if (!model.collectors.empty() &&
      model.collectors.back().entry->collector.empty()) {
    model.collectors.back().families = std::move(own.families);
  }
  return model;
}

std::string_view Name(State state) {
  switch (state) {
    case State::kOk:
      return "ok";
    case State::kFailed:
      return "failed";
    case State::kUnsupported:
      return "unsupported";
    case State::kWaiting:
      return "waiting";
    case State::kPaused:
      return "paused";
  }
  return "";
}

const FamilyView* FindFamily(const Model& model, std::string_view name) {
  for (const auto& collector : model.collectors) {
    for (const auto& family : collector.families) {
      if (family.name == name && !family.series.empty()) return &family;
    }
  }
  return nullptr;
}

std::vector<std::pair<std::string, std::string>> ReadLabels(
    std::string_view labels) {
  std::vector<std::pair<std::string, std::string>> read;
  while (!labels.empty()) {
    const auto equals = labels.find("=\"");
    if (equals == labels.npos) break;
    auto& [name, value] = read.emplace_back();
    name = labels.substr(0, equals);
    std::size_t at = equals + 2;
    for (; at < labels.size() && labels[at] != '"'; ++at) {
      if (labels[at] == '\\' && at + 1 < labels.size()) ++at;
      const bool feed = labels[at] == 'n' && labels[at - 1] == '\\';
      value += feed ? '\n' : labels[at];
    }
    labels.remove_prefix(std::min(labels.size(), at + 2));
  }
  return read;
}

}  // namespace ipfs_peer_exporter
