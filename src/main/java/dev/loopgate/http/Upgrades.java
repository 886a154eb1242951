package dev.loopgate.http;

/** Which requests to change the protocol pass on (RFC 9110 §7.8). */
final class Upgrades {

    private Upgrades() {}

    /**
     * Whether a request asks, in due form, for an upgrade that the upstream may grant. h2c is not one: through its tunnel a
     * client would reach the upstream past every rule of the route.
     */
    static boolean isPassedOn(Head head, int connectionOptions) {
        return (connectionOptions & ConnectionField.UPGRADE) != 0
                && head.minorVersion > 0
                && head.has(FieldKind.UPGRADE)
                && !head.anyListContains(FieldKind.UPGRADE, "h2c")
                && !head.anyListContains(FieldKind.UPGRADE, "h2");
    }
}
