#pragma once

#include <map>
#include <string>

namespace ipfs_peer_exporter {

// A daemon's recorded answer to one call.
struct Answer {
  int status = 200;
  std::string body;
  std::string stream_error = "";  // the trailer X-Stream-Error
};

// The recorded answers of one daemon (tests/recorded/README.md).
class Recorded {
 public:
  // `name` is VERSION/SCENARIO: "v0.42.0/online". Throws if it cannot be read.
  explicit Recorded(const std::string& name);

  // The first answer to `target`, a path with its query. Throws if it was not
  // recorded.
  const Answer& Find(const std::string& target) const;

 private:
  std::string name_;
  std::map<std::string, Answer> answers_;
};

}  // namespace ipfs_peer_exporter
