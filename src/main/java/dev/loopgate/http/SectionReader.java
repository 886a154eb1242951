package dev.loopgate.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the field sections of HTTP/2 and HTTP/3 as heads of HTTP/1.1, which the rest of the data path reads. Nothing gets
 * into such a head that could be read as two lines or as framing (RFC 9113 §8.2, §8.3, RFC 9114 §4.2, §4.3). Belongs to
 * one event loop.
 */
final class SectionReader {

    /** RFC 6455 §4.1: a nonce of 16 bytes; of no use to a client that has none of its own, and not secret. */
    private static final String WEBSOCKET_KEY = "Sec-WebSocket-Key: bG9vcGdhdGUtUkZDODQ0MQ==\r\n";

    private final HeadBuilder out = new HeadBuilder();
    private final HeadBuilder cookies = new HeadBuilder();
    private @Nullable CharSequence method;
    private @Nullable CharSequence scheme;
    private @Nullable CharSequence authority;
    private @Nullable CharSequence path;
    private @Nullable CharSequence protocol;
    private @Nullable CharSequence status;
    private boolean begun;
    private boolean length;
    private boolean upgrade;

    /** The head that was read last. */
    HeadBuilder head() {
        return out;
    }

    /** Whether the request that was read last asks for an upgrade (RFC 8441, RFC 9220); it has no body before it is granted. */
    boolean asksForUpgrade() {
        return upgrade;
    }

    /**
     * Reads the section of a request.
     *
     * @param ended whether no body follows
     * @throws MalformedMessage where it is none: a stream error
     */
    void request(Iterable<? extends Map.Entry<CharSequence, CharSequence>> section, boolean ended)
            throws MalformedMessage {
        clear();
        for (Map.Entry<CharSequence, CharSequence> field : section) {
            CharSequence name = field.getKey();
            if (isPseudo(name)) {
                requestPseudo(name, field.getValue());
            } else {
                if (!begun) {
                    requestLine();
                }
                field(name, field.getValue(), true);
            }
        }
        if (!begun) {
            requestLine();
        }
        if (cookies.length > 0) {
            out.append("cookie: ").append(cookies.bytes, 0, cookies.length).crlf();
        }
        if (upgrade) {
            if (length || ended) {
                throw malformed("CONNECT with a content-length, or ended at once");
            }
            out.append("Connection: Upgrade\r\nUpgrade: websocket\r\n").append(WEBSOCKET_KEY);
        } else if (!ended && !length) {
            out.append("transfer-encoding: chunked\r\n");
        }
        out.crlf();
    }

    /**
     * Reads the section of a response.
     *
     * @param chunked whether its body is passed on in chunks, unless it has a content-length
     * @throws MalformedMessage where it is none
     */
    void response(Iterable<? extends Map.Entry<CharSequence, CharSequence>> section, boolean chunked)
            throws MalformedMessage {
        try {
            readResponse(section, chunked);
        } catch (MalformedMessage e) {
            throw new MalformedMessage(FailureCode.BAD_RESPONSE, "its answer has " + e.reason());
        }
    }

    private void readResponse(Iterable<? extends Map.Entry<CharSequence, CharSequence>> section, boolean chunked)
            throws MalformedMessage {
        clear();
        for (Map.Entry<CharSequence, CharSequence> field : section) {
            CharSequence name = field.getKey();
            if (isPseudo(name)) {
                if (begun || status != null || !SectionText.is(name, ":status")) {
                    throw malformed("a pseudo-header field that no response has there");
                }
                status = field.getValue();
            } else {
                statusLine();
                field(name, field.getValue(), false);
            }
        }
        statusLine();
        if (chunked && !length) {
            out.append("transfer-encoding: chunked\r\n");
        }
        out.crlf();
    }

    /**
     * Reads a trailer section.
     *
     * @return its lines and an empty one, as they go on; empty where nothing does
     * @throws MalformedMessage where it is none
     */
    byte[] trailers(Iterable<? extends Map.Entry<CharSequence, CharSequence>> section, FailureCode code)
            throws MalformedMessage {
        clear();
        for (Map.Entry<CharSequence, CharSequence> field : section) {
            CharSequence name = field.getKey();
            if (isPseudo(name)) {
                throw malformed("a pseudo-header field in a trailer section");
            }
            begun = true;
            field(name, field.getValue(), false);
        }
        out.crlf();
        byte[] filtered = TrailerSection.filter(out.bytes, out.length, code);
        return filtered.length == 2 ? new byte[0] : filtered;
    }

    private void clear() {
        out.clear();
        cookies.clear();
        method = null;
        scheme = null;
        authority = null;
        path = null;
        protocol = null;
        status = null;
        begun = false;
        length = false;
        upgrade = false;
    }

    private static boolean isPseudo(CharSequence name) {
        return name.length() > 0 && name.charAt(0) == ':';
    }

    private void requestPseudo(CharSequence name, CharSequence value) throws MalformedMessage {
        if (begun) {
            throw malformed("a pseudo-header field behind others");
        }
        CharSequence before;
        if (SectionText.is(name, ":method")) {
            before = method;
            method = value;
        } else if (SectionText.is(name, ":path")) {
            before = path;
            path = value;
        } else if (SectionText.is(name, ":scheme")) {
            before = scheme;
            scheme = value;
        } else if (SectionText.is(name, ":authority")) {
            before = authority;
            authority = value;
        } else if (SectionText.is(name, ":protocol")) {
            before = protocol;
            protocol = value;
        } else {
            throw malformed("a pseudo-header field that no request has");
        }
        if (before != null) {
            throw malformed("a pseudo-header field twice");
        }
    }

    private void requestLine() throws MalformedMessage {
        begun = true;
        CharSequence verb = method;
        if (verb == null || !SectionText.isToken(verb)) {
            throw malformed("no method");
        }
        if (protocol != null) {
            extendedConnect(verb, protocol);
        } else if (SectionText.is(verb, "CONNECT")) {
            if (scheme != null || path != null || authority == null) {
                throw malformed("CONNECT that is none (RFC 9113 §8.5)");
            }
            // It is told so where every other request is: this is no forward proxy.
            out.append("CONNECT ");
            SectionText.checked(out, authority);
            out.append(" HTTP/1.1\r\nHost: ");
            SectionText.checked(out, authority);
            out.crlf();
            return;
        } else {
            SectionText.append(out, verb);
        }
        CharSequence target = path;
        if (scheme == null || target == null || target.length() == 0) {
            throw malformed("no scheme or no path");
        }
        boolean asterisk = SectionText.is(target, "*") && SectionText.is(verb, "OPTIONS");
        if (!asterisk && target.charAt(0) != '/') {
            throw malformed("a path that does not begin with a slash");
        }
        out.append(' ');
        for (int i = 0; i < target.length(); i++) {
            byte b = SectionText.latin1(target.charAt(i));
            if (!Grammar.isTarget(b)) {
                throw malformed("a character in the path that no path has");
            }
            out.append((char) (b & 0xff));
        }
        out.append(" HTTP/1.1\r\n");
        if (authority != null) {
            out.append("Host: ");
            SectionText.checked(out, authority);
            out.crlf();
        }
    }

    private void extendedConnect(CharSequence verb, CharSequence wanted) throws MalformedMessage {
        if (!SectionText.is(verb, "CONNECT") || authority == null) {
            throw malformed("a :protocol without CONNECT and authority (RFC 8441 §4)");
        }
        if (!SectionText.is(wanted, "websocket")) {
            throw new MalformedMessage(FailureCode.UNSUPPORTED_METHOD, "CONNECT for a protocol other than websocket");
        }
        upgrade = true;
        out.append("GET");
    }

    private void statusLine() throws MalformedMessage {
        if (begun) {
            return;
        }
        begun = true;
        CharSequence code = status;
        if (code == null || code.length() != 3) {
            throw malformed("no status");
        }
        out.append("HTTP/1.1 ");
        SectionText.append(out, code);
        out.append(" \r\n");
    }

    private void field(CharSequence name, CharSequence value, boolean request) throws MalformedMessage {
        int start = out.length;
        SectionText.append(out, name);
        int end = out.length;
        if (end == start) {
            throw malformed("a field without a name");
        }
        for (int i = start; i < end; i++) {
            byte b = out.bytes[i];
            if (!Grammar.isToken(b) || Grammar.lower(b) != b) {
                throw malformed("a character that no field name has");
            }
        }
        int kind = FieldKind.of(out.bytes, start, end);
        switch (kind) {
            case FieldKind.CONNECTION, FieldKind.KEEP_ALIVE, FieldKind.TRANSFER_ENCODING, FieldKind.UPGRADE ->
                throw malformed("a field that belongs to connections of HTTP/1.1");
            case FieldKind.HOP_BY_HOP -> {
                if (SectionText.is(name, "proxy-connection")) {
                    throw malformed("a field that belongs to connections of HTTP/1.1");
                }
            }
            case FieldKind.TE -> {
                if (!SectionText.is(value, "trailers")) {
                    throw malformed("a te other than trailers");
                }
            }
            case FieldKind.CONTENT_LENGTH -> length = true;
            case FieldKind.HOST -> {
                if (request && authority != null) {
                    if (!SectionText.sameHost(authority, value)) {
                        throw malformed("a host that is not the :authority");
                    }
                    out.length = start;
                    return;
                }
            }
            default -> {}
        }
        if (request && SectionText.is(name, "cookie")) {
            // RFC 9113 §8.2.3: crumbs become one line again.
            out.length = start;
            if (cookies.length > 0) {
                cookies.append("; ");
            }
            SectionText.checked(cookies, value);
            return;
        }
        if (upgrade && SectionText.is(name, "sec-websocket-key")) {
            out.length = start;
            return;
        }
        out.append(": ");
        SectionText.checked(out, value);
        out.crlf();
    }

    static MalformedMessage malformed(String cause) {
        return new MalformedMessage(FailureCode.BAD_REQUEST, cause);
    }
}
