#include "adapters/ipfs/counted_list.h"

#include <utility>

#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

class ListReader : public ElementReader {
 public:
  ListReader(const std::string& member, const Family& family)
      : member_(member), family_(family) {}

  Status Element(std::string& json) override {
    const auto element = ParseJson(json);
    if (!element) return element.error();
    if (!element->IsObject()) {
      return Error{Reason::kSchema,
                   "an element of " + member_ + " is not an object"};
    }
    ++count_;
    return Ok();
  }

  Status End(const rapidjson::Value& envelope, Sink& sink) override {
    const bool elsewhere = Member(envelope, member_).IsNull() && count_ > 0;
    if (!HasList(envelope, member_) || elsewhere) {
      return Error{Reason::kSchema, "no " + member_};
    }
    sink.families.Add(family_, count_);
    return Ok();
  }

 private:
  const std::string& member_;
  const Family& family_;
  double count_ = 0;
};

}  // namespace

// The request owns `member` and outlives the reader.
Request CountList(std::string target, std::string member, const Family& family,
                  std::vector<std::string_view> unsupported) {
  return {.target = std::move(target),
          .elements =
              [member = std::move(member), &family](const DaemonState&) {
                return std::make_unique<ListReader>(member, family);
              },
          .depth = 2,
          .unsupported = std::move(unsupported)};
}

}  // namespace ipfs_peer_exporter::ipfs
