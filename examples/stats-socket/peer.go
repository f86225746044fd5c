// A peer in Go that hands out its stats as Prometheus text.
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
			return // closed
		}
		connection.SetWriteDeadline(time.Now().Add(time.Second)) // the other side may not read
		fmt.Fprintf(connection, "# HELP jobs_total Jobs done.\n"+
			"# TYPE jobs_total counter\n"+
			"jobs_total %d\n"+
			"# HELP queue_length Jobs that wait.\n"+
			"# TYPE queue_length gauge\n"+
			"queue_length{priority=%q} %d\n"+
			"# EOF\n", jobs.Load(), "low", 3)
		connection.Close()
	}
}

func main() {
	path := os.Args[1]
	os.Remove(path)      // left by a peer that was killed
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
