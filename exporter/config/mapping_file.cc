#include "exporter/config/mapping_file.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/utf8.h"
#include "exporter/config/yaml_file.h"

namespace ipfs_peer_exporter {
namespace {

using peer::MappedLabel;
using peer::MappedLoop;
using peer::MappedMetric;
using peer::MappedRules;
using Kind = peer::MappedMetric::Kind;

constexpr int kMaxLoops = 8;              // nested
constexpr std::size_t kMaxRules = 1000;   // YAML aliases can multiply them
constexpr std::size_t kMaxValues = 1000;  // in one rule

constexpr struct {
  std::string_view word;
  Kind kind;
  prometheus::MetricType type;
} kTypes[] = {{"gauge", Kind::kNumber, kGauge},
              {"counter", Kind::kNumber, kCounter},
              {"info", Kind::kInfo, kGauge},
              {"histogram", Kind::kHistogram, kHistogram}};

// An empty pointer is valid: it means the whole document or element.
rapidjson::Pointer PointerAt(const YAML::Node& node) {
  const auto text = TextAt(node);
  rapidjson::Pointer pointer(text.data(), text.size());
  if (!pointer.IsValid() || text.starts_with('#')) {
    FailAt(node,
           "\"" + text + "\" is not a JSON Pointer such as /workers/0/id");
  }
  return pointer;
}

// A name of a metric or label.
std::string NameAt(const YAML::Node& node) {
  auto text = TextAt(node);
  if (!peer::IsName(text) || text.size() > peer::kMaxName) {
    FailAt(node, "\"" + text + "\" is not a name ([a-zA-Z_][a-zA-Z0-9_]*)");
  }
  return text;
}

// {role: web, worker: {path: /id}}
std::vector<MappedLabel> LabelsOf(const YAML::Node& rule) {
  std::vector<MappedLabel> labels;
  const auto node = rule["labels"];
  if (!node) return labels;
  if (!node.IsMap()) FailAt(node, "must map names to strings or {path: …}");
  for (const auto& pair : node) {
    MappedLabel label{.name = NameAt(pair.first), .text = "", .path = {}};
    if (pair.second.IsMap()) {
      RequireKeys(pair.second, {"path"});
      label.path = PointerAt(Required(pair.second, "path"));
    } else {
      label.text = TextAt(pair.second);
    }
    labels.push_back(std::move(label));
  }
  return labels;
}

// {/op: Total, key: [lo, docker0]}
std::vector<MappedLoop::Drop> DropsOf(const YAML::Node& rule) {
  std::vector<MappedLoop::Drop> drops;
  const auto node = rule["drop"];
  if (!node) return drops;
  if (!node.IsMap()) FailAt(node, "must map pointers, or key, to strings");
  for (const auto& pair : node) {
    MappedLoop::Drop drop{.path = {}, .texts = TextsAt(pair.second)};
    if (TextAt(pair.first) != "key") drop.path = PointerAt(pair.first);
    drops.push_back(std::move(drop));
  }
  return drops;
}

// values: {UP: 1, DOWN: 0} and default: 0
void SetValues(const YAML::Node& rule, MappedMetric& metric) {
  const auto node = rule["values"];
  if (!node) {
    if (rule["default"]) FailAt(rule["default"], "needs values");
    return;
  }
  if (metric.kind != Kind::kNumber) {
    FailAt(node, "applies only to gauges and counters");
  }
  if (!node.IsMap() || node.size() == 0) {
    FailAt(node, "must map strings to numbers");
  }
  if (node.size() > kMaxValues) FailAt(node, "more than 1000 strings");
  for (const auto& pair : node) {
    if (pair.first.IsNull()) FailAt(pair.first, "null must be quoted");
    const auto text = TextAt(pair.first);
    if (!metric.values.emplace(text, NumberAt(pair.second)).second) {
      FailAt(pair.first, text + " is given twice");
    }
  }
  if (rule["default"]) metric.other = NumberAt(rule["default"]);
}

double ScaleOf(const YAML::Node& rule) {
  const auto node = rule["scale"];
  if (!node) return 1;
  const auto scale = node.as<double>(NAN);
  if (!std::isfinite(scale) || scale <= 0) {
    FailAt(node, "must be a number above 0");
  }
  return scale;
}

void SetType(const YAML::Node& rule, MappedMetric& metric) {
  metric.sample.type = peer::TypeOfName(metric.sample.name);
  const auto node = rule["type"];
  if (!node) return;
  const auto word = TextAt(node);
  const auto* const row = std::ranges::find(
      kTypes, word, [](const auto& type) { return type.word; });
  if (row == std::end(kTypes)) {
    FailAt(node, word + " is not one of gauge, counter, info, histogram");
  }
  metric.kind = row->kind;
  metric.sample.type = row->type;
}

class MappingFile {
 public:
  explicit MappingFile(const std::string& path) : path_(path) {}

  void Read(const YAML::Node& root) {
    RequireKeys(root, {"rules"});
    mapping_.rules = Rules(Required(root, "rules"), "", 0);
  }

  peer::Mapping Take() { return std::move(mapping_); }

 private:
  MappedRules Rules(const YAML::Node& list, const std::string& prefix,
                    int loops) {
    if (!list.IsSequence()) FailAt(list, "must be a list of rules");
    MappedRules rules;
    for (const auto& rule : list) {
      if (++count_ > kMaxRules) FailAt(rule, "more than 1000 rules");
      if (rule.IsMap() && rule["each"]) {
        rules.loops.push_back(Loop(rule, prefix, loops + 1));
      } else {
        rules.metrics.push_back(mapping_.metrics.size());
        mapping_.metrics.push_back(Metric(rule, prefix));
      }
    }
    return rules;
  }

  MappedLoop Loop(const YAML::Node& rule, const std::string& prefix,
                  int loops) {
    RequireKeys(rule, {"each", "key", "labels", "drop", "rules"});
    if (loops > kMaxLoops) FailAt(rule, "more than 8 nested loops");
    MappedLoop loop{.each = PointerAt(rule["each"]),
                    .key = {},
                    .labels = LabelsOf(rule),
                    .drops = DropsOf(rule),
                    .rules = {}};
    if (rule["key"]) loop.key = NameAt(rule["key"]);
    loop.rules = Rules(Required(rule, "rules"),
                       prefix + TextAt(rule["each"]) + "/*", loops);
    return loop;
  }

  MappedMetric Metric(const YAML::Node& rule, const std::string& prefix) {
    RequireKeys(rule, {"path", "name", "type", "help", "scale", "values",
                       "default", "labels", "buckets", "sum", "count"});
    MappedMetric metric;
    metric.where = WhereIs(rule, path_);
    metric.path = PointerAt(Required(rule, "path"));
    metric.pattern = prefix + TextAt(rule["path"]);
    metric.sample.name = NameAt(Required(rule, "name"));
    metric.sample.help =
        rule["help"]
            ? TextAt(rule["help"])
            : "Value of the peer's stats (stats: " + metric.pattern + ").";
    metric.scale = ScaleOf(rule);
    metric.labels = LabelsOf(rule);
    SetType(rule, metric);
    SetValues(rule, metric);
    SetParts(rule, metric);
    return metric;
  }

  static void SetParts(const YAML::Node& rule, MappedMetric& metric) {
    for (const auto& [key, pointer] : {std::pair{"buckets", &metric.buckets},
                                       {"sum", &metric.sum},
                                       {"count", &metric.count}}) {
      if (!rule[key]) continue;
      if (metric.kind != Kind::kHistogram) {
        FailAt(rule[key], "applies only to histograms");
      }
      *pointer = PointerAt(rule[key]);
    }
  }

  const std::string& path_;
  peer::Mapping mapping_;
  std::size_t count_ = 0;  // rules so far, including loops
};

}  // namespace

Result<peer::Mapping> ReadMappingFile(const std::string& path) {
  MappingFile file(path);
  const auto status =
      ReadYamlFile(path, [&](const YAML::Node& root) { file.Read(root); });
  if (!status) return status.error();
  auto mapping = file.Take();
  if (mapping.metrics.empty()) {
    return Error{Reason::kSchema, path + ": has no rules"};
  }
  return mapping;
}

}  // namespace ipfs_peer_exporter
