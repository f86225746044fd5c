"""ipfs.mfs with recorded daemons."""


def expected(answers):
    root = answers.get("files/stat", "arg=/")
    yield "ipfs_mfs_size_bytes", {}, root["CumulativeSize"]
    yield "ipfs_mfs_root_links", {}, root["Blocks"]
