package dev.loopgate.http;

import io.netty.buffer.ByteBuf;

/**
 * Follows the frames that a client sends by their heads alone, to tell since when something has begun that is not here
 * whole: netty says nothing of a frame before its end, nor of a header section. Belongs to the connection's event loop.
 */
final class Unfinished {

    private static final int HEAD = 9;

    /** The types of RFC 9113 §6 that matter. */
    private static final int DATA = 0;

    private static final int HEADERS = 1;
    private static final int CONTINUATION = 9;
    private static final int PREFACE = -1;

    private static final int END_HEADERS = 4;

    private int headRead;
    private int payload;
    private int length;
    private int type = PREFACE;
    private int flags;
    private boolean section;
    private long since;

    /**
     * @param preface how many bytes there are before the first frame
     * @param now when they began to be waited for, in nanoseconds
     */
    Unfinished(int preface, long now) {
        payload = preface;
        since = now;
    }

    /** Follows what was read, and leaves it as it is. */
    void came(ByteBuf in, long now) {
        int at = in.readerIndex();
        int end = in.writerIndex();
        while (at < end) {
            if (payload > 0) {
                int n = Math.min(payload, end - at);
                payload -= n;
                at += n;
            } else {
                if (headRead == 0 && !section) {
                    since = now;
                }
                if (headRead == 0 && end - at >= HEAD) {
                    length = in.getUnsignedMedium(at);
                    type = in.getByte(at + 3);
                    flags = in.getByte(at + 4);
                    at += HEAD;
                    headCame();
                } else {
                    headCame(in.getByte(at));
                    at++;
                }
            }
        }
    }

    /** In pieces. */
    private void headCame(byte octet) {
        if (headRead < 3) {
            length = length << 8 | (octet & 0xff);
        } else if (headRead == 3) {
            type = octet;
        } else if (headRead == 4) {
            flags = octet;
        }
        headRead++;
        if (headRead == HEAD) {
            headCame();
        }
    }

    private void headCame() {
        headRead = 0;
        payload = length;
        length = 0;
        if (type == HEADERS || type == CONTINUATION) {
            section = (flags & END_HEADERS) == 0;
        }
    }

    /** Whether some of a frame is here, and of content no more is known than that. */
    boolean isContent() {
        return payload > 0 && type == DATA;
    }

    /** Whether the preface, a frame but for content, or a header section has begun and is not here whole. */
    boolean isControl() {
        return headRead > 0 || section || (payload > 0 && type != DATA);
    }

    /** When it began, in nanoseconds. */
    long since() {
        return since;
    }
}
