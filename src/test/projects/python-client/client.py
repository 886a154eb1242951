"""Asks through the gateway in the ways that Python's own clients have; prints one line of JSON for each answer."""

import http.client
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

PORT = int(sys.argv[1])
AT = f"http://127.0.0.1:{PORT}"
HOST = {"Host": "echo.localhost"}


def tell(what, status, answer, **more):
    print(json.dumps({"what": what, "status": status, "answer": answer, **more}))


def with_urllib():
    with urllib.request.urlopen(urllib.request.Request(AT + "/a%20b?q=%C3%A4", headers=HOST)) as response:
        tell("get", response.status, json.load(response))
    form = urllib.parse.urlencode({"name": "ä b", "x": "1"}).encode()
    with urllib.request.urlopen(urllib.request.Request(AT + "/form", data=form, headers=HOST)) as response:
        tell("form", response.status, json.load(response))
    # The answer is redirected to a name, which this client leaves to the resolver; it is asked where it would go.
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    try:
        urllib.request.build_opener(Stay).open(urllib.request.Request(AT + "/x?y", headers={"Host": "old.localhost"}))
    except urllib.error.HTTPError as error:
        tell("redirect", error.code, None, location=error.headers["Location"])
    try:
        urllib.request.urlopen(urllib.request.Request(AT, headers={"Host": "ecko.localhost"}))
    except urllib.error.HTTPError as error:
        tell("unknown", error.code, None, error=error.headers["X-Loopgate-Error"], text=error.read().decode())


def with_one_connection():
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)

    def answer(what):
        response = connection.getresponse()
        tell(what, response.status, json.loads(response.read()), port=connection.sock.getsockname()[1])

    connection.request("GET", "/first", headers=HOST)
    answer("first")
    connection.request("PUT", "/chunked", body=iter([b"z" * 70_000] * 30), headers=HOST, encode_chunked=True)
    answer("chunked")
    connection.request("GET", "/long", headers={**HOST, "X-Long": "y" * 30_000})
    answer("long field")
    connection.request("GET", "/long-field", headers=HOST)
    response = connection.getresponse()
    tell("long answer", response.status, json.loads(response.read()), long=len(response.headers["X-Long"]))
    connection.request("GET", "/chunks", headers=HOST)
    answer("chunks")

    connection.putrequest("POST", "/expect", skip_host=True)
    for name, value in {**HOST, "Expect": "100-continue", "Content-Length": "5"}.items():
        connection.putheader(name, value)
    connection.endheaders()
    interim = b""
    while not interim.endswith(b"\r\n\r\n"):
        interim += connection.sock.recv(1)
    connection.send(b"later")
    response = connection.getresponse()
    tell("expect", response.status, json.loads(response.read()), interim=interim.decode())

    connection.request("HEAD", "/head", headers=HOST)
    response = connection.getresponse()
    tell("head", response.status, None, length=len(response.read()), port=connection.sock.getsockname()[1])
    connection.close()


with_urllib()
with_one_connection()
