// Reads a reply of swarm/peers?identify=true into structs, as a Go program would, and prints the
// median CPU time of it in milliseconds; translate.py runs it.
//
//	encoding_json FILE
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"sort"
	"syscall"
	"time"
)

type reply struct {
	Peers []struct {
		Addr     string
		Peer     string
		Identify struct {
			ID           string
			PublicKey    string
			Addresses    []string
			AgentVersion string
			Protocols    []string
		}
	}
}

const repetitions = 15

// User and system time of the process, the garbage collector's included.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: encoding_json FILE")
	}
	data, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var times []time.Duration
	for i := 0; i < repetitions; i++ {
		began := cpuTime()
		var r reply
		if err := json.Unmarshal(data, &r); err != nil {
			log.Fatal(err)
		}
		agents := map[string]int{}
		for _, peer := range r.Peers {
			agents[peer.Identify.AgentVersion]++
		}
		if len(agents) == 0 {
			log.Fatal("nobody")
		}
		times = append(times, cpuTime()-began)
	}
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	fmt.Println("EncodingJson", float64(times[len(times)/2])/float64(time.Millisecond))
}
