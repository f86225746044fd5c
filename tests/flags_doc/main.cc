// Generates the man page and the completions of shells from the table of flags.

#include "exporter/config/flags.h"
#include "flags_doc/flags_doc.h"
#include "generated.h"

namespace ipfs_peer_exporter {
namespace {

// The table, and --help and --version, which are not in it.
template <std::string (*make)(FlagTable)>
std::string Made(const std::string& /*old*/) {
  Options unused;
  auto flags = Flags(unused);
  const auto command = [](const char* name, const char* help) {
    return Flag{name,     "",
                "",       {Target::Takes::kNothing, nullptr},
                help,     Flag::Content::kPlain,
                "General"};
  };
  flags.insert(flags.begin(), {command("--help", "Print this help and exit"),
                               command("--version",
                                       "Print the version and "
                                       "exit")});
  return make(flags);
}

constexpr GeneratedFile kFiles[] = {
    {"packaging/man/ipfs_peer_exporter.1", Made<Man>},
    {"packaging/completions/ipfs_peer_exporter.bash", Made<Bash>},
    {"packaging/completions/_ipfs_peer_exporter", Made<Zsh>},
    {"packaging/completions/ipfs_peer_exporter.fish", Made<Fish>},
};

}  // namespace
}  // namespace ipfs_peer_exporter

int main(int argc, char** argv) {
  using namespace ipfs_peer_exporter;
  return Generate(argc, argv, kFiles);
}
