#include "adapters/ipfs/reply.h"

#include <doctest/doctest.h>

#include "adapters/json.h"
#include "tests/adapters/lines.h"
#include "tests/recorded.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kValue{"value", kGauge, "A value."};
constexpr Family kCount{"count", kGauge, "Elements."};
constexpr Family kTrouble{"trouble", kGauge, "An error."};

Status ReadValue(const rapidjson::Value& reply, Sink& sink) {
  const auto value = Count(reply, "Value");
  if (!value) return Error{Reason::kSchema, "no Value"};
  sink.families.Add(kValue, *value);
  return Ok();
}

void ReadTrouble(std::string_view message, Sink& sink) {
  sink.families.Add(kTrouble, 1, {{"message", std::string(message)}});
}

class Counter : public ElementReader {
 public:
  Status Element(std::string& json) override {
    if (json == "\"bad\"") return Error{Reason::kSchema, "a bad element"};
    ++count_;
    return Ok();
  }
  Status End(const rapidjson::Value& envelope, Sink& sink) override {
    sink.families.Add(kCount, count_);
    return envelope.IsNull() || envelope.HasMember("List")
               ? Ok()
               : Status(Error{Reason::kSchema, "no List"});
  }

 private:
  int count_ = 0;
};

std::unique_ptr<ElementReader> MakeCounter(const DaemonState&) {
  return std::make_unique<Counter>();
}

const Request kDocument{.target = "document",
                        .document = ReadValue,
                        .unsupported = {"it is switched off"}};
const Request kList{.target = "list", .elements = MakeCounter, .depth = 2};
const Request kStream{.target = "stream", .elements = MakeCounter};
const Request kForgiving{
    .target = "document", .document = ReadValue, .daemon_error = ReadTrouble};

struct Judged {
  std::string verdict;
  std::string message;
  std::string lines;
};

Judged Judge(const Request& request, const Answer& answer,
             std::size_t piece = std::string::npos) {
  DaemonState daemon;
  ReplyReader reader(request, daemon);
  std::string_view rest = answer.body;
  while (!rest.empty()) {
    const auto fed = reader.Feed(answer.status, rest.substr(0, piece));
    if (!fed) {
      return {std::string(Name(fed.error().reason)), fed.error().message, ""};
    }
    rest.remove_prefix(std::min(piece, rest.size()));
  }
  const auto outcome = reader.Finish(answer.status, answer.stream_error);
  switch (outcome.state) {
    case Outcome::State::kOk:
      return {"ok", "", Lines(reader.families())};
    case Outcome::State::kUnsupported:
      return {"unsupported", "", ""};
    case Outcome::State::kFailed:
      break;
  }
  return {std::string(Name(outcome.error->reason)), outcome.error->message, ""};
}

std::string JsonError(const std::string& message) {
  return R"({"Message":")" + message + R"(","Code":0,"Type":"error"})";
}

TEST_CASE("reply: outcomes of a document") {
  struct Row {
    Answer answer;
    std::string verdict;
  };
  const std::string offline = "this command must be run in online mode. Try";
  const std::string action = "this action must be run in online mode, try";
  const std::string off = "no: it is switched off in the config";
  const std::string shared = "an error occurred";
  const Row rows[] = {
      {{200, R"({"Value":1})"}, "ok"},
      {{200, R"({"Value":1})"
             "\n"},
       "ok"},
      {{200, ""}, "unsupported"},
      {{200, "\n"}, "parse"},
      {{200, R"({"Value":)"}, "parse"},
      {{200, R"({"Value":1}{"Value":2})"}, "parse"},
      {{200, "<html></html>"}, "parse"},
      {{200, R"({"Other":1})"}, "schema"},
      {{200, R"({"Value":1})", "context deadline exceeded"}, "stream"},
      {{200, R"({"Value":)", "context deadline exceeded"}, "stream"},
      {{200, "", "context deadline exceeded"}, "stream"},
      {{200, "", offline}, "unsupported"},
      {{200, "", action}, "unsupported"},
      {{200, "", off}, "unsupported"},
      {{200, "", "it is switched on"}, "stream"},
      {{404, ""}, "unsupported"},
      {{404, "404 page not found\n"}, "unsupported"},
      {{404, JsonError("Not Found")}, "unsupported"},
      {{404, "<html></html>"}, "unsupported"},
      {{401, ""}, "auth"},
      {{403, "Kubo RPC Access Denied: Please provide a token\n"}, "auth"},
      {{403, JsonError(offline)}, "auth"},
      {{400, JsonError(shared)}, "http_status"},
      {{400, JsonError(offline)}, "unsupported"},
      {{400, "argument \"peer\" is required"}, "http_status"},
      {{500, JsonError(shared)}, "http_status"},
      {{500, JsonError("unable to run offline: " + offline)}, "unsupported"},
      {{500, JsonError(action)}, "unsupported"},
      {{500, JsonError(off)}, "unsupported"},
      {{500, JsonError("")}, "http_status"},
      {{500, JsonError("online mode")}, "http_status"},
      {{500, off}, "http_status"},
      {{500, offline}, "http_status"},
      {{500, R"({"Message":"x","Type":"other"})"}, "http_status"},
      {{500, R"([{"Type":"error"}])"}, "http_status"},
      {{500, ""}, "http_status"},
      {{405, "405 - Method Not Allowed\n"}, "http_status"},
      {{302, ""}, "http_status"},
      {{204, ""}, "http_status"},
      {{502, "<html></html>"}, "http_status"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.answer.status);
    CAPTURE(row.answer.body);
    CAPTURE(row.answer.stream_error);
    CHECK(Judge(kDocument, row.answer).verdict == row.verdict);
    CHECK(Judge(kDocument, row.answer, 1).verdict == row.verdict);
  }
}

TEST_CASE("reply: outcomes of a list of elements") {
  struct Row {
    Answer answer;
    std::string verdict;
    std::string lines = "";
  };
  const Row rows[] = {
      {{200, R"({"List":[1,2,3]})"}, "ok", "count 3\n"},
      {{200, R"({"List":[]})"}, "ok", "count 0\n"},
      {{200, R"({"List":null})"}, "ok", "count 0\n"},
      {{200, R"({"Other":[]})"}, "schema"},
      {{200, R"({"List":[1,"bad"]})"}, "schema"},
      {{200, R"({"List":[1,2)"}, "parse"},
      {{200, R"({"List":[1}})"}, "parse"},
      {{200, R"({"List":[1]}x)"}, "parse"},
      {{200, "<html></html>"}, "parse"},
      {{200, ""}, "unsupported"},
      {{200, R"({"List":[1)", "the daemon stops"}, "stream"},
      {{404, R"({"List":[1]})"}, "unsupported"},
      {{403, R"({"List":[1]})"}, "auth"},
      {{500, R"({"List":[1]})"}, "http_status"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.answer.status);
    CAPTURE(row.answer.body);
    const auto whole = Judge(kList, row.answer);
    CHECK(whole.verdict == row.verdict);
    CHECK(whole.lines == row.lines);
    const auto pieces = Judge(kList, row.answer, 1);
    CHECK(pieces.verdict == row.verdict);
    CHECK(pieces.lines == row.lines);
  }
}

TEST_CASE("reply: a stream has no envelope and may be empty") {
  struct Row {
    Answer answer;
    std::string verdict;
    std::string lines = "";
  };
  const Row rows[] = {
      {{200, ""}, "ok", "count 0\n"},
      {{200, "\n"}, "ok", "count 0\n"},
      {{200, "{}\n{}\n"}, "ok", "count 2\n"},
      {{200, "{}{}"}, "ok", "count 2\n"},
      {{200, "{}\n{"}, "parse"},
      {{200, "{}\n", "the daemon stops"}, "stream"},
      {{200, "", "the daemon stops"}, "stream"},
      {{404, ""}, "unsupported"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.answer.body);
    CHECK(Judge(kStream, row.answer).verdict == row.verdict);
    CHECK(Judge(kStream, row.answer).lines == row.lines);
    CHECK(Judge(kStream, row.answer, 1).lines == row.lines);
  }
}

TEST_CASE("reply: an error of the daemon as an answer") {
  CHECK(Judge(kForgiving, {500, JsonError("shutting down")}).lines ==
        "trouble{message=\"shutting down\"} 1\n");
  CHECK(Judge(kForgiving, {500, "a proxy's text"}).verdict == "http_status");
  CHECK(Judge(kForgiving, {403, JsonError("denied")}).verdict == "auth");
  CHECK(Judge(kForgiving, {400, JsonError("no such option")}).verdict ==
        "http_status");
  CHECK(Judge(kForgiving,
              {500, JsonError("this command must be run in online mode")})
            .verdict == "unsupported");
}

TEST_CASE("reply: the message contains the daemon's error") {
  CHECK(Judge(kDocument, {500, JsonError("disk is full")}).message ==
        "HTTP 500: disk is full");
  CHECK(Judge(kDocument, {502, "<html></html>"}).message == "HTTP 502");
  CHECK(Judge(kDocument, {200, "{}", "no LAN client"}).message ==
        "no LAN client");
}

TEST_CASE("reply: an error in the trailer of a recording is a failure") {
  for (const std::string name : {"v0.12.2/online", "v0.44.0-dev/online"}) {
    const Recorded daemon(name);
    const auto& answer = daemon.Find("/api/v0/stats/dht?arg=lan&arg=bogus");
    REQUIRE(answer.status == 200);
    CHECK(Judge(kStream, answer).message == "unknown dht type: bogus");
  }
}

TEST_CASE("reply: a recorded 403 is auth, also for an unknown call") {
  const Recorded daemon("v0.42.0/auth");
  for (const std::string target : {"/api/v0/id", "/api/v0/nonexistent/cmd"}) {
    CHECK(Judge(kDocument, daemon.Find(target)).verdict == "auth");
  }
}

TEST_CASE("reply: a document has at most 1 MiB") {
  const std::string value = R"({"Value":1})";
  const std::string body =
      value + std::string(kMaxDocument - value.size(), ' ');
  CHECK(Judge(kDocument, {200, body}).verdict == "ok");
  CHECK(Judge(kDocument, {200, body + " "}).verdict == "too_large");
  CHECK(Judge(kDocument, {200, body + " "}, 1000).verdict == "too_large");
}

TEST_CASE("reply: max_bytes is known before the body") {
  DaemonState daemon;
  CHECK(ReplyReader(kDocument, daemon).max_bytes() == kMaxDocument);
  CHECK(ReplyReader(kList, daemon).max_bytes() == kMaxStream);
}

TEST_CASE("reply: a long body does not change the meaning of a status") {
  const std::string text(100 * 1024, 'x');
  CHECK(Judge(kDocument, {404, text}).verdict == "unsupported");
  CHECK(Judge(kDocument, {403, text}).verdict == "auth");
  CHECK(Judge(kDocument, {500, text}).verdict == "http_status");
  CHECK(Judge(kForgiving, {500, JsonError(text)}).verdict == "http_status");
  const std::string endless(kMaxDocument + 1, 'x');
  CHECK(Judge(kDocument, {500, endless}).verdict == "too_large");
}

TEST_CASE("reply: 1 KiB of an error is kept, in whole characters") {
  const auto told = [](const std::string& text) {
    return Judge(kDocument, {500, JsonError(text)}).message;
  };
  const std::string most(1024, 'x');
  CHECK(told(most) == "HTTP 500: " + most);
  CHECK(told(most + "y") == "HTTP 500: " + most);
  const std::string three = "\u20ac";
  CHECK(told(most.substr(3) + three) == "HTTP 500: " + most.substr(3) + three);
  CHECK(told(most.substr(2) + three) == "HTTP 500: " + most.substr(2));
  CHECK(told(most.substr(1) + three) == "HTTP 500: " + most.substr(1));
  CHECK(told(most + three) == "HTTP 500: " + most);
}

TEST_CASE("reply: a list may be longer than a document, to 256 MiB") {
  DaemonState daemon;
  ReplyReader reader(kStream, daemon);
  const std::string element = '"' + std::string(60 * 1024, 'x') + "\"\n";
  for (std::size_t size = 0; size <= kMaxDocument; size += element.size()) {
    REQUIRE(reader.Feed(200, element).has_value());
  }
  static char zeros[kMaxStream];  // never touched, so it takes no memory
  const auto last = reader.Feed(200, {zeros, kMaxStream});
  REQUIRE_FALSE(last.has_value());
  CHECK(last.error().reason == Reason::kTooLarge);
  CHECK(last.error().message == "the reply is over 268435456 bytes");
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
