#include "adapters/number.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

namespace ipfs_peer_exporter {
namespace {

TEST_CASE("number: numbers within the range of double") {
  CHECK(ReadNumber("0") == 0);
  CHECK(ReadNumber("-12.5e2") == -1250);
  CHECK(ReadNumber(".5") == 0.5);
  CHECK(ReadNumber("5e-324") == 5e-324);
  CHECK(ReadNumber("1.7976931348623157E+308") == 1.7976931348623157e308);
  CHECK(ReadNumber("18446744073709551615") == 18446744073709551615.0);
}

TEST_CASE("number: underflow is 0, overflow is infinite") {
  const std::string zeros(400, '0');
  const std::string tinies[] = {"1e-400", "0." + zeros + "1",
                                "0." + zeros + "1e50", "1E-999999999999"};
  for (const auto& tiny : tinies) {
    CAPTURE(tiny);
    CHECK(ReadNumber(tiny) == 0);
    CHECK(ReadNumber("-" + tiny) == 0);
  }
  const std::string huges[] = {"1e400", "1" + zeros, "1" + zeros + "e-50",
                               "1E+999999999999"};
  for (const auto& huge : huges) {
    CAPTURE(huge);
    CHECK(ReadNumber(huge) == INFINITY);
    CHECK(ReadNumber("-" + huge) == -INFINITY);
  }
  CHECK(ReadNumber("1" + zeros + "e-400") == 1);
  CHECK(ReadNumber("0." + zeros + "1e401") == 1);
}

TEST_CASE("number: infinities and NaN in any case") {
  CHECK(ReadNumber("inf") == INFINITY);
  CHECK(ReadNumber("-Infinity") == -INFINITY);
  const auto nan = ReadNumber("NaN");
  REQUIRE(nan);
  CHECK(std::isnan(*nan));
}

TEST_CASE("number: as programs print numbers") {
  CHECK(ReadPrintedNumber("+1.5") == 1.5);
  CHECK(ReadPrintedNumber("-.5") == -0.5);
  CHECK(ReadPrintedNumber("5.") == 5);
  CHECK(ReadPrintedNumber("007") == 7);
  CHECK(ReadPrintedNumber("+INF") == INFINITY);
  for (const auto* text : {"nan", "-nan", "+NAN", "-nan(ind)", "nan(0x80)",
                           "1.#INF", "-1.#IND", "1.#QNAN", "+1.#SNAN"}) {
    CAPTURE(text);
    const auto nan = ReadPrintedNumber(text);
    REQUIRE(nan);
    CHECK(std::isnan(*nan));
  }
  for (const auto* text : {"", "+", "+-1", "++1", "-+1", "1#", "0x1F", "1_0"}) {
    CAPTURE(text);
    CHECK_FALSE(ReadPrintedNumber(text));
  }
}

TEST_CASE("number: the whole text has to match") {
  for (const auto* text : {"", " 1", "1 ", "+1", "1,5", "0x10", "1x", "e5",
                           "1e", "-", ".", "--1", "1e400x", "ten"}) {
    CAPTURE(text);
    CHECK_FALSE(ReadNumber(text));
  }
}

TEST_CASE("number: bounds as Go's OpenMetrics writer prints them") {
  struct Row {
    double value;
    std::string text;
  };
  const Row rows[] = {{0, "0.0"},
                      {-0.0, "0.0"},
                      {1, "1.0"},
                      {-1, "-1.0"},
                      {0.5, "0.5"},
                      {0.999, "0.999"},
                      {1.0 / 3, "0.3333333333333333"},
                      {10, "10.0"},
                      {999999, "999999.0"},
                      {1e6, "1e+06"},
                      {1234567, "1.234567e+06"},
                      {1234567.5, "1.2345675e+06"},
                      {0.0001, "0.0001"},
                      {0.00001, "1e-05"},
                      {0.000125, "0.000125"},
                      {1e21, "1e+21"},
                      {1e100, "1e+100"},
                      {-2.5e-300, "-2.5e-300"},
                      {9007199254740993.0, "9.007199254740992e+15"},
                      {INFINITY, "+Inf"},
                      {-INFINITY, "-Inf"},
                      {NAN, "NaN"}};
  for (const auto& row : rows) {
    std::string text;
    AppendBound(text, row.value);
    CHECK(text == row.text);
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
