#include "exporter/serve/reload_page.h"

#include <doctest/doctest.h>

#include <string>

namespace ipfs_peer_exporter {
namespace {

// Answers a request of this method; the reload ends as `outcome`.
HttpResponse Answer(const std::string& method, bool allowed,
                    const Status& outcome = Ok()) {
  std::optional<HttpResponse> later;
  HttpRequest request;
  request.method = method;
  request.later = [&](const HttpStep& step) { later = step(); };
  auto now =
      AnswerReload(request, allowed, [&](const auto& done) { done(outcome); });
  REQUIRE(now.has_value() != later.has_value());
  return now ? *now : *later;
}

TEST_CASE("reload page: the outcome of the reload") {
  CHECK(Answer("POST", true).status == 200);
  const auto failed =
      Answer("POST", true, Error{Reason::kParse, "--a: \x1b bad"});
  CHECK(failed.status == 500);
  CHECK(*failed.body == "--a: \\u001b bad\n");
}

TEST_CASE("reload page: not allowed") {
  CHECK(Answer("POST", false).status == 403);
  for (const bool allowed : {false, true}) {
    for (const auto* method : {"GET", "HEAD"}) {
      const auto response = Answer(method, allowed);
      CHECK(response.status == 405);
      REQUIRE(response.headers.size() == 1);
      CHECK(response.headers[0].first == "Allow");
      CHECK(response.headers[0].second == "POST");
    }
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
