package dev.loopgate.http;

import java.util.Locale;

/**
 * Which of the three forms of a failure page an Accept field asks for (RFC 9110 §12.5.1). HTML and JSON are only given to
 * those who name them; a wildcard, as curl sends it, means text.
 */
final class AcceptHeader {

    private double html;
    private double json;
    private double text;
    private int textPrecision = -1;
    private boolean jsonFirst;

    private AcceptHeader() {}

    /** @param accept all Accept lines, joined by commas; empty where there is none */
    static FailurePage.Format choose(String accept) {
        AcceptHeader read = new AcceptHeader();
        for (String range : accept.split(",", -1)) {
            read.take(range);
        }
        if (read.json > 0
                && read.json >= read.text
                && (read.json > read.html || (read.json == read.html && read.jsonFirst))) {
            return FailurePage.Format.JSON;
        }
        return read.html > 0 && read.html >= read.text ? FailurePage.Format.HTML : FailurePage.Format.TEXT;
    }

    private void take(String range) {
        String[] parts = range.split(";", -1);
        String type = parts[0].strip().toLowerCase(Locale.ROOT);
        double quality = quality(parts);
        if (quality < 0) {
            return;
        }
        if (type.equals("text/html") || type.equals("application/xhtml+xml")) {
            html = Math.max(html, quality);
        } else if (type.equals("application/json") || (type.startsWith("application/") && type.endsWith("+json"))) {
            json = Math.max(json, quality);
            jsonFirst |= html == 0;
        } else {
            int precision = type.equals("text/plain") ? 2 : type.equals("text/*") ? 1 : type.equals("*/*") ? 0 : -1;
            if (precision > textPrecision) {
                textPrecision = precision;
                text = quality;
            }
        }
    }

    /** The weight of one range, 1 where none is given, -1 where it is malformed: then the range does not count. */
    private static double quality(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.length() > 1 && (parameter.charAt(0) | 0x20) == 'q' && parameter.charAt(1) == '=') {
                String value = parameter.substring(2);
                return value.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(value) : -1;
            }
        }
        return 1;
    }
}
