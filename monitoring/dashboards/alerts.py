"""Thresholds of the alerts, for the colours of the panels; a test compares them with the rules."""

SEVERITY_COLOURS = {"warning": "orange", "critical": "red"}

# Alert: severity, side of the threshold on which it fires, threshold.
ALERTS = {
    "ExporterDown": ("critical", "below", 1),
    "IpfsDaemonUnreachable": ("critical", "below", 1),
    "PeerStatsUnreachable": ("warning", "below", 1),
    "ExporterCollectorFailing": ("warning", "below", 1),
    "ExporterPollStale": ("warning", "above", 300),
    "IpfsDaemonUnhealthy": ("warning", "below", 1),
    "IpfsDaemonRestarting": ("warning", "above", 3),
    "IpfsSwarmIsolated": ("critical", "below", 1),
    "IpfsRepoAlmostFull": ("warning", "above", 0.9),
    "IpfsRepoFull": ("critical", "above", 0.98),
    "PeerTrainingStalled": ("warning", "at", 0),
    "PeerAccuracyDropped": ("warning", "below", -0.1),
    "ContainerMemoryNearLimit": ("warning", "above", 0.9),
    "ContainerRestarting": ("warning", "above", 2),
    "ContainerOOMKilled": ("critical", "above", 0),
    "KubeletDown": ("critical", "below", 1),
    "PersistentVolumeFillingUp": ("warning", "above", 0.9),
}

# A colour step starts at its value; the alerts fire only beyond the threshold.
BEYOND = 0.001


def steps(names):
    """The colour steps of a panel whose value these alerts watch; all fire on the same side."""
    found = [{"color": "green", "value": None}]
    for name in names:
        severity, side, number = ALERTS[name]
        colour = SEVERITY_COLOURS[severity]
        if side == "above":
            found.append({"color": colour, "value": round(number + BEYOND, 3)})
        else:
            first = number + BEYOND if side == "at" else number
            found = [{"color": colour, "value": None}, {"color": "green", "value": first}]
    return found
