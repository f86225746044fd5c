"""ipfs.repo with recorded daemons."""

JS_IPFS = True

UNLIMITED = 2**64 - 1


def expected(answers):
    stat = answers.get("repo/stat", "size-only=true")
    yield "ipfs_repo_size_bytes", {}, stat["RepoSize"]
    if stat["StorageMax"] != UNLIMITED:
        yield "ipfs_repo_storage_max_bytes", {}, stat["StorageMax"]
