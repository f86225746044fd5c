#include "exporter/config/web_files.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "exporter/base/small_file.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::size_t kMaxSize = 1 << 20;

bool LooksLikeKey(const std::string& key) {
  constexpr std::size_t kMaxKey = 40;
  return key.size() <= kMaxKey && std::ranges::all_of(key, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

}  // namespace

WebFiles::WebFiles(const std::string& path, std::vector<std::string>& read)
    : path_(path), read_(read) {
  read_ = {path};
}

std::string WebFiles::TextOrFile(const YAML::Node& map,
                                 const std::string& key) {
  auto text = OptionalText(map, key);
  const auto file = OptionalText(map, key + "_file");
  if (file.empty()) return text;
  const auto at = map[key + "_file"];
  if (!text.empty()) FailAt(at, key + " and " + key + "_file are both given");
  const auto path =
      (std::filesystem::path(path_).parent_path() / file).string();
  read_.push_back(path);
  auto read = ReadSmallFile(path, kMaxSize);
  if (!read) FailAt(at, key + "_file: " + read.error().message);
  if (read->empty()) FailAt(at, key + "_file: " + path + ": is empty");
  return std::move(*read);
}

std::string OptionalText(const YAML::Node& map, const std::string& key) {
  const auto node = map[key];
  return !node || node.IsNull() ? "" : TextAt(node);
}

bool OptionalSwitch(const YAML::Node& map, const std::string& key,
                    bool if_missing) {
  const auto node = map[key];
  if (!node || node.IsNull()) return if_missing;
  bool value = false;
  if (!node.IsScalar() || !YAML::convert<bool>::decode(node, value)) {
    FailAt(node, key + " must be true or false");
  }
  return value;
}

void RequireWebKeys(const YAML::Node& map,
                    const std::vector<std::string_view>& known) {
  if (!map.IsMap()) FailAt(map, "must map keys to values");
  for (const auto& pair : map) {
    if (!LooksLikeKey(TextAt(pair.first))) FailAt(pair.first, "unknown key");
  }
  RequireKeys(map, known);
}

}  // namespace ipfs_peer_exporter
