package dev.loopgate.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A page with slots. <code>{{name}}</code> is replaced by the value of that name, escaped for HTML text and quoted
 * attributes. <code>{{#name}}…{{/name}}</code> appears once where that value is not empty, and once for each element
 * where it is a list; within an element, its own values come before those around it. Immutable.
 */
public final class PageTemplate {

    private sealed interface Part {}

    private record Text(String text) implements Part {}

    private record Slot(String name) implements Part {}

    private record Section(String name, List<Part> parts) implements Part {}

    private final List<Part> parts;
    private final int size;

    public PageTemplate(String source) {
        parts = parse(source, 0, source.length());
        size = source.length();
    }

    /** @param values text by slot name, or a list of such maps; a name that is missing is empty */
    public String render(Map<String, Object> values) {
        StringBuilder page = new StringBuilder(size + 512);
        write(page, parts, List.of(values));
        return page.toString();
    }

    private static List<Part> parse(String source, int from, int to) {
        List<Part> parts = new ArrayList<>();
        int at = from;
        while (at < to) {
            int open = source.indexOf("{{", at);
            if (open < 0 || open >= to) {
                parts.add(new Text(source.substring(at, to)));
                break;
            }
            if (open > at) {
                parts.add(new Text(source.substring(at, open)));
            }
            int close = source.indexOf("}}", open);
            String name = source.substring(open + 2, close);
            at = close + 2;
            if (name.startsWith("#")) {
                String end = "{{/" + name.substring(1) + "}}";
                int last = source.indexOf(end, at);
                if (last < 0 || last > to) {
                    throw new IllegalArgumentException("section without its end: " + name);
                }
                parts.add(new Section(name.substring(1), parse(source, at, last)));
                at = last + end.length();
            } else {
                parts.add(new Slot(name));
            }
        }
        return List.copyOf(parts);
    }

    private static void write(StringBuilder page, List<Part> parts, List<Map<String, Object>> scopes) {
        for (Part part : parts) {
            if (part instanceof Text text) {
                page.append(text.text());
            } else if (part instanceof Slot slot) {
                escape(page, value(scopes, slot.name()).toString());
            } else if (part instanceof Section section) {
                writeSection(page, section, scopes);
            }
        }
    }

    private static void writeSection(StringBuilder page, Section section, List<Map<String, Object>> scopes) {
        Object value = value(scopes, section.name());
        if (value instanceof List<?> elements) {
            for (Object element : elements) {
                List<Map<String, Object>> inner = new ArrayList<>(scopes);
                inner.add(0, scope(element));
                write(page, section.parts(), inner);
            }
        } else if (!value.toString().isEmpty()) {
            write(page, section.parts(), scopes);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> scope(Object element) {
        return (Map<String, Object>) element;
    }

    private static Object value(List<Map<String, Object>> scopes, String name) {
        for (Map<String, Object> scope : scopes) {
            Object value = scope.get(name);
            if (value != null) {
                return value;
            }
        }
        return "";
    }

    private static void escape(StringBuilder page, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> page.append("&amp;");
                case '<' -> page.append("&lt;");
                case '>' -> page.append("&gt;");
                case '"' -> page.append("&quot;");
                case '\'' -> page.append("&#39;");
                default -> page.append(c);
            }
        }
    }
}
