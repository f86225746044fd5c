#include "exporter/serve/join.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string_view>

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

// Collects samples as untyped families, by sample name.
class UntypedSamples {
 public:
  void Add(const RenderedFamily& family) {
    // The rest of the HELP line after the name: " What it is.\n"
    const auto help = std::string_view(family.header)
                          .substr(kHelp.size() + family.name.size());
    for (std::string_view rest = family.samples; !rest.empty();) {
      const auto line = rest.substr(0, rest.find('\n') + 1);
      const std::string name(line.substr(0, line.find_first_of("{ ")));
      auto& lines = lines_[name];
      if (lines.empty()) {
        lines.append(kHelp).append(name);
        lines.append(help.substr(0, help.find('\n') + 1));
        lines.append("# TYPE ").append(name).append(" untyped\n");
      }
      lines += line;
      rest.remove_prefix(line.size());
    }
  }

  void AppendTo(std::string& page) const {
    for (const auto& [name, lines] : lines_) page += lines;
  }

 private:
  static constexpr std::string_view kHelp = "# HELP ";

  std::map<std::string, std::string> lines_;
};

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

std::string Join(const std::vector<Block>& blocks) {
  const Index index(blocks);
  UntypedSamples untyped;
  std::string page;
  page.reserve(SizeOf(blocks));
  for (Group rest(index.families()); !rest.empty();) {
    const auto group = index.Named(rest.front()->name);
    rest = rest.subspan(group.size());
    if (!index.IsClear(group)) {
      for (const auto* family : group) untyped.Add(*family);
      continue;
    }
    page += group.front()->header;
    for (const auto* family : group) page += family->samples;
  }
  untyped.AppendTo(page);
  return page;
}

}  // namespace ipfs_peer_exporter
