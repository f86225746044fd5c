# shellcheck shell=sh
# Sourced by Kubo's image before each start of the daemon, which then needs nobody outside of the
# swarm and is reachable by nobody outside of the pod but at 4001.

# Left by a daemon that was killed; nobody can listen where a file is.
rm -f /run/peer/ipfs.sock

while read -r key value; do
  ipfs config --json "$key" "$value"
done <<'END'
Addresses.API "/unix/run/peer/ipfs.sock"
Addresses.Gateway []
Addresses.Swarm ["/ip4/0.0.0.0/tcp/4001", "/ip6/::/tcp/4001"]
AutoConf.Enabled false
AutoNAT.ServiceMode "disabled"
AutoTLS.Enabled false
Bootstrap []
DNS.Resolvers {}
Datastore.StorageMax "512MB"
Discovery.MDNS.Enabled false
Ipns.DelegatedPublishers []
Routing.DelegatedRouters []
Routing.Type "dht"
Swarm.DisableNatPortMap true
Swarm.EnableHolePunching false
Swarm.RelayClient.Enabled false
Swarm.RelayService.Enabled false
Swarm.ResourceMgr.MaxMemory "128MB"
Swarm.Transports.Network.Websocket false
END

# One peer has to be known to all, and its ID is that of its key. That key is made from the swarm
# key, which all have, so there is no second secret to hand out: as PKCS #8, of which Ed25519 needs
# 16 fixed bytes and a seed of 32.
if ! ipfs key list | grep -qx bootstrap; then
  seed=$(sha256sum <"$IPFS_PATH/swarm.key" | cut -d ' ' -f 1)
  {
    echo '-----BEGIN PRIVATE KEY-----'
    echo "302e020100300506032b657004220420$seed" | xxd -r -p | base64
    echo '-----END PRIVATE KEY-----'
  } >"$IPFS_PATH/bootstrap.pem"
  ipfs key import bootstrap --format=pem-pkcs8-cleartext "$IPFS_PATH/bootstrap.pem"
  rm "$IPFS_PATH/bootstrap.pem"
fi
