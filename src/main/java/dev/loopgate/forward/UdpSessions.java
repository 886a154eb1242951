package dev.loopgate.forward;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a UDP forward by client, and who has to go where there are too many: whoever comes with many ports
 * pushes out its own sessions before those of others. Belongs to one event loop; {@link #all} is for any thread.
 */
final class UdpSessions {

    private static final int CANDIDATES = 8;

    private final Map<UdpClient, UdpSession> byClient = new ConcurrentHashMap<>();
    private final Map<InetAddress, LinkedHashSet<UdpSession>> byAddress = new HashMap<>();
    private final TreeMap<Integer, LinkedHashSet<InetAddress>> bySize = new TreeMap<>();

    @Nullable
    UdpSession get(UdpClient client) {
        return byClient.get(client);
    }

    int size() {
        return byClient.size();
    }

    /** A copy, so that they can be ended one by one. */
    Collection<UdpSession> all() {
        return List.copyOf(byClient.values());
    }

    void add(UdpSession session) {
        byClient.put(session.client(), session);
        InetAddress address = address(session);
        LinkedHashSet<UdpSession> own = byAddress.computeIfAbsent(address, first -> new LinkedHashSet<>());
        resize(address, own.size(), own.size() + 1);
        own.add(session);
    }

    /** @return false where it was gone already */
    boolean remove(UdpSession session) {
        if (!byClient.remove(session.client(), session)) {
            return false;
        }
        InetAddress address = address(session);
        LinkedHashSet<UdpSession> own = byAddress.get(address);
        if (own != null) {
            resize(address, own.size(), own.size() - 1);
            own.remove(session);
            if (own.isEmpty()) {
                byAddress.remove(address);
            }
        }
        return true;
    }

    /**
     * The session to end so that another can begin; there must be one. Of the address that has most, the one that was
     * silent longest among the next few in turn: which of all it is would take a list that every datagram reorders.
     */
    UdpSession victim() {
        UdpSession victim = nextOfLargest();
        for (int i = 1; i < CANDIDATES; i++) {
            UdpSession other = nextOfLargest();
            if (other.lastActivity() - victim.lastActivity() < 0) {
                victim = other;
            }
        }
        return victim;
    }

    private UdpSession nextOfLargest() {
        InetAddress address = nextInTurn(bySize.lastEntry().getValue());
        LinkedHashSet<UdpSession> own = byAddress.get(address);
        if (own == null) {
            throw new IllegalStateException("an address without sessions");
        }
        return nextInTurn(own);
    }

    private static <T> T nextInTurn(Set<T> items) {
        T first = items.iterator().next();
        items.remove(first);
        items.add(first);
        return first;
    }

    private void resize(InetAddress address, int before, int after) {
        LinkedHashSet<InetAddress> old = bySize.get(before);
        if (old != null) {
            old.remove(address);
            if (old.isEmpty()) {
                bySize.remove(before);
            }
        }
        if (after > 0) {
            bySize.computeIfAbsent(after, first -> new LinkedHashSet<>()).add(address);
        }
    }

    private static InetAddress address(UdpSession session) {
        return session.client().address().getAddress();
    }
}
