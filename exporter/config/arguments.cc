#include "exporter/config/arguments.h"

#include <cstddef>

namespace ipfs_peer_exporter {

Result<Arguments> SplitArguments(
    int argc, const char* const* argv,
    const std::function<FlagKind(const std::string& flag)>& kind_of) {
  const std::vector<std::string> all(argv + 1, argv + argc);
  const auto kind = [&](const std::string& argument) {
    if (!argument.starts_with("--")) return FlagKind::kUnknown;
    return kind_of(argument.substr(0, argument.find('=')));
  };
  Arguments arguments;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& argument = all[i];
    if (argument == "--") {  // no flags follow
      arguments.rest.insert(arguments.rest.end(),
                            all.begin() + static_cast<std::ptrdiff_t>(i),
                            all.end());
      break;
    }
    const auto equals = argument.find('=');
    if (equals == argument.size() - 1 && kind(argument) != FlagKind::kUnknown) {
      arguments.empty.push_back(argument.substr(0, equals));
      continue;
    }
    arguments.rest.push_back(argument);
    const bool awaits_value =
        equals == std::string::npos && kind(argument) == FlagKind::kWithValue;
    if (!awaits_value || i + 1 == all.size()) continue;
    if (kind(all[i + 1]) != FlagKind::kUnknown) {
      return Error{Reason::kParse, argument + ": the value is missing"};
    }
    arguments.rest.push_back(all[++i]);
  }
  return arguments;
}

}  // namespace ipfs_peer_exporter
