#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/serve/dashboard/sparkline.h"
#include "exporter/store/headlines.h"
#include "exporter/store/history.h"
#include "exporter/store/store.h"

// What the page at / shows, as HTML or as text. All views are of the snapshot.
namespace ipfs_peer_exporter {

struct SeriesView {
  std::string_view name;    // of the sample
  std::string_view labels;  // as served: a="b",c="d"
  std::string_view exact;   // the value as served
  double value = 0;         // NaN if it cannot be read
  std::optional<Line> line;
};

struct Bucket {
  std::string_view bound;  // label le
  double count = 0;        // of this bucket alone
};

struct FamilyView {
  static constexpr std::size_t kShown = 12;  // series

  std::string_view name;
  std::string_view help;
  prometheus::MetricType type = kUntyped;
  Unit unit = Unit::kNone;
  Headline headline = Headline::kNone;
  std::vector<SeriesView> series;  // the first ones; no buckets
  std::size_t more = 0;            // further series
  std::vector<Bucket> buckets;     // of a histogram with one set of labels
};

enum class State { kOk, kFailed, kUnsupported, kWaiting, kPaused };

struct CollectorView {
  const Snapshot::Entry* entry;
  State state;
  std::vector<FamilyView> families;
};

struct Model {
  const Snapshot* snapshot;
  double now;  // seconds since 1970
  // The exporter itself comes last, with its families of all collectors.
  std::vector<CollectorView> collectors;
  std::size_t series = 0;  // all that are served
  History::Coverage coverage;
};

Model MakeModel(const Snapshot& snapshot, const History& history, double now);

// "ok", "failed", …; the same words for a class of the style sheet.
std::string_view Name(State state);

// The first family with this name; null if there is none.
const FamilyView* FindFamily(const Model& model, std::string_view name);

// The names and values in labels as served, unescaped.
std::vector<std::pair<std::string, std::string>> ReadLabels(
    std::string_view labels);

}  // namespace ipfs_peer_exporter
