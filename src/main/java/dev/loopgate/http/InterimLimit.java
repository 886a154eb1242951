package dev.loopgate.http;

/** How many interim answers (1xx) an upstream may send before its last word. Belongs to one exchange. */
final class InterimLimit {

    /** One each second for a quarter of an hour. */
    private static final int MOST = 1_000;

    private static final int MOST_BYTES = 256 * 1024;

    private int number;
    private int bytes;

    /** One more has come. */
    void count(Head head) throws MalformedMessage {
        number++;
        bytes += head.length;
        if (number > MOST || bytes > MOST_BYTES) {
            throw new MalformedMessage(
                    FailureCode.BAD_RESPONSE,
                    number > MOST
                            ? "with more than 1000 interim answers (1xx) and no final one"
                            : "with more than 256 KiB of interim answers (1xx) and no final one");
        }
    }
}
