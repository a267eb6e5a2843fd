"""What ours is compared with: nginx with nothing to do but that, and the same read in other stacks."""

import os
import shutil
import subprocess
from pathlib import Path

from stack import Process, free_address


def plain_nginx(directory, body):
    """nginx with nothing to do but send one file. Returns the process and its URL."""
    directory = Path(directory) / "nginx"
    directory.mkdir()
    (directory / "movies.json").write_bytes(body)
    address = free_address()
    (directory / "nginx.conf").write_text(f"""
daemon off; pid nginx.pid; worker_processes 2; events {{ worker_connections 4096; }}
http {{
    access_log off; sendfile on; tcp_nopush on; open_file_cache max=10; keepalive_requests 1000000; {temporary_paths()}
    types {{ application/json json; }}
    server {{ listen {address}; root {directory}; }}
}}
""")
    process = Process("nginx", ["nginx", "-e", "stderr", "-p", directory, "-c", "nginx.conf"], directory / "log")
    url = f"http://{address}/movies.json"
    process.await_url(url)
    return process, url


def plain_proxy(directory, url):
    """nginx with nothing to do but ask another server, on connections that it keeps. Returns process and URL."""
    directory = Path(directory) / "proxy"
    directory.mkdir()
    address, (_, _, upstream, path) = free_address(), url.split("/", 3)
    (directory / "nginx.conf").write_text(f"""
daemon off; pid nginx.pid; worker_processes 2; events {{ worker_connections 4096; }}
http {{
    access_log off; keepalive_requests 1000000; types {{}} default_type application/json;
    {temporary_paths()}
    upstream there {{ server {upstream}; keepalive 512; keepalive_requests 1000000; }}
    server {{
        listen {address};
        location / {{
            proxy_pass http://there; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffer_size 8k;
        }}
    }}
}}
""")
    process = Process("proxy", ["nginx", "-e", "stderr", "-p", directory, "-c", "nginx.conf"], directory / "log")
    process.await_url(f"http://{address}/{path}")
    return process, f"http://{address}/{path}"


def temporary_paths():
    return "".join(f"{kind}_temp_path {kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))


def node():
    """A Node that has `node:sqlite`, or None."""
    found = os.environ.get("NODE") or shutil.which("node")
    if not found:
        return None
    version = subprocess.run([found, "--version"], capture_output=True, text=True).stdout.lstrip("v").split(".")
    return found if [int(part) for part in version[:2]] >= [22, 5] else None


def peers(directory):
    """{name: (process, URL of its list) or the reason why it is not there}, from the folder PEERS_DIR."""
    home = os.environ.get("PEERS_DIR")
    if not home:
        return {name: "PEERS_DIR is not set" for name in ("Express", "FastAPI", "Go")}
    home, data = Path(home), Path(directory) / "peers.db"
    subprocess.run(["python3", home / "make-data.py", data], check=True, stdout=subprocess.DEVNULL)
    found = {}

    def start(name, is_there, command, environment):
        if not is_there:
            found[name] = "not installed"
            return
        address = free_address()
        command = [str(part).replace("PORT", address.split(":")[1]) for part in command]
        process = Process(name, command, Path(directory) / f"{name}.log", environment)
        try:
            # Go is compiled first.
            process.await_url(f"http://{address}/movies", 180)
        except SystemExit as failure:
            process.stop()
            found[name] = str(failure)
            return
        found[name] = (process, f"http://{address}/movies")

    start("Express", node() and Path("/usr/share/nodejs/express").is_dir(),
          [node(), home / "express/server.js", "PORT", "2", data],
          {"NODE_ENV": "production", "NODE_PATH": "/usr/share/nodejs"})
    start("FastAPI", shutil.which("uvicorn"),
          ["uvicorn", "app:app", "--app-dir", home / "fastapi", "--port", "PORT", "--workers", "2", "--loop", "uvloop",
           "--http", "httptools", "--log-level", "warning", "--no-access-log"], {"DB": str(data)})
    start("Go", shutil.which("go") and Path("/usr/share/gocode/src/github.com/mattn/go-sqlite3").is_dir(),
          ["go", "run", "-tags", "libsqlite3", home / "go/main.go", "PORT", data],
          {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode"})
    return found
