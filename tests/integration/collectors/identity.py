"""ipfs.identity with recorded daemons."""

JS_IPFS = True


def expected(answers):
    version, node = answers.get("version"), answers.get("id")
    yield "ipfs_daemon_info", {
        "version": version["Version"], "commit": version["Commit"],
        "repo_version": version["Repo"], "system": version["System"],
        "go_version": version["Golang"], "agent": node["AgentVersion"]}, 1
    yield "ipfs_node_info", {"peer_id": node["ID"]}, 1
    # null when offline, which means unknown and not empty.
    for name, field in (("addresses", "Addresses"), ("protocols", "Protocols")):
        if node[field] is not None:
            yield f"ipfs_node_{name}", {}, len(node[field])
