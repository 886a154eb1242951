package dev.loopgate.model;

import java.net.InetAddress;
import java.util.List;

/**
 * Which client addresses are let in: none that {@code deny} names, and, where {@code allow} is not empty, only those
 * that it names.
 */
public record Access(List<Cidr> allow, List<Cidr> deny) {

    public static final Access ALL = new Access(List.of(), List.of());

    public Access {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
    }

    public boolean unrestricted() {
        return allow.isEmpty() && deny.isEmpty();
    }

    public boolean permits(InetAddress client) {
        return !Cidr.anyContains(deny, client) && (allow.isEmpty() || Cidr.anyContains(allow, client));
    }

    /**
     * Whether nobody gets in here whom the other keeps out. Blocks are compared one with one: two halves that make up a
     * whole are not seen as it, and the answer is false.
     */
    public boolean within(Access other) {
        boolean keepsOut = other.deny.stream().allMatch(block -> Cidr.anyContains(deny, block));
        boolean letsIn = other.allow.isEmpty()
                || (!allow.isEmpty() && allow.stream().allMatch(block -> Cidr.anyContains(other.allow, block)));
        return keepsOut && letsIn;
    }
}
