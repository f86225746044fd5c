// Serves gauges with client_golang, for scrape.py. Reads them from standard
// input, "name step worker value" a line up to an empty one; prints its
// address; ends with the input.
package main

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func main() {
	input := bufio.NewScanner(os.Stdin)
	registry, err := readGauges(input)
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr())
	http.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	go func() { log.Fatal(http.Serve(listener, nil)) }()
	for input.Scan() {
	}
}

func readGauges(input *bufio.Scanner) (*prometheus.Registry, error) {
	registry := prometheus.NewRegistry()
	families := map[string]*prometheus.GaugeVec{}
	for input.Scan() && input.Text() != "" {
		var name, step, worker string
		var value float64
		if _, err := fmt.Sscan(input.Text(), &name, &step, &worker, &value); err != nil {
			return nil, err
		}
		if families[name] == nil {
			families[name] = prometheus.NewGaugeVec(
				prometheus.GaugeOpts{Name: name, Help: "A gauge."}, []string{"step", "worker"})
			registry.MustRegister(families[name])
		}
		families[name].WithLabelValues(step, worker).Set(value)
	}
	return registry, input.Err()
}
