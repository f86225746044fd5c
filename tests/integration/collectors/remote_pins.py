"""ipfs.remote_pins with recorded daemons."""


def expected(answers):
    for service in answers.get("pin/remote/service/ls", "stat=true")["RemoteServices"]:
        labels, stat = {"service": service["Service"]}, service["Stat"]
        yield "ipfs_remote_service_up", labels, stat["Status"] == "valid"
        for status, count in stat.get("PinCount", {}).items():
            yield "ipfs_remote_pins", labels | {"status": status.lower()}, count
