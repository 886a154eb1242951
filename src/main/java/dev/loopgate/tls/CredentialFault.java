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

    /** A key that nobody could agree on TLS with. */
    static CredentialFault useless() {
        return new CredentialFault(
                "holds a key of a kind that browsers do not take",
                "use RSA of 2,048 bits or more, or ECDSA on P-256, P-384 or P-521, by its name");
    }

    public String fix() {
        return fix;
    }

    /** As a predicate, of the file. */
    public String fault() {
        return String.valueOf(getMessage());
    }
}
