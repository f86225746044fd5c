# shellcheck shell=sh
# For all peers except the bootstrap peer: connects to the bootstrap peer once the RPC API answers.
# If its address were in the configuration from the start, the routing table would connect to all
# peers while the daemon is still starting, and bitswap (boxo 0.42) never asks peers whose
# connection it did not see.
id=$(ipfs key list -l --ipns-base=b58mh | awk '$2 == "bootstrap" { print $1 }')
address=/dns/bootstrap/tcp/4001/p2p/$id
(
  until ipfs --api=/unix/run/peer/ipfs.sock bootstrap add "$address"; do
    sleep 1
  done
  # The daemon also does this by itself, every half minute.
  ipfs --api=/unix/run/peer/ipfs.sock swarm connect "$address"
) >/dev/null 2>&1 &
