package dev.loopgate.testkit;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What came on one stream of HTTP/2 so far. Filled by the thread that reads the connection. */
public final class Http2Message {

    final List<Field> fields = new ArrayList<>();
    final List<Field> trailers = new ArrayList<>();
    final List<List<Field>> interim = new ArrayList<>();
    final ByteArrayOutputStream body = new ByteArrayOutputStream();
    boolean headed;
    boolean ended;
    long reset = -1;

    void section(List<Field> section) {
        String status = Field.values(section, ":status").stream().findFirst().orElse("");
        if (headed) {
            trailers.addAll(section);
        } else if (status.startsWith("1")) {
            interim.add(section);
        } else {
            headed = true;
            fields.addAll(section);
        }
    }

    /** The fields of the final head in their order, pseudo-header fields included. */
    public List<Field> fields() {
        return fields;
    }

    /** The first value of a field; empty where there is none. */
    public String field(String name) {
        return all(name).stream().findFirst().orElse("");
    }

    public List<String> all(String name) {
        return Field.values(fields, name);
    }

    /** Zero where no final head came. */
    public int status() {
        return headed ? Integer.parseInt(field(":status")) : 0;
    }

    /** The X-Loopgate-Error field, or an empty text. */
    public String error() {
        return field("x-loopgate-error");
    }

    public String body() {
        return Wire.text(body.toByteArray());
    }

    public int bodyLength() {
        return body.size();
    }

    public List<Field> trailers() {
        return trailers;
    }

    public String trailer(String name) {
        return Field.values(trailers, name).stream().findFirst().orElse("");
    }

    /** The sections of the 1xx answers that came before. */
    public List<List<Field>> interim() {
        return interim;
    }

    /** Whether END_STREAM came: the message is whole. */
    public boolean ended() {
        return ended;
    }

    /** The code of the RST_STREAM that came, also behind the end. */
    public Optional<Long> reset() {
        return reset < 0 ? Optional.empty() : Optional.of(reset);
    }

    @Override
    public String toString() {
        return fields + " " + body.size() + " bytes " + trailers + (ended ? " ended" : "")
                + (reset < 0 ? "" : " reset " + reset);
    }
}
