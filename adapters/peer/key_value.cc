#include "adapters/peer/key_value.h"

#include <optional>

#include "adapters/json.h"
#include "adapters/number.h"
#include "adapters/peer/plain.h"
#include "adapters/peer/text_lines.h"

namespace ipfs_peer_exporter::peer {
namespace {

// Numbers, NaN and infinities too, and booleans.
std::optional<double> ParseValue(std::string_view text) {
  if (text == "true") return 1;
  if (text == "false") return 0;
  if (text.starts_with("+-")) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  return ReadNumber(text);
}

}  // namespace

Status TranslateKeyValue(std::string_view bytes, Samples& samples) {
  PlainValues values(samples);
  std::size_t good = 0;
  std::size_t bad = 0;
  const auto skip = [&](SkipReason reason) {
    samples.Skip(reason);
    ++bad;
  };
  while (const auto whole = TakeLine(bytes)) {
    const auto line = Trim(*whole);
    if (line.empty() || line.starts_with('#')) continue;
    const auto size = line.find_first_of("=:");
    if (!IsCleanUtf8(line)) {
      skip(SkipReason::kEncoding);
    } else if (size == line.npos) {
      skip(SkipReason::kType);
    } else if (const auto key = Trim(line.substr(0, size)); key.empty()) {
      skip(SkipReason::kName);
    } else {
      const auto text = Trim(line.substr(size + 1));
      // A version may look like a number, for no quotes tell that it is none.
      const auto number =
          PlainValues::IsInfo(key) ? std::nullopt : ParseValue(text);
      number ? values.Number(key, *number) : values.Text(key, text);
      ++good;
    }
  }
  if (!Trim(bytes).empty()) skip(SkipReason::kType);
  values.End();
  if (good > 0 || bad == 0) return Ok();
  return Error{Reason::kParse, "no line of it is key=value or key: value"};
}

}  // namespace ipfs_peer_exporter::peer
