package dev.loopgate.cli;

/** How a command ends. */
final class ExitStatus {

    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;
    static final int INVALID_CONFIGURATION = 3;
    static final int PORT_TAKEN = 4;

    private ExitStatus() {}
}
