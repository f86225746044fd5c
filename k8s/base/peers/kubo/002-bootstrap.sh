# shellcheck shell=sh
# For the bootstrap peer, after 001-private-swarm.sh: takes the identity that the others look for.
id=$(ipfs key list -l --ipns-base=b58mh | awk '$2 == "bootstrap" { print $1 }')
ipfs key export bootstrap --output="$IPFS_PATH/bootstrap.key"
key=$(base64 -w 0 "$IPFS_PATH/bootstrap.key")
rm "$IPFS_PATH/bootstrap.key"
# `ipfs config` refuses to change the identity.
sed -i "s|\"PeerID\": \".*\"|\"PeerID\": \"$id\"|; s|\"PrivKey\": \".*\"|\"PrivKey\": \"$key\"|" \
  "$IPFS_PATH/config"
# All peers keep a connection to it. At the default limit of 96 it would close some all the time, and
# their peers would open them again.
ipfs config --json Swarm.ConnMgr.LowWater 500
ipfs config --json Swarm.ConnMgr.HighWater 600
