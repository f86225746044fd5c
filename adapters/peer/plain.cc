#include "adapters/peer/plain.h"

#include <algorithm>
#include <string>
#include <utility>

#include "adapters/utf8.h"

namespace ipfs_peer_exporter::peer {
namespace {

constexpr std::string_view kInfo = "info.";

std::string Help(std::string_view path) {
  constexpr std::string_view kBefore = "Value of the peer's stats (stats: ";
  std::string help;
  help.reserve(kBefore.size() + path.size() + 2);
  help += kBefore;
  if (IsCleanUtf8(path)) {
    help += path;
  } else {
    help += SnakeCase(path);
  }
  return help += ").";
}

}  // namespace

bool PlainValues::IsInfo(std::string_view path) {
  return path.starts_with(kInfo);
}

void PlainValues::Number(std::string_view path, double value) {
  Sample sample;
  sample.name = SnakeCase(path);
  sample.type = TypeOfName(sample.name);
  sample.help = Help(path);
  sample.value = value;
  sample.written = path;
  samples_.Add(std::move(sample));
}

void PlainValues::Text(std::string_view path, std::string_view text) {
  if (!IsInfo(path)) return samples_.Skip(SkipReason::kType, path);
  prometheus::ClientMetric::Label label{SnakeCase(path.substr(kInfo.size())),
                                        std::string(text)};
  if (!samples_.AcceptLabel(label, path)) return;
  if (info_.size() == kMaxLabels) {
    return samples_.Skip(SkipReason::kLabel, path);
  }
  const bool twice = std::ranges::any_of(
      info_, [&](const auto& other) { return other.name == label.name; });
  if (twice) return samples_.Skip(SkipReason::kDuplicate, path);
  info_.push_back(std::move(label));
}

void PlainValues::End() {
  if (info_.empty()) return;
  samples_.Add({.name = "info",
                .help = "Constant 1, with the peer's texts about itself as "
                        "labels (stats: info).",
                .labels = std::move(info_),
                .value = 1});
}

}  // namespace ipfs_peer_exporter::peer
