# shellcheck shell=sh
# For all but the bootstrap peer: connects to it once the RPC answers. With it in the configuration
# from the start, the routing table connects to everybody while the daemon still starts, and bitswap
# (boxo 0.42) never asks those whom it did not see come.
id=$(ipfs key list -l --ipns-base=b58mh | awk '$2 == "bootstrap" { print $1 }')
address=/dns4/bootstrap/tcp/4001/p2p/$id
(
  until ipfs --api=/unix/run/peer/ipfs.sock bootstrap add "$address"; do
    sleep 1
  done
  # The daemon does this by itself too, every half a minute.
  ipfs --api=/unix/run/peer/ipfs.sock swarm connect "$address"
) >/dev/null 2>&1 &
