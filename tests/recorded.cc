#include "tests/recorded.h"

#include <rapidjson/document.h>
#include <rapidjson/istreamwrapper.h>

#include <fstream>
#include <stdexcept>

namespace ipfs_peer_exporter {

Recorded::Recorded(const std::string& name) : name_(name) {
  std::ifstream file(TEST_RECORDED_DIR "/" + name + ".json");
  rapidjson::IStreamWrapper stream(file);
  rapidjson::Document calls;
  calls.ParseStream(stream);
  if (calls.HasParseError() || !calls.IsArray()) {
    throw std::runtime_error("no recording " + name);
  }
  for (const auto& call : calls.GetArray()) {
    std::string target = call["path"].GetString();
    const std::string query = call["query"].GetString();
    if (!query.empty()) target += "?" + query;
    // Only a POST is a call; a GET of the same path is a different request.
    const std::string method = call["method"].GetString();
    if (method != "POST") target.insert(0, method + " ");
    Answer answer{call["status"].GetInt(), call["body"].GetString()};
    if (call.HasMember("trailers")) {
      answer.stream_error = call["trailers"]["X-Stream-Error"].GetString();
    }
    answers_.emplace(std::move(target), std::move(answer));
  }
}

const Answer& Recorded::Find(const std::string& target) const {
  const auto found = answers_.find(target);
  if (found == answers_.end()) {
    throw std::runtime_error(name_ + " has no " + target);
  }
  return found->second;
}

}  // namespace ipfs_peer_exporter
