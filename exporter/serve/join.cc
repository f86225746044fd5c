#include "exporter/serve/join.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "exporter/store/open_metrics.h"

namespace ipfs_peer_exporter {
namespace {

using prometheus::MetricType;

using Group = std::span<const RenderedFamily* const>;  // same name

constexpr auto kName = [](const RenderedFamily* family) {
  return std::string_view(family->name);
};

// The families of a page, sorted by name.
class Index {
 public:
  explicit Index(const std::vector<Block>& blocks) {
    for (const auto& block : blocks) {
      for (const auto& family : *block) families_.push_back(&family);
    }
    std::ranges::stable_sort(families_, {}, kName);
  }

  const std::vector<const RenderedFamily*>& families() const {
    return families_;
  }

  Group Named(std::string_view name) const {
    return {std::ranges::lower_bound(families_, name, {}, kName),
            std::ranges::upper_bound(families_, name, {}, kName)};
  }

  // Whether the group has one type, and no other family has a sample of the
  // same name.
  bool IsClear(Group group) const {
    const auto& name = group.front()->name;
    const auto type = group.front()->type;
    const auto type_of = [this](std::string_view other) {
      return TypeWithParts(Named(other));
    };
    return std::ranges::all_of(
               group, [type](auto* one) { return one->type == type; }) &&
           !IsPartOfFamily(name, type_of) &&
           !HasPartsAmong(name, type, type_of);
  }

 private:
  // Histogram or summary if a family of the group has that type, otherwise
  // untyped; nullopt for an empty group.
  static std::optional<MetricType> TypeWithParts(Group group) {
    if (group.empty()) return std::nullopt;
    for (const auto type : {kHistogram, kSummary}) {
      const auto has_type = [type](auto* one) { return one->type == type; };
      if (std::ranges::any_of(group, has_type)) return type;
    }
    return kUntyped;
  }

  std::vector<const RenderedFamily*> families_;
};

// Counts how many families of a page need each name in OpenMetrics.
class OpenMetricsClaims {
 public:
  explicit OpenMetricsClaims(const Index& index) {
    const RenderedFamily* before = nullptr;
    for (const auto* family : index.families()) {
      const bool is_same = before != nullptr && before->name == family->name &&
                           before->type == family->type;
      if (is_same) continue;
      for (auto& name : OpenMetricsNames(*family)) ++claims_[std::move(name)];
      before = family;
    }
  }

  // Whether OpenMetrics has the type of a group, which is clear.
  bool KeepsType(Group group) const {
    const auto fits = [](auto* one) { return one->fits_open_metrics; };
    return std::ranges::all_of(group, fits) &&
           std::ranges::all_of(
               OpenMetricsNames(*group.front()),
               [this](const auto& name) { return claims_.at(name) == 1; });
  }

 private:
  std::unordered_map<std::string, int> claims_;
};

void AppendTextHeader(std::string& page, std::string_view name,
                      std::string_view help) {
  page.append("# HELP ").append(name).append(" ").append(help);
  page.append("\n# TYPE ").append(name).append(" untyped\n");
}

// Collects samples as untyped families, by sample name.
class UntypedSamples {
 public:
  explicit UntypedSamples(Format format) : format_(format) {}

  void Add(const RenderedFamily& family) {
    for (std::string_view rest = family.samples; !rest.empty();) {
      const auto line = rest.substr(0, rest.find('\n') + 1);
      const std::string name(line.substr(0, line.find_first_of("{ ")));
      auto& lines = lines_[name];
      if (lines.empty()) AppendHeader(lines, name, HelpOf(family));
      lines += line;
      rest.remove_prefix(line.size());
    }
  }

  void AppendTo(std::string& page) const {
    for (const auto& [name, lines] : lines_) page += lines;
  }

 private:
  void AppendHeader(std::string& lines, std::string_view name,
                    std::string_view help) const {
    if (format_ == Format::kText) return AppendTextHeader(lines, name, help);
    AppendOpenMetricsHeader(lines, name, kUntyped, false, help);
  }

  const Format format_;
  std::map<std::string, std::string> lines_;
};

bool HasParts(MetricType type) {
  return type == kHistogram || type == kSummary;
}

}  // namespace

std::size_t SizeOf(const std::vector<Block>& blocks) {
  std::size_t size = 0;
  for (const auto& block : blocks) {
    for (const auto& family : *block) {
      size += family.header.size() + family.samples.size();
    }
  }
  return size;
}

std::string Join(const std::vector<Block>& blocks, Format format) {
  const Index index(blocks);
  std::optional<OpenMetricsClaims> claims;
  if (format == Format::kOpenMetrics) claims.emplace(index);
  UntypedSamples untyped(format);
  std::string page;
  page.reserve(SizeOf(blocks));
  for (Group rest(index.families()); !rest.empty();) {
    const auto group = index.Named(rest.front()->name);
    rest = rest.subspan(group.size());
    const auto& first = *group.front();
    const bool keeps_type = !claims || claims->KeepsType(group);
    if (!index.IsClear(group) || (HasParts(first.type) && !keeps_type)) {
      for (const auto* family : group) untyped.Add(*family);
      continue;
    }
    if (claims) {
      AppendOpenMetricsHeader(page, first.name, first.type, keeps_type,
                              HelpOf(first));
    } else {
      page += first.header;
    }
    for (const auto* family : group) page += family->samples;
  }
  untyped.AppendTo(page);
  if (claims) page += "# EOF\n";
  return page;
}

}  // namespace ipfs_peer_exporter
