package dev.loopgate.http;

/**
 * How the body of a message is delimited (RFC 9112 §6), decided once from its head. Zero or more is a Content-Length; the
 * other values are named here.
 */
final class Framing {

    static final long NONE = 0;
    static final long CHUNKED = -1;
    static final long UNTIL_CLOSE = -2;

    private Framing() {}

    /**
     * The framing of a request; what two parties could read in two ways is refused (RFC 9112 §6.1, §6.3, §11.2).
     *
     * @throws MalformedMessage with what to answer
     */
    static long ofRequest(Head head) throws MalformedMessage {
        int coding = -1;
        int length = -1;
        for (int i = 0; i < head.fields; i++) {
            if (head.kind[i] == FieldKind.TRANSFER_ENCODING) {
                if (coding >= 0) {
                    throw new MalformedMessage(FailureCode.BAD_FRAMING, "more than one Transfer-Encoding line");
                }
                coding = i;
            } else if (head.kind[i] == FieldKind.CONTENT_LENGTH) {
                if (length >= 0) {
                    throw new MalformedMessage(FailureCode.BAD_FRAMING, "more than one Content-Length line");
                }
                length = i;
            }
        }
        if (coding >= 0) {
            if (head.minorVersion == 0) {
                throw new MalformedMessage(FailureCode.BAD_FRAMING, "Transfer-Encoding in an HTTP/1.0 request");
            }
            if (length >= 0) {
                throw new MalformedMessage(FailureCode.BAD_FRAMING, "both Transfer-Encoding and Content-Length");
            }
            if (!head.valueEquals(coding, "chunked")) {
                throw new MalformedMessage(
                        head.valueListContains(coding, "chunked")
                                ? FailureCode.UNSUPPORTED_CODING
                                : FailureCode.BAD_FRAMING,
                        "a Transfer-Encoding other than chunked alone");
            }
            return CHUNKED;
        }
        return length < 0 ? NONE : contentLength(head, length, FailureCode.BAD_FRAMING);
    }

    /**
     * The framing of a final response.
     *
     * @param toHead whether it answers a HEAD request
     * @throws MalformedMessage where it is ambiguous: a client might read it in another way
     */
    static long ofResponse(Head head, boolean toHead) throws MalformedMessage {
        int coding = -1;
        int length = -1;
        for (int i = 0; i < head.fields; i++) {
            if (head.kind[i] == FieldKind.TRANSFER_ENCODING) {
                if (coding >= 0) {
                    throw new MalformedMessage(FailureCode.BAD_RESPONSE, "its answer has two Transfer-Encoding lines");
                }
                coding = i;
            } else if (head.kind[i] == FieldKind.CONTENT_LENGTH) {
                // RFC 9110 §8.6: the same number twice is one number; FieldRules sends only the first line on.
                if (length >= 0
                        && contentLength(head, i, FailureCode.BAD_RESPONSE)
                                != contentLength(head, length, FailureCode.BAD_RESPONSE)) {
                    throw new MalformedMessage(FailureCode.BAD_RESPONSE, "its answer has two Content-Length values");
                }
                length = length >= 0 ? length : i;
            }
        }
        if (coding >= 0 && length >= 0) {
            throw new MalformedMessage(
                    FailureCode.BAD_RESPONSE, "its answer has both Transfer-Encoding and Content-Length");
        }
        if (coding >= 0 && head.minorVersion == 0) {
            throw new MalformedMessage(FailureCode.BAD_RESPONSE, "its HTTP/1.0 answer has a Transfer-Encoding");
        }
        if (coding >= 0 && !head.valueEquals(coding, "chunked")) {
            throw new MalformedMessage(
                    FailureCode.BAD_RESPONSE, "its answer has a Transfer-Encoding other than chunked");
        }
        long announced = length < 0 ? UNTIL_CLOSE : contentLength(head, length, FailureCode.BAD_RESPONSE);
        if (toHead || head.status == 204 || head.status == 304) {
            return NONE;
        }
        return coding >= 0 ? CHUNKED : announced;
    }

    private static long contentLength(Head head, int field, FailureCode code) throws MalformedMessage {
        int start = head.valueStart[field];
        int end = head.valueEnd[field];
        // 18 digits stay below 2^63, so that nothing can overflow.
        boolean number = end > start && end - start <= 18;
        long value = 0;
        for (int i = start; number && i < end; i++) {
            number = Grammar.isDigit(head.bytes[i]);
            value = value * 10 + (head.bytes[i] - '0');
        }
        if (!number) {
            throw new MalformedMessage(code, "a Content-Length that is not a number, or too large");
        }
        return value;
    }
}
