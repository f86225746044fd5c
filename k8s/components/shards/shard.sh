#!/bin/sh
# Copies the configuration from folder $1 to $2 for shard $SHARD of $SHARDS: every job with a block
# relabel_configs keeps the targets whose address is its share. All pages of a pod have one address,
# so one shard scrapes them all. A job without the block is every shard's own.
set -eu
: "${SHARD:?}" "${SHARDS:?}"
hash="{source_labels: [__address__], modulus: $SHARDS, target_label: __tmp_shard, action: hashmod}"
keep="{source_labels: [__tmp_shard], regex: $SHARD, action: keep}"
for file in "$1"/*.yml; do
  sed -E -e "s/\\$\\(SHARD\\)/$SHARD/g" \
    -e "s/^( *)relabel_configs:( &[a-z_]+)?$/&\n\1  - $hash\n\1  - $keep/" \
    "$file" >"$2/${file##*/}"
done
