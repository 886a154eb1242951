package dev.loopgate.builtin;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An answer, ready to be sent.
 *
 * @param length of the body, also where a HEAD leaves it away; -1 where the answer has none to tell of (304)
 * @param start the body or its beginning
 * @param rest what follows from a file that is open; to be closed by whoever has the reply
 */
record Reply(int status, List<Map.Entry<String, String>> fields, long length, Buffer start, Optional<OpenFile> rest) {

    /** The part of an open file that is still to be sent. */
    record OpenFile(FileChannel channel, long position, long end) {
        void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    Reply {
        fields = List.copyOf(fields);
    }

    static Reply of(int status, List<Map.Entry<String, String>> fields, Buffer body) {
        return new Reply(status, fields, body.length(), body, Optional.empty());
    }

    Reply with(String name, String value) {
        List<Map.Entry<String, String>> more = new ArrayList<>(fields);
        more.add(Map.entry(name, value));
        return new Reply(status, more, length, start, rest);
    }
}
