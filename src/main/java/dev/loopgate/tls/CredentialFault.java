package dev.loopgate.tls;

/** What is wrong with a key or a certificate. */
public final class CredentialFault extends Exception {

    private static final long serialVersionUID = 1;

    /** The one thing to do about it. */
    private final String fix;

    /** @param message as a predicate: {@code is expired since …} */
    CredentialFault(String message, String fix) {
        super(message);
        this.fix = fix;
    }

    public String fix() {
        return fix;
    }

    /** As a predicate, of the file. */
    public String fault() {
        return String.valueOf(getMessage());
    }
}
