package dev.loopgate.http;

import dev.loopgate.model.FieldEdits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A route's {@code headers} edits, ready to be applied to byte ranges. */
final class FieldChanges {

    private final List<String> dropped;
    private final byte[] appended;

    FieldChanges(FieldEdits edits) {
        List<String> names = new ArrayList<>();
        edits.remove().forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
        StringBuilder lines = new StringBuilder();
        edits.set().forEach((name, value) -> {
            names.add(name.toLowerCase(Locale.ROOT));
            lines.append(name).append(": ").append(value).append("\r\n");
        });
        edits.add()
                .forEach((name, value) ->
                        lines.append(name).append(": ").append(value).append("\r\n"));
        dropped = List.copyOf(names);
        appended = lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    boolean drops(Head head, int field) {
        for (int i = 0; i < dropped.size(); i++) {
            if (head.nameEquals(field, dropped.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** Whether they remove or replace a field, so that the gateway does not write its own. */
    boolean names(String lowerCase) {
        return dropped.contains(lowerCase);
    }

    /** Field lines, each ending in CRLF, that follow the kept ones. */
    byte[] appended() {
        return appended;
    }
}
