#include "exporter/config/yaml_file.h"

#include "exporter/base/small_file.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::size_t kMaxSize = 1 << 20;

std::string Where(const std::string& path, const YAML::Mark& mark) {
  if (mark.is_null()) return path;
  return path + ":" + std::to_string(mark.line + 1) + ":" +
         std::to_string(mark.column + 1);
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
    return Error{Reason::kParse, Where(path, error.mark) + ": " + error.msg};
  }
  return Ok();
}

void FailAt(const YAML::Node& node, const std::string& what) {
  throw YAML::Exception(node.Mark(), what);
}

std::string WhereIs(const YAML::Node& node, const std::string& path) {
  return Where(path, node.Mark());
}

}  // namespace ipfs_peer_exporter
