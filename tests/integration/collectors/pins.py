"""ipfs.pins with recorded daemons."""


def expected(answers):
    for kind in ("recursive", "direct"):
        found = answers.lines("pin/ls", f"type={kind}&stream=true")
        yield "ipfs_pins", {"type": kind}, sum(pin["Type"] == kind for pin in found)
