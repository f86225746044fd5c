"""Rows of IPFS metrics: the repository, and the exchange of blocks."""

from panels import bars, timeseries
from queries import INSTANCE, LISTED, R, bottom, top
from tiles import AVAILABLE, FILL, FREE, SIZE

LIMIT = "ipfs_repo_storage_max_bytes{@ipfs}"


def rate(name):
    return f"rate(ipfs_bitswap_{name}_total{{@ipfs}}{R})"


def both_ways(unit):
    """Received and sent, of the instances that had most of both."""
    ways = rate(f"received_{unit}"), rate(f"sent_{unit}")
    return [(top(one, by=ways), f"{INSTANCE} {word}")
            for one, word in zip(ways, ("in", "out"), strict=True)]


def duplicates(unit):
    return f"{rate(f'received_duplicate_{unit}')} / {rate(f'received_{unit}')}"


STORAGE = [
    timeseries("Repository size", "bytes",
               [(top(SIZE), f"{INSTANCE} used"), (top(LIMIT, by=SIZE), f"{INSTANCE} limit")],
               low=0, what="Size of each datastore, and its limit.",
               source="`repo/stat?size-only=true`, every 30 s.", good="Level, and below the limit.",
               do="Without --enable-gc nothing is ever removed: enable it, or unpin and run ipfs "
                  "repo gc."),
    timeseries("Repository usage", "percentunit", [(top(FILL), INSTANCE)], low=0,
               limits=[(">", 0.9, "orange")], no_value="no repository has a limit",
               what="Share of its limit that each repository uses.",
               source="`repo/stat?size-only=true`, every 30 s; repositories without a limit are "
                      "not shown.",
               good="Below 90 %. Without --enable-gc the limit is soft: the size may pass it.",
               do="Raise StorageMax, or unpin content; without --enable-gc see *Free share of the "
                  "volume*."),
    timeseries("Volume space", "bytes",
               [(bottom(AVAILABLE), f"{INSTANCE} available"),
                (bottom("ipfs_repo_volume_free_bytes{@ipfs}", by=AVAILABLE),
                 f"{INSTANCE} free")], low=0,
               what="Space on the volume of the repository, of the instances with the least; free "
                    "includes the space reserved for root.", source="`diag/sys`, every 30 s.",
               good="Enough for the repository to grow to StorageMax.",
               do="If less, the volume is too small for StorageMax: enlarge it."),
    timeseries("Free share of the volume", "percentunit", [(bottom(FREE), INSTANCE)], low=0,
               high=1, watched=["IpfsRepoVolumeFull"], limits=[("<", 0.1, "orange")],
               related=["IpfsRepoVolumeFilling"],
               what="Space left on the volume, as a share of what the repository could use.",
               source="`diag/sys` and `repo/stat`, every 30 s.", good="Above 10 %.",
               do="Enlarge the volume, or unpin content and collect garbage."),
    bars("Time until the volume is full", "dtdurations",
         [(f"bottomk({LISTED}, {AVAILABLE} / clamp_min(-deriv({AVAILABLE}[6h]), 1))", INSTANCE)],
         limits=[("<", 7 * 86400, "orange"), ("<", 86400, "red")],
         related=["IpfsRepoVolumeFilling"],
         what="Time until nothing is left, at the rate of the last six hours; the shortest first.",
         source="`diag/sys`, every 30 s; less than 1 B/s counts as 1 B/s.", good="Weeks.",
         do="Below a day, act as for a full volume."),
    timeseries("Pins", "short",
               [(top("ipfs_pins{@ipfs}", count=8), f"{INSTANCE} {{{{type}}}}")], low=0,
               no_value="ipfs.pins is off", what="Pinned CIDs by type.",
               source="`pin/ls`, every 5 min; slow, so off by default.",
               good="In step with the content that you keep.",
               do="If they only grow, content is added without unpinning what it replaces."),
    timeseries("Blocks in the datastore", "short", [(top("ipfs_repo_objects{@ipfs}"), INSTANCE)],
               low=0, no_value="ipfs.objects is off", what="Blocks in each datastore.",
               source="`repo/stat`, every 15 min; slow, so off by default.",
               good="In step with *Repository size*.",
               do="If they grow while the pins do not, run ipfs repo gc or --enable-gc."),
    timeseries("Mutable file system", "bytes", [(top("ipfs_mfs_size_bytes{@ipfs}"), INSTANCE)],
               low=0, no_value="needs Kubo 0.43, or --collector.ipfs.mfs",
               what="Size of everything in MFS (ipfs files).",
               source="`files/stat?arg=/`, every minute; asked of daemons from Kubo 0.43 on, of "
                      "older ones only with --collector.ipfs.mfs.", good="Level if nobody uses it.",
               do="MFS is never garbage-collected: remove unwanted files with ipfs files rm."),
]

EXCHANGE = [
    timeseries("Blocks", "ops", both_ways("blocks"), negative=".* out",
               what="Bitswap blocks: received above the axis, sent below.",
               source="`bitswap/stat`, every 10 s.",
               good="What one daemon receives, another one sends.",
               do="If there are none while content is published, see *Wantlist* and *Bitswap "
                  "partners*."),
    timeseries("Block bytes", "Bps", both_ways("bytes"), negative=".* out",
               what="Bytes of bitswap blocks: received above the axis, sent below.",
               source="`bitswap/stat`, every 10 s.", good="Most of the bandwidth.",
               do="If far below *Bandwidth*, the rest is overhead of messages and the DHT."),
    timeseries("Duplicate blocks", "percentunit",
               [(top(duplicates(unit), by=duplicates("blocks")), f"{INSTANCE} {unit}")
                for unit in ("blocks", "bytes")], low=0, high=1,
               limits=[(">", 0.5, "orange")],
               what="Share of received blocks, and of their bytes, that the node already had.",
               source="`bitswap/stat`, every 10 s.", good="Below 10 %.",
               do="If high, several peers answer one want, which is the price of a small, fast "
                  "swarm."),
    timeseries("Messages received", "ops", [(top(rate("received_messages")), INSTANCE)], low=0,
               what="Bitswap messages received, including the wants of other peers.",
               source="`bitswap/stat`, every 10 s.", good="In step with *Blocks*.",
               do="If there are many messages and few blocks, others ask for blocks that nobody "
                  "here has."),
    timeseries("Wantlist", "none", [(top("ipfs_bitswap_wantlist_blocks{@ipfs}"), INSTANCE)],
               low=0, what="Blocks that each node wants and does not have.",
               source="`bitswap/stat`, every 10 s.", good="Back to 0 soon after each request.",
               do="If it stays up, no connected peer has the block: see *Connected peers*."),
    timeseries("Bitswap partners", "none", [(top("ipfs_bitswap_partners{@ipfs}"), INSTANCE)],
               low=0,
               what="Peers with open wants at this node; before Kubo 0.19, all bitswap partners.",
               source="`bitswap/stat`, every 10 s.", good="Not above *Connected peers*.",
               do="At 0 for days, nobody wants what this node has."),
]
