#include "exporter/serve/bcrypt.h"

#include <crypt.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include <memory>
#include <string_view>

namespace ipfs_peer_exporter {

bool BcryptMatches(const std::string& password, const std::string& hash) {
  const auto data = std::make_unique<crypt_data>();  // 32 KiB, zeros
  const char* const made = crypt_r(password.c_str(), hash.c_str(), data.get());
  const std::string_view result = made == nullptr ? "" : made;
  const bool matches =
      result.size() == hash.size() &&
      gnutls_memcmp(result.data(), hash.data(), hash.size()) == 0;
  explicit_bzero(data.get(), sizeof(crypt_data));
  return matches;
}

}  // namespace ipfs_peer_exporter
