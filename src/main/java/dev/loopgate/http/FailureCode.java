package dev.loopgate.http;

/**
 * Every reason for which the gateway itself answers a request: the value of {@code X-Loopgate-Error}, the status that goes
 * with it, and what it means. This is the one table; {@code docs/errors.md} is held against it by a test.
 */
public enum FailureCode {
    BAD_REQUEST(
            "bad-request", 400, "Malformed request", "The request line or a header field breaks the rules of HTTP."),
    BAD_HOST("bad-host", 400, "Bad Host", "The Host field is missing, repeated or not a valid host name and port."),
    BAD_FRAMING(
            "bad-framing",
            400,
            "Ambiguous request",
            "Content-Length and Transfer-Encoding do not tell in one way where the request ends, or its chunks are malformed."),
    AMBIGUOUS_PATH(
            "ambiguous-path",
            400,
            "Ambiguous path",
            "The path, once its dot segments and escapes are resolved, belongs to another route than as it was sent."),
    FORBIDDEN(
            "forbidden",
            403,
            "Not allowed from here",
            "The route's allow and deny rules exclude the client's address."),
    UNKNOWN_HOST("unknown-host", 404, "No such host", "No host of the configuration has the name that was asked for."),
    UNKNOWN_PATH(
            "unknown-path", 404, "No route for this path", "The host is known, but none of its routes has this path."),
    NO_FILE("no-file", 404, "No such file", "The folder that the route serves has no file to show under this path."),
    METHOD_NOT_ALLOWED("method-not-allowed", 405, "Method not allowed", "Static files are only read: GET and HEAD."),
    REQUEST_TIMEOUT("request-timeout", 408, "Request too slow", "The request's header was not complete in time."),
    BODY_TIMEOUT(
            "body-timeout",
            408,
            "Request body stalled",
            "The client stopped sending in the middle of the request's body."),
    BODY_TOO_LARGE(
            "body-too-large", 413, "Request body too large", "The request's body is larger than the route accepts."),
    URI_TOO_LONG(
            "uri-too-long",
            414,
            "Request target too long",
            "The request's path and query are longer than the gateway accepts."),
    UNKNOWN_EXPECTATION(
            "unknown-expectation",
            417,
            "Unknown expectation",
            "The Expect field asks for something other than 100-continue."),
    MISDIRECTED(
            "misdirected",
            421,
            "Wrong connection for this host",
            "The TLS server name and the Host field name different hosts."),
    FIELDS_TOO_LARGE(
            "fields-too-large", 431, "Header too large", "The request's header is larger than the gateway accepts."),
    INTERNAL_ERROR("internal-error", 500, "Gateway error", "The gateway itself failed; its log has the details."),
    UNSUPPORTED_METHOD(
            "unsupported-method",
            501,
            "Method not supported",
            "The gateway does not carry this method, such as CONNECT."),
    UNSUPPORTED_CODING(
            "unsupported-coding",
            501,
            "Transfer coding not supported",
            "The request's body has a transfer coding other than chunked."),
    CONNECTION_REFUSED(
            "connection-refused",
            502,
            "Connection refused",
            "Nothing listens on the upstream's port, so it refused the connection."),
    NO_SOCKET("no-socket", 502, "No such socket", "The upstream's Unix socket does not exist, or may not be opened."),
    UNRESOLVED("unresolved", 502, "Name not resolved", "The upstream's host name has no address."),
    UNREACHABLE("unreachable", 502, "Upstream unreachable", "The network has no way to the upstream's address."),
    WRONG_FAMILY(
            "wrong-family",
            502,
            "Wrong address family",
            "The upstream listens on the same port of the other loopback family only: 127.0.0.1 instead of [::1], or the reverse."),
    CONNECTION_RESET(
            "connection-reset",
            502,
            "Connection reset",
            "The upstream reset the connection before it answered the request."),
    UPSTREAM_CLOSED(
            "upstream-closed",
            502,
            "Upstream closed the connection",
            "The upstream closed the connection without an answer."),
    BAD_RESPONSE("bad-response", 502, "Malformed answer", "The upstream's answer breaks the rules of HTTP."),
    WRONG_PROTOCOL(
            "wrong-protocol",
            502,
            "Not HTTP",
            "The upstream speaks another protocol than its target says: TLS on a plain one, HTTP/2 where `h2c://` is missing, or the reverse."),
    UPSTREAM_TLS(
            "upstream-tls",
            502,
            "TLS failed",
            "The upstream's certificate is not to be trusted, or is not for its name, or it does not speak TLS."),
    STARTING("starting", 503, "Starting", "The upstream refuses connections so far; the page reloads once it answers."),
    LIMIT("limit", 503, "Limit reached", "The gateway or the route serves as many requests as it is allowed to."),
    UNHEALTHY("unhealthy", 503, "No healthy upstream", "Every upstream of the route fails its health check."),
    DRAINING("draining", 503, "Shutting down", "The gateway is stopping and takes no more requests."),
    CONNECT_TIMEOUT(
            "connect-timeout", 504, "Connection timed out", "The upstream did not accept the connection in time."),
    FIRST_BYTE_TIMEOUT(
            "first-byte-timeout",
            504,
            "No answer in time",
            "The upstream took the request but did not begin to answer in time."),
    RESPONSE_STALLED(
            "response-stalled",
            504,
            "Answer stalled",
            "The upstream began its answer and stopped before the header was complete."),
    UNSUPPORTED_VERSION(
            "unsupported-version",
            505,
            "HTTP version not supported",
            "The request's HTTP version is not one that the gateway speaks."),
    LOOP("loop", 508, "Loop", "The route leads back to the gateway itself, so the request would go round for ever.");

    private final String text;
    private final int status;
    private final String title;
    private final String meaning;

    FailureCode(String text, int status, String title, String meaning) {
        this.text = text;
        this.status = status;
        this.title = title;
        this.meaning = meaning;
    }

    /** The value of {@code X-Loopgate-Error}: lower case and hyphens. */
    public String text() {
        return text;
    }

    /** The HTTP status code of the answer. */
    public int status() {
        return status;
    }

    /** The heading of its page: a few words. */
    public String title() {
        return title;
    }

    /** What it means in one sentence, whatever the request. */
    public String meaning() {
        return meaning;
    }

    /** The reason phrase of the status line, as registered with IANA. */
    public String reason() {
        return switch (status) {
            case 400 -> "Bad Request";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 417 -> "Expectation Failed";
            case 421 -> "Misdirected Request";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            case 505 -> "HTTP Version Not Supported";
            case 508 -> "Loop Detected";
            default -> throw new IllegalStateException("no reason phrase for " + status);
        };
    }
}
