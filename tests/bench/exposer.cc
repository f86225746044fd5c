// Serves gauges with prometheus-cpp's Exposer, for scrape.py. Reads them from
// standard input, "name step worker value" a line up to an empty one; prints
// its address; ends with the input.
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <iostream>
#include <memory>
#include <sstream>
#include <string>

int main() {
  const auto registry = std::make_shared<prometheus::Registry>();
  std::string line;
  while (std::getline(std::cin, line) && !line.empty()) {
    std::istringstream fields(line);
    std::string name, step, worker;
    double value = 0;
    fields >> name >> step >> worker >> value;
    prometheus::BuildGauge()
        .Name(name)
        .Help("A gauge.")
        .Register(*registry)
        .Add({{"step", step}, {"worker", worker}})
        .Set(value);
  }
  prometheus::Exposer exposer({"listening_ports", "127.0.0.1:0", "num_threads",
                               "2", "enable_keep_alive", "yes",
                               "keep_alive_timeout_ms", "60000"});
  exposer.RegisterCollectable(registry);
  std::cout << "127.0.0.1:" << exposer.GetListeningPorts().front() << std::endl;
  while (std::getline(std::cin, line)) continue;
}
