package dev.loopgate.http;

import org.jspecify.annotations.Nullable;

/** Writes the head that goes to the client: the upstream's own lines, without what was meant for this gateway only. */
final class ResponseRules {

    private final Head head;
    private final HeadBuilder out;
    private final Identity identity;

    ResponseRules(Head head, HeadBuilder out, Identity identity) {
        this.head = head;
        this.out = out;
        this.identity = identity;
    }

    /**
     * Writes the head.
     *
     * @param chunked whether the body goes to the client in chunks
     * @param ownLines what the gateway says for itself: lines with their CRLF, or nothing
     * @param upgraded whether this is the 101 that was asked for
     */
    void write(boolean chunked, String ownLines, boolean upgraded, @Nullable FieldChanges changes) {
        out.clear().append("HTTP/1.1 ").append(head.bytes, head.statusStart, head.statusEnd);
        if (head.statusEnd - head.statusStart == 3) {
            // RFC 9112 §4: the space stays, even where no reason phrase follows.
            out.append(' ');
        }
        out.crlf();
        fields(chunked, upgraded, changes);
        identity.appendVia(out, head.version());
        out.append(ownLines);
        if (changes != null) {
            out.append(changes.appended());
        }
        out.crlf();
    }

    private void fields(boolean chunked, boolean upgraded, @Nullable FieldChanges changes) {
        boolean nominations = (ConnectionField.read(head) & ConnectionField.NOMINATES) != 0;
        // RFC 9110 §8.6: these have no content, and a length would be taken for the next message's.
        boolean lengthSeen = head.status == 204 || head.status < 200;
        int runStart = -1;
        int runEnd = -1;
        for (int i = 0; i < head.fields; i++) {
            int kind = head.kind[i];
            boolean keep = switch (kind) {
                case FieldKind.CONTENT_LENGTH -> !lengthSeen;
                case FieldKind.TRANSFER_ENCODING -> chunked;
                case FieldKind.UPGRADE -> upgraded;
                case FieldKind.CONNECTION, FieldKind.KEEP_ALIVE, FieldKind.HOP_BY_HOP, FieldKind.TE -> false;
                default -> true;
            };
            lengthSeen |= kind == FieldKind.CONTENT_LENGTH;
            if (keep
                    && ((nominations && ConnectionField.nominated(head, i))
                            || (changes != null && changes.drops(head, i)))) {
                keep = false;
            }
            if (!keep) {
                continue;
            }
            if (!head.crlfOnly) {
                out.append(head.bytes, head.nameStart[i], head.valueEnd[i]).crlf();
            } else if (runEnd == head.nameStart[i]) {
                runEnd = head.lineEnd(i);
            } else {
                flush(runStart, runEnd);
                runStart = head.nameStart[i];
                runEnd = head.lineEnd(i);
            }
        }
        flush(runStart, runEnd);
    }

    private void flush(int start, int end) {
        if (start >= 0) {
            out.append(head.bytes, start, end);
        }
    }
}
