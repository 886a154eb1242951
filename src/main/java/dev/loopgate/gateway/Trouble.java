package dev.loopgate.gateway;

/** What went wrong inside the gateway, for people. */
final class Trouble {

    private Trouble() {}

    /** A clause; with what to do where there is something. */
    static String words(Throwable failure) {
        return failure instanceof OutOfMemoryError
                ? "the configuration needs more memory than the "
                        + (Runtime.getRuntime().maxMemory() >> 20)
                        + " MiB that Java may take; LOOPGATE_JAVA_OPTS=-Xmx1g gives it more"
                : String.valueOf(failure.getMessage());
    }
}
