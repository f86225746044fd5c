#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/serve/basic_auth.h"

namespace ipfs_peer_exporter {

// The users of the web configuration, and the password of each that was last
// found right. It keeps hashes under a key made at start, so that neither time
// nor memory tells a name or password. Used on the server's thread.
class PasswordUsers {
 public:
  using Digest = std::array<unsigned char, 32>;

  PasswordUsers();

  // Replaces the users; forgets which passwords were right.
  void Set(const std::map<std::string, std::string>& hash_by_name);

  bool empty() const { return users_.empty(); }

  // What there is to check for a user and password.
  struct Attempt {
    bool known;        // else no password is right
    bool was_right;    // it is the password that was last found right
    std::string hash;  // of the user; of another one if the user is unknown
    Digest name;       // of the name
    Digest digest;     // of name, password and hash
  };
  // Takes the same time for a known and an unknown user. There must be a user.
  Attempt Try(const BasicCredentials& credentials) const;

  // Records that the password of this attempt is right, unless the user or the
  // hash has changed since.
  void Accept(const Attempt& attempt);

 private:
  struct User {
    Digest name;
    std::string hash;
    std::optional<Digest> right;  // Attempt::digest
  };

  Digest DigestOf(std::string_view text) const;

  std::array<unsigned char, 32> key_;
  std::vector<User> users_;
};

}  // namespace ipfs_peer_exporter
