// A peer in Go that serves its stats as Prometheus text.
//
//	go run peer.go /run/peer/stats.sock
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

var jobs atomic.Int64

func serve(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return // the listener was closed
		}
		connection.SetWriteDeadline(time.Now().Add(time.Second)) // the client may not read
		fmt.Fprintf(connection, "# HELP jobs_total Jobs done.\n"+
			"# TYPE jobs_total counter\n"+
			"jobs_total %d\n"+
			"# HELP queue_length Waiting jobs.\n"+
			"# TYPE queue_length gauge\n"+
			"queue_length{priority=%q} %d\n"+
			"# EOF\n", jobs.Load(), "low", 3)
		connection.Close()
	}
}

func main() {
	path := os.Args[1]
	os.Remove(path)      // in case a killed peer left it
	syscall.Umask(0o117) // owner and group may connect
	listener, err := net.Listen("unix", path)
	if err != nil {
		log.Fatal(err)
	}
	go serve(listener)

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	for {
		select {
		case <-time.After(100 * time.Millisecond): // a job
			jobs.Add(1)
		case <-stop:
			listener.Close() // removes the socket
			return
		}
	}
}
