package dev.loopgate.http;

/** A message that breaks HTTP's grammar or framing; carries what to answer, no stack trace. */
final class MalformedMessage extends Exception {

    private static final long serialVersionUID = 1;

    private final FailureCode code;

    /** @param cause one sentence that names the fault */
    MalformedMessage(FailureCode code, String cause) {
        super(cause, null, false, false);
        this.code = code;
    }

    FailureCode code() {
        return code;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
