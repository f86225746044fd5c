"""ipfs.objects with recorded daemons."""


def expected(answers):
    yield "ipfs_repo_objects", {}, answers.get("repo/stat")["NumObjects"]
