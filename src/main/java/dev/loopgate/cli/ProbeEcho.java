package dev.loopgate.cli;

import dev.loopgate.model.BindAddress;

/** Sends back what comes. */
final class ProbeEcho {

    private final Terminal terminal;

    ProbeEcho(Terminal terminal) {
        this.terminal = terminal;
    }

    int run(BindAddress bind) {
        terminal.say(bind.toString());
        return ExitStatus.DONE;
    }
}
