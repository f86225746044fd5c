#pragma once

#include <stdlib.h>

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

// Changes to the process and the file system that are undone at the end of a
// scope.
namespace ipfs_peer_exporter {

class ScopedFolder {
 public:
  ScopedFolder() {
    std::string name = std::filesystem::temp_directory_path() / "ipe-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error(name);
    path_ = name;
  }
  ~ScopedFolder() { std::filesystem::remove_all(path_); }
  ScopedFolder(const ScopedFolder&) = delete;
  ScopedFolder& operator=(const ScopedFolder&) = delete;

  std::string File(const std::string& name) const { return path_ / name; }
  std::string path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Sets or unsets an environment variable, and restores it at the end.
class ScopedEnv {
 public:
  ScopedEnv(const std::string& name, const std::optional<std::string>& value)
      : name_(name) {
    if (const char* before = getenv(name.c_str())) before_ = before;
    Set(value);
  }
  ~ScopedEnv() { Set(before_); }
  ScopedEnv(const ScopedEnv&) = delete;
  ScopedEnv& operator=(const ScopedEnv&) = delete;

 private:
  void Set(const std::optional<std::string>& value) {
    if (value) {
      setenv(name_.c_str(), value->c_str(), 1);
    } else {
      unsetenv(name_.c_str());
    }
  }

  const std::string name_;
  std::optional<std::string> before_;
};

}  // namespace ipfs_peer_exporter
