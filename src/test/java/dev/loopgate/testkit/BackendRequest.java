package dev.loopgate.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A request as a backend got it, with all that is not one canonical message (RFC 9112) noted as a fault. */
public final class BackendRequest {

    private static final Pattern VERSION = Pattern.compile("HTTP/1\\.[01]");

    private final BackendConnection connection;
    private final String head;
    private final String method;
    private final String target;
    private final String version;
    private final List<Field> fields = new ArrayList<>();
    private final List<Field> trailers = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private byte[] body = new byte[0];
    private long bodyLength;
    private String digest = "";
    private volatile boolean complete;

    BackendRequest(BackendConnection connection, String head) {
        this.connection = connection;
        this.head = head;
        String[] lines = head.substring(0, head.length() - 4).split("\r\n", -1);
        String[] parts = lines[0].split(" ", -1);
        method = parts[0];
        target = parts.length > 1 ? parts[1] : "";
        version = parts.length > 2 ? parts[2] : "";
        if (parts.length != 3
                || !ChunkReader.token(method)
                || !VERSION.matcher(version).matches()) {
            faults.add("request line " + lines[0]);
        }
        if (target.isEmpty() || target.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            faults.add("target " + target);
        }
        for (int i = 1; i < lines.length; i++) {
            parseField(lines[i]);
        }
        checkFraming();
    }

    private void parseField(String line) {
        int colon = line.indexOf(':');
        String name = colon < 0 ? "" : line.substring(0, colon);
        if (!ChunkReader.token(name)) {
            faults.add("field line " + line);
        }
        String value = line.substring(colon + 1);
        if (ChunkReader.controls(value)) {
            faults.add("control characters in the value of " + name);
        }
        fields.add(new Field(name, value.strip()));
    }

    private void checkFraming() {
        List<String> codings = all("Transfer-Encoding");
        List<String> lengths = all("Content-Length");
        if (!codings.isEmpty() && !lengths.isEmpty()) {
            faults.add("both Transfer-Encoding and Content-Length");
        }
        if (!codings.isEmpty() && !(codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked"))) {
            faults.add("Transfer-Encoding " + codings);
        }
        if (!codings.isEmpty() && version.equals("HTTP/1.0")) {
            faults.add("Transfer-Encoding in HTTP/1.0");
        }
        if (lengths.size() > 1 || (lengths.size() == 1 && !lengths.get(0).matches("[0-9]{1,18}"))) {
            faults.add("Content-Length " + lengths);
        }
        if (all("Host").size() != 1) {
            faults.add("Host " + all("Host"));
        }
    }

    /** Reads the body; false where it is not complete. */
    boolean readBody(Duration limit) {
        if (complete || (!all("Transfer-Encoding").isEmpty() && !faults.isEmpty())) {
            return complete;
        }
        ChunkReader reader = new ChunkReader(connection.wire(), limit);
        boolean whole = all("Transfer-Encoding").isEmpty() ? reader.data(contentLength()) : reader.readAll();
        body = reader.body();
        bodyLength = reader.length();
        digest = reader.sha256Hex();
        trailers.addAll(reader.trailers());
        faults.addAll(reader.faults());
        complete = whole;
        return whole;
    }

    /** Reads the body from within a script; false where it is not complete. */
    public boolean readAll() {
        return readBody(Eventually.LIMIT);
    }

    private long contentLength() {
        return field("Content-Length")
                .filter(value -> value.matches("[0-9]{1,18}"))
                .map(Long::parseLong)
                .orElse(0L);
    }

    public BackendConnection connection() {
        return connection;
    }

    /** The head, byte for byte. */
    public String head() {
        return head;
    }

    public String method() {
        return method;
    }

    public String target() {
        return target;
    }

    public String version() {
        return version;
    }

    public List<Field> fields() {
        return fields;
    }

    public List<Field> trailers() {
        return trailers;
    }

    /** What is not canonical about it; empty for a message that every server reads in the same way. */
    public List<String> faults() {
        return faults;
    }

    /** The body as far as it is kept, without its chunks. */
    public String body() {
        return Wire.text(body);
    }

    public long bodyLength() {
        return bodyLength;
    }

    public String bodySha256() {
        return digest;
    }

    /** Whether the whole message arrived. */
    public boolean complete() {
        return complete;
    }

    public List<String> all(String name) {
        return Field.values(fields, name);
    }

    /** The first value of a field. */
    public Optional<String> field(String name) {
        return all(name).stream().findFirst();
    }

    @Override
    public String toString() {
        return head + "(" + bodyLength + " bytes" + (complete ? "" : ", incomplete") + ") " + faults;
    }
}
