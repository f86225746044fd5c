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

constexpr char kConfigFile[] = "--config.file";

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

// Notes the files of a flag before they are read.
void Note(std::vector<ReadFile>& files, const Given* given) {
  if (given == nullptr) return;
  for (const auto& path : given->texts) {
    if (!path.empty()) files.push_back({path, IdentityOf(path)});
  }
}

const Given* Find(const Settings& settings, const std::string& flag) {
  const auto found = settings.find(flag);
  return found == settings.end() ? nullptr : &found->second;
}

// Adds the settings of the configuration file, if one is named.
Status MergeFile(Settings& settings, const std::vector<Flag>& flags) {
  const auto* const file = Find(settings, kConfigFile);
  if (file == nullptr || file->texts[0].empty()) return Ok();
  const auto weaker = FromFile(flags, file->texts[0]);
  if (!weaker) return BadValue(file->where + ": " + weaker.error().message);
  Merge(settings, *weaker);
  return Ok();
}

// Makes the options from `given`, the settings of the command line and the
// environment, and from the files that they name, which it notes in `files`.
Result<Options> MakeOptions(const Settings& given,
                            std::vector<ReadFile>& files) {
  Options options;
  const auto flags = Flags(options);
  auto settings = given;
  Note(files, Find(settings, kConfigFile));
  const auto merged = MergeFile(settings, flags);
  if (!merged) return merged.error();
  for (const auto& flag : flags) {
    if (flag.content != Flag::Content::kFile || flag.name == kConfigFile) {
      continue;
    }
    Note(files, Find(settings, flag.name));
  }
  const auto applied = Apply(flags, settings);
  if (!applied) return applied.error();
  if (!options.ipfs.enabled && options.peers.empty()) {
    return BadValue(
        "--ipfs.api: with \"none\", at least one --peer.stats is needed");
  }
  options.given = given;
  options.in_force = std::move(settings);
  options.files = files;
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
  std::vector<ReadFile> files;
  auto options = MakeOptions(given, files);
  if (!options) return CommandLine::Refuse(options.error().message);
  if (!options->print_authorizations || options->check_config) {
    return std::move(*options);
  }
  const auto exit = Authorizations(*options);
  return exit ? *exit : CommandLine::Refuse(exit.error().message);
}

Reread ReadAgain(const Options& options) {
  std::vector<ReadFile> files;
  auto read = MakeOptions(options.given, files);
  return {std::move(read), std::move(files)};
}

}  // namespace ipfs_peer_exporter
