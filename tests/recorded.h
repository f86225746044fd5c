#pragma once

#include <map>
#include <string>

namespace ipfs_peer_exporter {

// How a daemon answers one call.
struct Answer {
  int status = 200;
  std::string body;
  std::string stream_error = "";  // the trailer X-Stream-Error
};

// What one daemon answered when it was recorded: tests/recorded/README.md.
class Recorded {
 public:
  // `name` is VERSION/SCENARIO: "v0.42.0/online". Throws what is wrong.
  explicit Recorded(const std::string& name);

  // The first answer to `target`, a path with its query. Throws if there is
  // none.
  const Answer& Find(const std::string& target) const;

 private:
  std::string name_;
  std::map<std::string, Answer> answers_;
};

}  // namespace ipfs_peer_exporter
