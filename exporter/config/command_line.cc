#include "exporter/config/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <sstream>
#include <utility>
#include <vector>

#include "exporter/base/version.h"
#include "exporter/config/arguments.h"
#include "exporter/config/authorizations.h"
#include "exporter/config/flags.h"
#include "exporter/config/sources.h"

namespace ipfs_peer_exporter {
namespace {

constexpr const char* kAbout =
    "Polls an IPFS daemon's RPC API and the stats socket of the peer beside "
    "it, and serves the values as Prometheus metrics.";
constexpr const char* kFooter =
    "--no-collector.NAME turns a collector off.\n"
    "Every flag with a dot in its name is also an environment variable: "
    "--ipfs.api is IPFS_PEER_EXPORTER_IPFS_API; repeated values are separated "
    "by spaces.\n"
    "Durations are written as 200ms, 10s, 1m30s or 2h, sizes as 4096, 64KiB or "
    "1MiB.";

// Default values follow the type: --ipfs.timeout DURATION=5s.
class Help : public CLI::Formatter {
 public:
  Help() { column_width(40); }

  std::string make_option_opts(const CLI::Option* option) const override {
    std::string text;
    if (!option->get_type_name().empty()) text = " " + option->get_type_name();
    const auto value = option->get_default_str();
    return value.empty() ? text : text + "=" + value;
  }
};

void AddFlag(CLI::App& app, const Flag& flag) {
  using Takes = Target::Takes;
  auto* option = flag.target.takes == Takes::kNothing
                     ? app.add_flag(flag.name, flag.help)
                     : app.add_option(flag.name, flag.help);
  option->type_name(flag.type)
      ->default_str(flag.default_value)
      ->group(flag.help.empty() ? "" : flag.group)
      ->take_all();  // Apply checks the count
  if (flag.target.takes == Takes::kOptional) option->expected(0, 1);
  if (flag.target.takes == Takes::kMany) option->expected(-1);
}

class CommandLine {
 public:
  explicit CommandLine(const std::vector<Flag>& flags)
      : flags_(flags), app_(kAbout, "ipfs_peer_exporter") {
    app_.footer(kFooter);
    app_.formatter(std::make_shared<Help>());
    app_.set_help_flag("-h,--help", "Print this help and exit.");
    app_.set_version_flag("--version",
                          "ipfs_peer_exporter " + std::string(kVersion) +
                              " (revision " + std::string(kRevision) + ", " +
                              std::string(kCompiler) + ")",
                          "Print the version and exit.");
    for (const auto& flag : flags) AddFlag(app_, flag);
  }

  // Throws CLI::ParseError, also for --help and --version.
  Settings Parse(int argc, const char* const* argv) {
    auto arguments = SplitArguments(
        argc, argv, [this](const auto& flag) { return KindOf(flag); });
    if (!arguments) throw CLI::ArgumentMismatch(arguments.error().message);
    std::ranges::reverse(arguments->rest);  // CLI11 expects reverse order
    app_.parse(std::move(arguments->rest));
    Settings settings;
    for (const auto& flag : flags_) {
      const auto& texts = app_.get_option(flag.name)->results();
      if (!texts.empty()) settings[flag.name] = {texts, flag.name};
    }
    for (const auto& name : arguments->empty) {
      if (FindFlag(flags_, name) == nullptr) {  // --help= and --version=
        throw CLI::ArgumentMismatch(name + ": the value is empty");
      }
      settings[name].where = name;
      settings[name].texts.emplace_back();
    }
    return settings;
  }

  Exit ToExit(const CLI::ParseError& error) const {
    std::ostringstream out;
    std::ostringstream err;
    if (app_.exit(error, out, err) != 0) return Refuse(error.what());
    auto text = out.str();
    if (!text.ends_with('\n')) text += '\n';
    return {0, std::move(text)};
  }

  static Exit Refuse(std::string line) {
    std::ranges::replace(line, '\n', ' ');
    return {2, "ipfs_peer_exporter: " + line + " (--help lists the flags)\n"};
  }

 private:
  FlagKind KindOf(const std::string& name) const {
    const auto* option = app_.get_option_no_throw(name);
    if (option == nullptr) return FlagKind::kUnknown;
    return option->get_items_expected_min() > 0 ? FlagKind::kWithValue
                                                : FlagKind::kWithoutValue;
  }

  const std::vector<Flag>& flags_;
  CLI::App app_;
};

// Makes the options from `given`, the settings of the command line and the
// environment, and from the configuration file, which it reads.
Result<Options> MakeOptions(Settings given) {
  Options options;
  const auto flags = Flags(options);
  const auto file = given.find("--config.file");
  if (file != given.end() && !file->second.texts[0].empty()) {
    const auto weaker = FromFile(flags, file->second.texts[0]);
    if (!weaker) {
      return BadValue(file->second.where + ": " + weaker.error().message);
    }
    Merge(given, *weaker);
  }
  const auto applied = Apply(flags, given);
  if (!applied) return applied.error();
  if (!options.ipfs.enabled && options.peers.empty()) {
    return BadValue(
        "--ipfs.api: with \"none\", at least one --peer.stats is needed");
  }
  return options;
}

// Makes the output of --print-authorizations.
Result<Exit> Authorizations(const Options& options) {
  const std::string flag = "--print-authorizations: ";
  const auto& file = options.ipfs.auth_file;
  Exit exit{0, "", ""};
  std::string secret = kPlaceholderSecret;
  if (options.with_secret) {
    if (file.empty()) {
      return BadValue(flag + "with-secret needs --ipfs.auth-file");
    }
    const auto credentials = ReadAuthFile(file);
    if (!credentials) {
      return BadValue("--ipfs.auth-file: " + credentials.error().message);
    }
    secret = AuthSecret(*credentials);
    exit.warning =
        "ipfs_peer_exporter: the output contains the secret of " + file + "\n";
  }
  const auto text = PrintAuthorizations(options.ipfs, secret);
  if (!text) return BadValue(flag + text.error().message);
  exit.text = *text;
  return exit;
}

}  // namespace

std::variant<Options, Exit> ParseOptions(int argc, const char* const* argv) {
  Options unused;  // these rows only provide names and help
  const auto flags = Flags(unused);
  CommandLine command_line(flags);
  Settings given;
  try {
    given = command_line.Parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return command_line.ToExit(error);
  }
  Merge(given, FromEnvironment(flags));
  auto options = MakeOptions(std::move(given));
  if (!options) return CommandLine::Refuse(options.error().message);
  if (!options->print_authorizations || options->check_config) {
    return std::move(*options);
  }
  const auto exit = Authorizations(*options);
  return exit ? *exit : CommandLine::Refuse(exit.error().message);
}

}  // namespace ipfs_peer_exporter
