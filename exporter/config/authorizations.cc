#include "exporter/config/authorizations.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <set>

#include "adapters/utf8.h"

namespace ipfs_peer_exporter {
namespace {

std::set<std::string> Paths(const IpfsOptions& options) {
  std::set<std::string> paths;
  for (const auto& collector : options.collectors) {
    for (const auto& request :
         collector.collector->requests(options.settings)) {
      // Other paths need no authorization.
      if (request.is_rpc()) paths.insert(request.path_without_query());
    }
  }
  return paths;
}

}  // namespace

std::string AuthSecret(const Credentials& credentials) {
  return credentials.bearer.empty() ? "basic:" + credentials.user_password
                                    : "bearer:" + credentials.bearer;
}

Result<std::string> PrintAuthorizations(const IpfsOptions& options,
                                        const std::string& secret) {
  if (!IsCleanUtf8(secret)) {
    return Error{Reason::kAuth, "the secret is not UTF-8"};
  }
  rapidjson::StringBuffer text;
  rapidjson::PrettyWriter writer(text);
  writer.SetIndent(' ', 2);
  writer.StartObject();
  writer.Key("AuthSecret");
  writer.String(secret.c_str());
  writer.Key("AllowedPaths");
  writer.StartArray();
  for (const auto& path : Paths(options)) writer.String(path.c_str());
  writer.EndArray();
  writer.EndObject();
  return std::string(text.GetString(), text.GetSize()) + "\n";
}

}  // namespace ipfs_peer_exporter
