# shellcheck shell=sh
# Kubo's image sources this before each start of the daemon. The daemon then contacts nothing
# outside of the swarm and can be reached from outside of the pod only on port 4001.

# A daemon that was killed leaves its socket file, and no daemon can listen where a file exists.
rm -f /run/peer/ipfs.sock

# Routing.Type is "dhtserver", because without it peers whose pods have public addresses, as IPv6 often has, do not find each
# other: none would be a server.
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
Routing.Type "dhtserver"
Swarm.DisableNatPortMap true
Swarm.EnableHolePunching false
Swarm.RelayClient.Enabled false
Swarm.RelayService.Enabled false
Swarm.ResourceMgr.MaxMemory "128MB"
Swarm.Transports.Network.Websocket false
END

# All peers have to know the ID of the bootstrap peer, which follows from its private key. That key
# is derived from the swarm key, which all peers have, so there is no second secret to distribute.
# In PKCS #8, an Ed25519 key is 16 fixed bytes and a seed of 32 bytes.
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
