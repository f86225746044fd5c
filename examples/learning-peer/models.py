"""Models as bytes, which peers fetch from strangers."""

import collections
import json

import gossip
import learning

MAX_WEIGHT = 1000

Model = collections.namedtuple("Model", "weights parents")


def encode_model(model, name):
    return json.dumps({"name": name, **model._asdict()}).encode()


def decode_model(content):
    """The model in these untrusted bytes; raises ValueError if they are not a model."""
    try:
        document = json.loads(content)
        weights = [float(weight) for weight in document["weights"]]
        parents = gossip.check_cids(document["parents"])
    except (TypeError, KeyError, OverflowError, RecursionError) as error:
        raise ValueError("not a model") from error
    if len(weights) != learning.FEATURES + 1:
        raise ValueError(f"{len(weights)} weights instead of {learning.FEATURES + 1}")
    if not all(abs(weight) <= MAX_WEIGHT for weight in weights):  # NaN fails this too
        raise ValueError("weight out of range")
    return Model(weights, parents)
