package dev.loopgate.http;

/** A message that breaks HTTP's grammar or framing; carries what to answer, no stack trace. */
final class MalformedMessage extends Exception {

    private static final long serialVersionUID = 1;

    private final FailureCode code;
    private final boolean foreign;

    /** @param cause one sentence that names the fault */
    MalformedMessage(FailureCode code, String cause) {
        this(code, cause, false);
    }

    private MalformedMessage(FailureCode code, String cause, boolean foreign) {
        super(cause, null, false, false);
        this.code = code;
        this.foreign = foreign;
    }

    /** One that is no message of HTTP at all. */
    static MalformedMessage foreign(String cause) {
        return new MalformedMessage(FailureCode.BAD_REQUEST, cause, true);
    }

    /** Whether its sender speaks something else. */
    boolean foreign() {
        return foreign;
    }

    FailureCode code() {
        return code;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
