package dev.loopgate.builtin;

import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the conditions and the range of a request leave of an answer, in the order of RFC 9110 §13.2.2.
 *
 * @param status 200, 206, 304, 412 or 416
 * @param offset of the first byte to send
 * @param length how many bytes to send
 */
record Preconditions(int status, long offset, long length) {

    private static final Pattern TAG = Pattern.compile("(?:W/)?\"[\\x21\\x23-\\x7e\\x80-\\xff]*\"");
    private static final Pattern RANGE = Pattern.compile("(?i)bytes=\\s*([0-9]*)-([0-9]*)\\s*");

    static Preconditions of(MultiMap fields, boolean head, long size, String tag, Instant modified, Instant now) {
        String ifMatch = all(fields, "If-Match");
        if (!ifMatch.isEmpty()) {
            if (!ifMatch.equals("*") && !lists(ifMatch, tag, true)) {
                return new Preconditions(412, 0, 0);
            }
        } else if (date(fields, "If-Unmodified-Since").filter(modified::isAfter).isPresent()) {
            return new Preconditions(412, 0, 0);
        }
        String ifNoneMatch = all(fields, "If-None-Match");
        if (!ifNoneMatch.isEmpty()) {
            if (ifNoneMatch.equals("*") || lists(ifNoneMatch, tag, false)) {
                return new Preconditions(304, 0, 0);
            }
        } else if (date(fields, "If-Modified-Since")
                .filter(since -> !modified.isAfter(since))
                .isPresent()) {
            return new Preconditions(304, 0, 0);
        }
        List<String> ranges = fields.getAll("Range");
        if (!head && ranges.size() == 1 && rangeStillHolds(fields, tag, modified, now)) {
            return range(ranges.get(0), size);
        }
        return new Preconditions(200, 0, size);
    }

    /** One range; several at once, and what is no range of bytes, may be ignored (RFC 9110 §14.2) and are. */
    private static Preconditions range(String field, long size) {
        Matcher range = RANGE.matcher(field);
        if (!range.matches()) {
            return new Preconditions(200, 0, size);
        }
        String first = range.group(1);
        String last = range.group(2);
        if (first.isEmpty()) {
            if (last.isEmpty()) {
                return new Preconditions(200, 0, size);
            }
            long suffix = Math.min(number(last), size);
            return suffix == 0 ? new Preconditions(416, 0, 0) : new Preconditions(206, size - suffix, suffix);
        }
        long from = number(first);
        long to = last.isEmpty() ? Long.MAX_VALUE : number(last);
        if (to < from) {
            return new Preconditions(200, 0, size);
        }
        return from >= size
                ? new Preconditions(416, 0, 0)
                : new Preconditions(206, from, Math.min(to, size - 1) - from + 1);
    }

    /** If-Range takes a strong tag, or a date that is old enough to be one (RFC 9110 §13.1.5, §8.8.2.2). */
    private static boolean rangeStillHolds(MultiMap fields, String tag, Instant modified, Instant now) {
        String condition = fields.get("If-Range");
        if (condition == null) {
            return true;
        }
        String value = condition.strip();
        if (value.endsWith("\"")) {
            return !value.startsWith("W/") && value.equals(tag);
        }
        return HttpDates.read(value).filter(modified::equals).isPresent()
                && Duration.between(modified, now).toSeconds() > 1;
    }

    private static boolean lists(String field, String tag, boolean strong) {
        Matcher tags = TAG.matcher(field);
        while (tags.find()) {
            String each = tags.group();
            if (strong
                    ? each.equals(tag) && !tag.startsWith("W/")
                    : opaque(each).equals(opaque(tag))) {
                return true;
            }
        }
        return false;
    }

    private static String opaque(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }

    private static Optional<Instant> date(MultiMap fields, String name) {
        List<String> values = fields.getAll(name);
        return values.size() == 1 ? HttpDates.read(values.get(0)) : Optional.empty();
    }

    private static String all(MultiMap fields, String name) {
        return String.join(",", fields.getAll(name)).strip();
    }

    /** A number of any length; one that no file has is as good as the largest. */
    private static long number(String digits) {
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return significant.length() > 18 ? Long.MAX_VALUE : Long.parseLong(significant);
    }
}
