#!/usr/bin/env node
'use strict'
// One real IPFS node with the HTTP RPC API (/api/v0/*), on loopback only.
//
//   node daemon.cjs --repo DIR [--api PORT] [--swarm PORT] [--ttl SECONDS]
//
// A port of 0 (the default) lets the system choose. Once the API answers, one line of JSON with
// pid, id, api, swarm and repo is printed. The repo is made on first use and kept: a second start
// on the same DIR is the same peer. SIGTERM or SIGINT stops the node; with --ttl it also stops by
// itself.

const path = require('path')
const { parseArgs } = require('util')
const { create } = require('ipfs-core')
const { HttpApi } = require('ipfs-http-server')

const { values: opt } = parseArgs({
  options: {
    repo: { type: 'string' },
    api: { type: 'string', default: '0' },
    swarm: { type: 'string', default: '0' },
    ttl: { type: 'string', default: '0' }
  }
})

async function main () {
  if (!opt.repo) throw new Error('--repo DIR is needed')
  const repo = path.resolve(opt.repo)

  const ipfs = await create({
    repo,
    silent: true,
    preload: { enabled: false },
    init: { algorithm: 'Ed25519', emptyRepo: true },
    config: {
      Addresses: {
        Swarm: [`/ip4/127.0.0.1/tcp/${opt.swarm}`],
        API: `/ip4/127.0.0.1/tcp/${opt.api}`,
        Gateway: '',
        RPC: '',
        Delegates: []
      },
      Bootstrap: [],
      Discovery: { MDNS: { Enabled: false }, webRTCStar: { Enabled: false } },
      Swarm: { DisableNatPortMap: true }
    }
  })
  const http = new HttpApi(ipfs)
  await http.start()

  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), 5000).unref() // a connection that will not close
    await http.stop()
    await ipfs.stop()
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  if (Number(opt.ttl) > 0) setTimeout(stop, Number(opt.ttl) * 1000)

  const { id, addresses } = await ipfs.id()
  console.log(JSON.stringify({
    pid: process.pid,
    id: String(id),
    api: `http://127.0.0.1:${http.apiAddr.toOptions().port}`,
    swarm: String(addresses[0]),
    repo
  }))
}

main().catch(err => { console.error(err); process.exit(1) })
