package dev.loopgate.testkit;

import java.util.List;

/** One field line as it was on the wire, the value without the white space around it. */
public record Field(String name, String value) {

    /** Every value of a name, whatever its case, in order. */
    public static List<String> values(List<Field> fields, String name) {
        return fields.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }
}
