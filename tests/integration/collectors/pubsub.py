"""ipfs.pubsub with recorded daemons."""

from answers import ALL

UNSUPPORTED = {"offline": ALL, "minimal": ALL}

# Value of --ipfs.pubsub-topics: a topic of every online recording.
TOPIC = "exporter-test"
TOPIC_MULTIBASE = "uZXhwb3J0ZXItdGVzdA"  # the same topic for daemons since 0.11
FLAGS = [f"--ipfs.pubsub-topics={TOPIC}"]
CALLS = [f"pubsub/peers?arg={name}" for name in (TOPIC, TOPIC_MULTIBASE)]


def expected(answers):
    def count(*call):
        return len(answers.get(*call)["Strings"] or [])

    yield "ipfs_pubsub_topics", {}, count("pubsub/ls")
    yield "ipfs_pubsub_peers", {}, count("pubsub/peers")
    plain = answers.get("pubsub/peers", f"arg={TOPIC}")
    name = TOPIC if plain else TOPIC_MULTIBASE
    yield "ipfs_pubsub_topic_peers", {"topic": TOPIC}, count("pubsub/peers", f"arg={name}")
