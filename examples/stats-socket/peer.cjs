// A peer in Node.js that serves its stats as JSON that describes itself.
//
// node peer.cjs /run/peer/stats.sock
'use strict';
const fs = require('node:fs');
const net = require('node:net');

const path = process.argv[2];
const bounds = [0.05, 0.1, 0.2];
const buckets = new Map(bounds.map((bound) => [bound, 0]));
let jobs = 0;
let seconds = 0;

function work() {
  const began = performance.now();
  setTimeout(() => {
    const took = (performance.now() - began) / 1000;
    jobs += 1;
    seconds += took;
    for (const bound of bounds) {
      if (took <= bound) buckets.set(bound, buckets.get(bound) + 1);
    }
    work();
  }, 100);
}

function stats() {
  return JSON.stringify({
    metrics: [
      {name: 'jobs_total', help: 'Jobs done.', value: jobs},
      {name: 'queue_length', help: 'Waiting jobs.', labels: {priority: 'low'}, value: 3},
      {
        name: 'job_duration', unit: 'seconds', type: 'histogram', help: 'Duration of one job.',
        buckets: Object.fromEntries(buckets), sum: seconds, count: jobs,
      },
      {name: 'runtime', type: 'info', help: 'Runtime of this peer.', labels: {language: 'node'}},
    ],
  });
}

const server = net.createServer((connection) => {
  connection.on('error', () => {});  // the client may have disconnected
  connection.setTimeout(1000, () => connection.destroy());
  connection.end(stats());
});

fs.rmSync(path, {force: true});  // in case a killed peer left it
process.umask(0o117);  // owner and group may connect
server.listen(path);
process.on('SIGTERM', () => server.close(() => process.exit()));  // removes the socket
work();
