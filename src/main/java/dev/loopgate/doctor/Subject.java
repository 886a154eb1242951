package dev.loopgate.doctor;

import java.util.OptionalInt;

/** What is looked at. */
public sealed interface Subject {

    /** This machine, its gateways and the configuration that is found. */
    record Machine() implements Subject {}

    /**
     * A port of this machine.
     *
     * @param port 1 to 65535
     */
    record Port(int port) implements Subject {}

    /**
     * What a client asks for.
     *
     * @param scheme {@code http} or {@code https}
     * @param host a name, or an address, IPv6 in brackets
     * @param port empty: that of the gateway that serves the host, else the scheme's
     * @param path begins with a slash
     */
    record Url(String scheme, String host, OptionalInt port, String path) implements Subject {}
}
