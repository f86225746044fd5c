#include "exporter/config/yaml_file.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "adapters/utf8.h"
#include "exporter/base/small_file.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::size_t kMaxSize = 1 << 20;

std::string Where(const std::string& path, const YAML::Mark& mark) {
  if (mark.is_null()) return path;
  return path + ":" + std::to_string(mark.line + 1) + ":" +
         std::to_string(mark.column + 1);
}

// yaml-cpp's message without the name of an unknown anchor: a password that is
// not quoted and begins with "*" is taken for one.
std::string WithoutAnchor(const std::string& message) {
  const std::string_view unknown = YAML::ErrorMsg::UNKNOWN_ANCHOR;
  return std::string(message.starts_with(unknown) ? unknown : message);
}

}  // namespace

Status ReadYamlFile(const std::string& path,
                    const std::function<void(const YAML::Node& root)>& read) {
  const auto text = ReadSmallFile(path, kMaxSize);
  if (!text) return text.error();
  try {
    const auto root = YAML::Load(*text);
    if (!root.IsNull()) read(root);
  } catch (const YAML::Exception& error) {
    return Error{Reason::kParse,
                 Where(path, error.mark) + ": " + WithoutAnchor(error.msg)};
  }
  return Ok();
}

void FailAt(const YAML::Node& node, const std::string& what) {
  throw YAML::Exception(node.Mark(), what);
}

std::string WhereIs(const YAML::Node& node, const std::string& path) {
  return Where(path, node.Mark());
}

std::string TextAt(const YAML::Node& node) {
  if (!node.IsScalar()) FailAt(node, "must be a string");
  if (!IsCleanUtf8(node.Scalar())) FailAt(node, "is not UTF-8");
  return node.Scalar();
}

std::vector<std::string> TextsAt(const YAML::Node& node) {
  if (node.IsScalar()) return {TextAt(node)};
  if (!node.IsSequence()) FailAt(node, "must be a string or a list of strings");
  std::vector<std::string> texts;
  for (const auto& element : node) texts.push_back(TextAt(element));
  return texts;
}

double NumberAt(const YAML::Node& node) {
  const auto number = node.as<double>(NAN);
  if (!std::isfinite(number)) FailAt(node, "must be a number");
  return number;
}

void RequireKeys(const YAML::Node& node,
                 const std::vector<std::string_view>& known) {
  if (!node.IsMap()) FailAt(node, "must map keys to values");
  std::set<std::string> keys;
  for (const auto& pair : node) {
    const auto key = TextAt(pair.first);
    if (!keys.insert(key).second) FailAt(pair.first, key + " is given twice");
    if (std::ranges::count(known, key) == 0) {
      FailAt(pair.first, "unknown key " + key);
    }
  }
}

YAML::Node Required(const YAML::Node& map, const std::string& key) {
  const auto node = map[key];
  if (!node) FailAt(map, key + " is missing");
  return node;
}

}  // namespace ipfs_peer_exporter
