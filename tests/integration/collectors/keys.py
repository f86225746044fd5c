"""ipfs.keys with recorded daemons."""


def expected(answers):
    yield "ipfs_keys", {}, len(answers.get("key/list")["Keys"])
