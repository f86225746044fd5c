"""Shared by the benchmarks of scrapes: a peer's series, the exporter and nginx with its pages.

Import bench first.
"""

import contextlib
import pathlib
import re
import socket
import statistics
import subprocess
import tempfile

from bench import Server, cpu_seconds, fetch, quiet_exporter
from harness import StatsSocket, says

GZIP = {"Accept-Encoding": "gzip"}
OPEN_METRICS = {"Accept": "application/openmetrics-text;version=1.0.0"}
# Files of nginx, and what the exporter is asked for to get them.
FILES = {"metrics": {}, "metrics.gz": GZIP, "open": OPEN_METRICS, "open.gz": OPEN_METRICS | GZIP}

NGINX = """
daemon off;
worker_processes 1;
error_log stderr error;
pid {folder}/pid;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  fastcgi_temp_path {folder}/fastcgi;
  proxy_temp_path {folder}/proxy;
  scgi_temp_path {folder}/scgi;
  uwsgi_temp_path {folder}/uwsgi;
  default_type "text/plain; version=0.0.4; charset=utf-8";
  keepalive_requests 1000000000;
  open_file_cache max=10;
  sendfile on;
  tcp_nopush on;
  gzip_static on;
  server {{
    listen {address};
    root {folder};
    location /open {{ default_type {open_type}; }}
    {tls}
  }}
}}
"""


NGINX_TLS = """
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols {protocol};
    ssl_conf_command Ciphersuites {cipher};
"""


def series(count=1000):
    """(name, step, worker, value) of gauges in 20 families."""
    for number in range(count):
        yield (f"peer_stage_{number % 20:02}_seconds", str(number // 20),
               f"worker-{number % 7}.example.org", number * 0.125)


def as_stats(count):
    """The peer's document; Prometheus text, because JSON may have 131,072 values."""
    families = {}
    for name, step, worker, value in series(count):
        name = name.removeprefix("peer_")
        family = families.setdefault(name, f"# HELP {name} A gauge.\n# TYPE {name} gauge\n")
        families[name] = family + f'{name}{{step="{step}",worker="{worker}"}} {value}\n'
    return "".join(families.values())


def start_exporter(stack, *flags, count=1000, tls=None):
    """An exporter that serves its peer's series."""
    folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
    peer = stack.enter_context(StatsSocket(folder / "stats.sock", says(as_stats(count))))
    return quiet_exporter(
        stack, "--ipfs.api=none", f"--peer.stats={peer.address}", f"--peer.max-series={count}",
        "--peer.max-bytes=16MiB", "--peer.timeout=1m", *flags, ready="^peer_up 1$", tls=tls)


def certificate(folder):
    """Makes a self-signed certificate; the paths of it and of its key."""
    made, key = folder / "tls.crt", folder / "tls.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", made],
        check=True, capture_output=True)
    return made, key


def web_config(folder):
    """A file for --web.config.file with that certificate."""
    made, key = certificate(folder)
    config = folder / "web.yml"
    config.write_text(f"tls_server_config: {{cert_file: {made}, key_file: {key}}}\n")
    return config


def negotiated(address, tls):
    """Protocol and cipher of a new connection."""
    host, port = address.split(":")
    with contextlib.closing(socket.create_connection((host, int(port)))) as plain:
        with tls.wrap_socket(plain) as connection:
            return connection.version(), connection.cipher()[0]


def start_nginx(stack, ours, tls=None):
    """nginx with the exporter's pages as files; with TLS, with the same cipher."""
    folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
    folder.chmod(0o755)  # with root's nginx, the worker runs as another user
    for name, headers in FILES.items():
        (folder / name).write_bytes(fetch(ours.address, headers=headers, tls=tls))
    # It inherits the listening socket, so that the port is free and it answers at once.
    listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=128))
    address = "127.0.0.1:%d" % listening.getsockname()[1]
    with_tls = ""
    if tls:
        made, key = certificate(folder)
        version, cipher = negotiated(ours.address, tls)
        with_tls = NGINX_TLS.format(
            certificate=made, key=key, protocol=version, cipher=cipher)
    (folder / "nginx.conf").write_text(NGINX.format(
        folder=folder, address=address + (" ssl" if tls else ""), tls=with_tls,
        open_type='"application/openmetrics-text; version=1.0.0; charset=utf-8"'))
    return stack.enter_context(Server(
        ["nginx", "-c", folder / "nginx.conf", "-p", folder, "-e", "stderr"], address,
        env={"NGINX": f"{listening.fileno()};"}, pass_fds=[listening.fileno()]))


def load(server, seconds, headers, path="/metrics", scheme="http"):
    """CPU microseconds of the server per request, and requests per second."""
    options = [option for name, value in headers.items() for option in ("-H", f"{name}: {value}")]
    began = cpu_seconds(server)
    report = subprocess.run(
        ["wrk", "-t1", "-c1", f"-d{seconds}s", *options, f"{scheme}://{server.address}{path}"],
        capture_output=True, text=True, check=True).stdout
    cpu = cpu_seconds(server) - began
    if "errors" in report or "Non-2xx" in report:
        raise RuntimeError(report)
    requests = int(re.search(r"(\d+) requests in", report)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", report)[1])
    return cpu / requests * 1e6, rate


def ratio(results, index, name, base):
    """Median of the ratios of the rounds."""
    return statistics.median(
        one[index] / other[index] for one, other in zip(results[name], results[base]))


def best_rates(results, name, base):
    """Ratio of the requests/s of the best rounds: other load only makes a round slower."""
    return max(rate for _, rate in results[name]) / max(rate for _, rate in results[base])
