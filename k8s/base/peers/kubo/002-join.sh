# shellcheck shell=sh
# For all peers except the bootstrap peer: connects to the bootstrap peer once the RPC API answers,
# and again whenever that connection is lost. By itself, a daemon looks for bootstrap peers only below
# four connections, so a bootstrap peer that restarts would know nobody, and neither would new peers.
# Peering.Peers would wait up to ten minutes between two attempts.
# If its address were in the configuration, the routing table would connect to all peers while the
# daemon is still starting, and bitswap (boxo 0.42) never asks peers whose connection it did not see.
id=$(ipfs key list -l --ipns-base=b58mh | awk '$2 == "bootstrap" { print $1 }')
(
  while :; do
    if ipfs --api=/unix/run/peer/ipfs.sock --timeout=15s \
      swarm connect "/dns/bootstrap/tcp/4001/p2p/$id"; then
      sleep 15
    else
      sleep 2
    fi
  done
) >/dev/null 2>&1 &
