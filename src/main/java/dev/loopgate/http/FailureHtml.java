package dev.loopgate.http;

/** The HTML form of failures. */
final class FailureHtml {

    private FailureHtml() {}

    static String render(Failure failure, boolean detailed) {
        return "<!doctype html><title>" + failure.code().status() + "</title><p>"
                + failure.code().text() + "\n";
    }

    static String contentSecurityPolicy(Failure failure) {
        return "default-src 'none'";
    }
}
