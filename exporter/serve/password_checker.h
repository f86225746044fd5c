#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "exporter/serve/bcrypt.h"
#include "exporter/serve/client_address.h"

namespace ipfs_peer_exporter {

// Checks passwords one after another on a thread of its own, which touches
// nothing else. The thread starts with the first check.
//
// Each client address has at most one check, so that the checks take turns and
// a flood from one address delays another by one check.
class PasswordChecker {
 public:
  using Address = ClientAddress;
  using Digest = std::array<unsigned char, 32>;
  using Matches =
      std::function<bool(const std::string& password, const std::string& hash)>;
  using Done = std::function<void(bool right)>;

  static constexpr std::size_t kMaxChecks = 64;   // waiting or under way
  static constexpr std::size_t kMaxWaiting = 64;  // requests for one check

  // Tests replace `matches`.
  explicit PasswordChecker(Matches matches = BcryptMatches);

  // Waits for the check under way and drops the others.
  ~PasswordChecker();

  PasswordChecker(const PasswordChecker&) = delete;
  PasswordChecker& operator=(const PasswordChecker&) = delete;

  // Calls `done` with the result on the checker's thread. `digest` identifies
  // password and hash: a second request of the same client for them waits for
  // the same check. Returns false, and does nothing, if the client has another
  // check, there are too many, or the system has no thread. Thread-safe.
  bool Check(const Address& client, const Digest& digest, std::string password,
             const std::string& hash, Done done);

 private:
  struct Job {
    Address client;
    Digest digest;
    std::string password;
    std::string hash;
    std::vector<Done> waiting;
  };

  bool HasThread();  // starts it if there is none
  void Run();

  const Matches matches_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;  // the first is under way
  bool stops_ = false;
  std::thread thread_;
};

}  // namespace ipfs_peer_exporter
