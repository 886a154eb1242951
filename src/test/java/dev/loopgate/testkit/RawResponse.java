package dev.loopgate.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An answer as it was on the wire. Filled while it is read, by one thread. */
public final class RawResponse {

    /** How the answer ended. */
    public enum End {
        /** Complete, by its own framing. */
        CLEAN,
        /** The stream ended before the answer was complete. */
        TRUNCATED,
        RESET,
        TIMEOUT,
        /** The stream ended without a byte of an answer. */
        NONE,
        /** The answer breaks the rules of HTTP. */
        MALFORMED,
        /** Only the head was asked for, or the connection was switched (101). */
        HEAD
    }

    /** What tells the end of the body. */
    public enum Framing {
        NONE,
        LENGTH,
        CHUNKED,
        CLOSE,
        /** Both lengths, or a length that is none. */
        AMBIGUOUS
    }

    int status;
    String version = "";
    String reason = "";
    String head = "";
    byte[] body = new byte[0];
    long bodyLength;
    End end = End.NONE;
    Framing framing = Framing.NONE;
    final List<Field> fields = new ArrayList<>();
    final List<Field> trailers = new ArrayList<>();
    final List<String> interim = new ArrayList<>();
    final List<Integer> interimStatuses = new ArrayList<>();

    /** Zero where there was no answer. */
    public int status() {
        return status;
    }

    public String version() {
        return version;
    }

    public String reason() {
        return reason;
    }

    /** The head of the final answer, byte for byte. */
    public String head() {
        return head;
    }

    /** The body, decoded from its chunks. */
    public String body() {
        return Wire.text(body);
    }

    public byte[] bodyBytes() {
        return body;
    }

    public End end() {
        return end;
    }

    public boolean clean() {
        return end == End.CLEAN;
    }

    public Framing framing() {
        return framing;
    }

    public List<Field> fields() {
        return fields;
    }

    public List<Field> trailers() {
        return trailers;
    }

    /** The statuses of the 1xx answers that came before. */
    public List<Integer> interim() {
        return interimStatuses;
    }

    /** Their heads, byte for byte. */
    public List<String> interimHeads() {
        return interim;
    }

    public List<String> all(String name) {
        return Field.values(fields, name);
    }

    /** The first value of a field. */
    public Optional<String> field(String name) {
        return all(name).stream().findFirst();
    }

    /** The X-Loopgate-Error field, or an empty text. */
    public String error() {
        return field("X-Loopgate-Error").orElse("");
    }

    @Override
    public String toString() {
        return status + " " + error() + " " + end + " " + framing + " " + body.length + " bytes: "
                + (body.length > 200 ? body().substring(0, 200) : body());
    }
}
