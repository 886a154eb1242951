package dev.loopgate.testkit;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client that sends bytes as given and reads answers strictly. */
public final class RawClient implements AutoCloseable {

    private static final Pattern STATUS_LINE = Pattern.compile("(HTTP/\\d\\.\\d) (\\d{3})(?: (.*))?", Pattern.DOTALL);
    private static final int MOST_INTERIM = 2_000;

    private final Wire wire;

    private RawClient(Wire wire) {
        this.wire = wire;
    }

    public static RawClient connect(int port) {
        return new RawClient(Wire.connect(port));
    }

    /** On a connection that is made already. */
    public static RawClient over(Wire wire) {
        return new RawClient(wire);
    }

    /** A client that cannot take much before it reads. */
    public static RawClient connectNarrow(int port) {
        return new RawClient(Wire.connectWithReceiveBuffer(port, 64 * 1024));
    }

    public Wire wire() {
        return wire;
    }

    /** Sends text, a byte for each character; what the other side does not take is dropped. */
    public RawClient send(String text) {
        wire.send(text);
        return this;
    }

    public RawClient send(byte[] bytes) {
        wire.send(bytes);
        return this;
    }

    /** A GET with the fields given, each without its line end. */
    public RawClient get(String host, String target, String... fields) {
        return request("GET", host, target, "", fields);
    }

    public RawClient request(String method, String host, String target, String body, String... fields) {
        StringBuilder text = new StringBuilder();
        text.append(method)
                .append(' ')
                .append(target)
                .append(" HTTP/1.1\r\nHost: ")
                .append(host)
                .append("\r\n");
        for (String field : fields) {
            text.append(field).append("\r\n");
        }
        return send(text.append("\r\n").append(body).toString());
    }

    public RawResponse response() {
        return response("GET", Eventually.LIMIT);
    }

    /** The answer to a request of this method, or what there is of it when the time is up. */
    public RawResponse response(String method, Duration limit) {
        return read(method, limit, false);
    }

    /** The head of an answer; its body stays on the wire. */
    public RawResponse head() {
        return read("GET", Eventually.LIMIT, true);
    }

    /** Waits for the end of the connection. */
    public Wire.End awaitEnd() {
        return wire.awaitEnd();
    }

    public void finish() {
        wire.finish();
    }

    public void reset() {
        wire.reset();
    }

    @Override
    public void close() {
        wire.close();
    }

    private RawResponse read(String method, Duration limit, boolean headOnly) {
        RawResponse response = new RawResponse();
        if (!readHead(response, limit)) {
            return response;
        }
        List<String> codings = response.all("Transfer-Encoding");
        List<String> lengths = response.all("Content-Length");
        response.framing = framing(codings, lengths);
        if (headOnly || response.status == 101) {
            response.end = RawResponse.End.HEAD;
        } else if (method.equals("HEAD") || response.status == 204 || response.status == 304) {
            response.end = RawResponse.End.CLEAN;
        } else {
            readBody(response, limit, lengths);
        }
        response.bodyLength = response.body.length;
        return response;
    }

    private boolean readHead(RawResponse response, Duration limit) {
        while (response.interim.size() < MOST_INTERIM) {
            String head = wire.until("\r\n\r\n", limit);
            if (head == null) {
                response.end = wire.buffered() == 0 && wire.end() == Wire.End.FIN ? RawResponse.End.NONE : unfinished();
                return false;
            }
            response.head = head;
            String[] lines = head.substring(0, head.length() - 4).split("\r\n", -1);
            Matcher status = STATUS_LINE.matcher(lines[0]);
            if (!status.matches() || !parseFields(lines, response)) {
                response.end = RawResponse.End.MALFORMED;
                return false;
            }
            response.version = status.group(1);
            response.status = Integer.parseInt(status.group(2));
            response.reason = status.group(3) == null ? "" : status.group(3);
            if (response.status >= 200 || response.status == 101) {
                return true;
            }
            response.interim.add(head);
            response.interimStatuses.add(response.status);
        }
        response.end = RawResponse.End.MALFORMED;
        return false;
    }

    private static boolean parseFields(String[] lines, RawResponse response) {
        response.fields.clear();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon <= 0 || lines[i].indexOf('\r') >= 0 || lines[i].indexOf('\n') >= 0 || lines[i].indexOf(0) >= 0) {
                return false;
            }
            response.fields.add(new Field(
                    lines[i].substring(0, colon), lines[i].substring(colon + 1).strip()));
        }
        return true;
    }

    private static RawResponse.Framing framing(List<String> codings, List<String> lengths) {
        if (codings.isEmpty() && lengths.isEmpty()) {
            return RawResponse.Framing.CLOSE;
        }
        if (lengths.isEmpty()) {
            return codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked")
                    ? RawResponse.Framing.CHUNKED
                    : RawResponse.Framing.AMBIGUOUS;
        }
        return codings.isEmpty() && lengths.size() == 1 && lengths.get(0).matches("[0-9]{1,18}")
                ? RawResponse.Framing.LENGTH
                : RawResponse.Framing.AMBIGUOUS;
    }

    private void readBody(RawResponse response, Duration limit, List<String> lengths) {
        switch (response.framing) {
            case LENGTH -> {
                int length = Integer.parseInt(lengths.get(0));
                response.body = wire.read(length, limit);
                response.end = response.body.length == length ? RawResponse.End.CLEAN : unfinished();
            }
            case CHUNKED -> {
                ChunkReader chunks = new ChunkReader(wire, limit);
                boolean complete = chunks.readAll();
                response.body = chunks.body();
                response.trailers.addAll(chunks.trailers());
                response.end = complete
                        ? RawResponse.End.CLEAN
                        : chunks.faults().isEmpty() ? unfinished() : RawResponse.End.MALFORMED;
            }
            case CLOSE -> {
                response.body = wire.rest(limit);
                response.end = wire.end() == Wire.End.FIN ? RawResponse.End.CLEAN : unfinished();
            }
            case AMBIGUOUS, NONE -> response.end = RawResponse.End.MALFORMED;
        }
    }

    private RawResponse.End unfinished() {
        return switch (wire.end()) {
            case OPEN -> RawResponse.End.TIMEOUT;
            case FIN -> RawResponse.End.TRUNCATED;
            case RESET -> RawResponse.End.RESET;
        };
    }
}
