package dev.loopgate.http;

import org.jspecify.annotations.Nullable;

/** What a gateway answers itself before it looks at its routes. */
sealed interface Refusal {

    /** A request that goes no further, and why. */
    record Fault(FailureCode code, String cause, String fix) implements Refusal {}

    /** OPTIONS with Max-Forwards: 0 (RFC 9110 §7.6.2). */
    record Capabilities() implements Refusal {}

    /** What to answer, or null where the request goes on. */
    static @Nullable Refusal of(Head head, Identity identity) {
        if (head.has(FieldKind.VIA) && identity.isIn(head)) {
            return new Fault(
                    FailureCode.LOOP,
                    "The request has passed this gateway before: the host's target is the gateway itself.",
                    "Name the service's own port as the target.");
        }
        if (head.has(FieldKind.EXPECT) && head.minorVersion > 0) {
            for (int i = 0; i < head.fields; i++) {
                if (head.kind[i] == FieldKind.EXPECT && !head.valueEquals(i, "100-continue")) {
                    return new Fault(
                            FailureCode.UNKNOWN_EXPECTATION,
                            "The Expect field asks for something other than 100-continue.",
                            "Leave the field out.");
                }
            }
        }
        if (head.has(FieldKind.MAX_FORWARDS) && noForwardsLeft(head)) {
            if (head.methodIs("OPTIONS")) {
                return new Capabilities();
            }
            if (head.methodIs("TRACE")) {
                return new Fault(
                        FailureCode.UNSUPPORTED_METHOD,
                        "TRACE with Max-Forwards: 0 is meant for this gateway, which does not echo requests.",
                        "Send it with a higher Max-Forwards.");
            }
        }
        return null;
    }

    private static boolean noForwardsLeft(Head head) {
        int field = head.first(FieldKind.MAX_FORWARDS);
        return head.text(head.valueStart[field], head.valueEnd[field]).matches("0+");
    }
}
