// Reads pages of metrics with Prometheus' own readers. Each line of standard
// input is a request, and each is answered by a line: the samples of the page,
// or why the reader refuses it.
//
//	{"reader": "expfmt", "content_type": "text/plain; version=0.0.4", "page": "a 1\n"}
//	{"samples": [{"name": "a", "labels": {}, "value": "1"}]}
//
// The reader is expfmt, which takes every type for text, or textparse, which
// Prometheus scrapes with.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

type request struct {
	Reader      string `json:"reader"`
	ContentType string `json:"content_type"`
	Page        string `json:"page"`
}

type answer struct {
	Samples []sample `json:"samples"`
	Error   string   `json:"error,omitempty"`
}

// sample is one series; the value is a text, because JSON has no NaN.
type sample struct {
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels"`
	Value  string            `json:"value"`
}

var readers = map[string]func(page, contentType string) ([]sample, error){
	"expfmt":    readExpfmt,
	"textparse": readTextparse,
}

func main() {
	log.SetFlags(0)
	requests, answers := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var asked request
		if err := requests.Decode(&asked); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		read := readers[asked.Reader]
		if read == nil {
			log.Fatalf("there is no reader %q", asked.Reader)
		}
		var told answer
		var err error
		if told.Samples, err = read(asked.Page, asked.ContentType); err != nil {
			told = answer{Error: err.Error()}
		}
		if err := answers.Encode(told); err != nil {
			log.Fatal(err)
		}
	}
}

func newSample(pairs map[string]string, value float64) sample {
	name := pairs[model.MetricNameLabel]
	delete(pairs, model.MetricNameLabel)
	return sample{name, pairs, strconv.FormatFloat(value, 'g', -1, 64)}
}

func readExpfmt(page, contentType string) ([]sample, error) {
	format := expfmt.ResponseFormat(http.Header{"Content-Type": {contentType}})
	decoder := expfmt.NewDecoder(strings.NewReader(page), format)
	samples := []sample{}
	for {
		var family dto.MetricFamily
		if err := decoder.Decode(&family); errors.Is(err, io.EOF) {
			return samples, nil
		} else if err != nil {
			return nil, err
		}
		vector, err := expfmt.ExtractSamples(&expfmt.DecodeOptions{}, &family)
		if err != nil {
			return nil, err
		}
		for _, one := range vector {
			pairs := map[string]string{}
			for name, value := range one.Metric {
				pairs[string(name)] = string(value)
			}
			samples = append(samples, newSample(pairs, float64(one.Value)))
		}
	}
}

func readTextparse(page, contentType string) ([]sample, error) {
	parser, err := textparse.New([]byte(page), contentType, nil, textparse.ParserOptions{})
	if err != nil {
		return nil, err
	}
	samples := []sample{}
	for {
		entry, err := parser.Next()
		if errors.Is(err, io.EOF) {
			return samples, nil
		} else if err != nil {
			return nil, err
		}
		if entry != textparse.EntrySeries {
			continue
		}
		var found labels.Labels
		parser.Labels(&found)
		_, timestamp, value := parser.Series()
		if timestamp != nil {
			return nil, fmt.Errorf("%s has a timestamp", found)
		}
		samples = append(samples, newSample(found.Map(), value))
	}
}
