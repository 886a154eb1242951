"""An API on the loopback port PORT. Python's own modules only."""

import http.server
import json
import os


class Api(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"items": ["apples", "pears"], "url": os.environ["LOOPGATE_URL"]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Api).serve_forever()
