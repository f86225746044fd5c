"""Writes a folder as an image that `ctr images import` takes.

images.py NAME FOLDER FILE [KEY=JSON ...]: keys of an image's configuration, Entrypoint=["/bin/sh"]
"""

import hashlib
import io
import json
import sys
import tarfile


def plain(member):
    """Owned by root, because the build may run as somebody else."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def add(archive, name, content):
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def write(name, folder, file, config):
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as archive:
        archive.add(folder, arcname=".", filter=plain)
    layer = layer.getvalue()
    digest = f"sha256:{hashlib.sha256(layer).hexdigest()}"
    image = json.dumps({"architecture": "amd64", "os": "linux", "config": config,
                        "rootfs": {"type": "layers", "diff_ids": [digest]}}).encode()
    with tarfile.open(file, "w") as archive:
        add(archive, "layer.tar", layer)
        add(archive, "image.json", image)
        add(archive, "manifest.json", json.dumps(
            [{"Config": "image.json", "RepoTags": [name], "Layers": ["layer.tar"]}]).encode())


if __name__ == "__main__":
    write(*sys.argv[1:4], {key: json.loads(value) for key, _, value in
                           (option.partition("=") for option in sys.argv[4:])})
