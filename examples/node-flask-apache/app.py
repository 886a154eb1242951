"""A Flask app on a loopback port of its own, PORT or 8081."""

import os

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

app = Flask(__name__)
# Only the gateway reaches this port, so what it says of the client is true: its address, and the scheme, name and port
# that url_for() and redirects are made of.
app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)


@app.get("/")
def home():
    lines = [
        f"Flask, asked for {request.method} {request.full_path.rstrip('?')}",
        f"Host: {request.host}",
        f"Client: {request.remote_addr}",
    ]
    return "\n".join(lines) + "\n", {"Content-Type": "text/plain; charset=utf-8"}


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ.get("PORT", "8081")))
