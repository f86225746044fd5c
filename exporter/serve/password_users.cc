#include "exporter/serve/password_users.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include <cstdlib>
#include <cstring>

namespace ipfs_peer_exporter {
namespace {

bool IsSame(const PasswordUsers::Digest& a, const PasswordUsers::Digest& b) {
  return gnutls_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

PasswordUsers::PasswordUsers() {
  // Without random numbers nothing here would be secret.
  if (gnutls_rnd(GNUTLS_RND_KEY, key_.data(), key_.size()) < 0) std::abort();
}

PasswordUsers::Digest PasswordUsers::DigestOf(std::string_view text) const {
  Digest digest;
  if (gnutls_hmac_fast(GNUTLS_MAC_SHA256, key_.data(), key_.size(), text.data(),
                       text.size(), digest.data()) < 0) {
    std::abort();  // a digest that is not set would compare equal
  }
  return digest;
}

void PasswordUsers::Set(
    const std::map<std::string, std::string>& hash_by_name) {
  users_.clear();
  for (const auto& [name, hash] : hash_by_name) {
    users_.push_back({DigestOf(name), hash, std::nullopt});
  }
}

// An unknown name always meets the same user, so that its cost tells nothing
// either where the users' costs differ.
PasswordUsers::Attempt PasswordUsers::Try(
    const BasicCredentials& credentials) const {
  const auto name = DigestOf(credentials.user);
  std::size_t number = 0;
  std::memcpy(&number, name.data(), sizeof number);
  const User* user = &users_[number % users_.size()];
  bool known = false;
  for (const auto& candidate : users_) {
    if (!IsSame(candidate.name, name)) continue;
    user = &candidate;
    known = true;
  }
  auto text = credentials.user + '\0' + credentials.password + '\0';
  text += user->hash;
  const auto digest = DigestOf(text);
  explicit_bzero(text.data(), text.size());
  const bool same = IsSame(user->right.value_or(Digest{}), digest);
  return {known, known && user->right && same, user->hash, name, digest};
}

void PasswordUsers::Accept(const Attempt& attempt) {
  if (!attempt.known) return;
  for (auto& user : users_) {
    if (user.name == attempt.name && user.hash == attempt.hash) {
      user.right = attempt.digest;
    }
  }
}

}  // namespace ipfs_peer_exporter
