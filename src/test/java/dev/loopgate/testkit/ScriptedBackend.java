package dev.loopgate.testkit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A backend on a real socket that does what the test says and records what it gets, strictly. Without instructions it answers
 * 200 with its name as the body.
 */
public final class ScriptedBackend implements AutoCloseable {

    static final Duration IDLE_LIMIT = Duration.ofMinutes(2);

    private final String name;
    private final TcpPeer peer;
    private final AtomicInteger connections = new AtomicInteger();
    private final List<BackendRequest> requests = new ArrayList<>();
    private final Deque<PeerAction> queued = new ArrayDeque<>();
    private PeerAction standing;

    private ScriptedBackend(String name, String address, int port) {
        this.name = name;
        standing = PeerAction.ok(name);
        peer = TcpPeer.start(
                address, port, wire -> new BackendConnection(this, wire, connections.incrementAndGet()).serve());
    }

    public static ScriptedBackend start(String name) {
        return new ScriptedBackend(name, "127.0.0.1", 0);
    }

    public static ScriptedBackend start(String name, String address, int port) {
        return new ScriptedBackend(name, address, port);
    }

    public int port() {
        return peer.port();
    }

    public String name() {
        return name;
    }

    /** Does this with every request from now on. */
    public synchronized void always(PeerAction action) {
        queued.clear();
        standing = action;
    }

    /** Does these with the next requests, one each, before the standing action. */
    public synchronized void next(PeerAction... actions) {
        queued.addAll(List.of(actions));
    }

    synchronized PeerAction received(BackendRequest request) {
        requests.add(request);
        PeerAction next = queued.poll();
        return next == null ? standing : next;
    }

    /** Every request so far. */
    public synchronized List<BackendRequest> requests() {
        return List.copyOf(requests);
    }

    /** Waits for a request and gives the last one. */
    public BackendRequest request() {
        Eventually.until("a request at backend " + name, () -> !requests().isEmpty());
        List<BackendRequest> all = requests();
        return all.get(all.size() - 1);
    }

    /** Waits until there are so many requests, and gives them all. */
    public List<BackendRequest> awaitRequests(int count) {
        Eventually.until(
                count + " requests at backend " + name, () -> requests().size() >= count);
        return requests();
    }

    /** Waits for the last request to arrive whole. */
    public BackendRequest completeRequest() {
        BackendRequest request = request();
        Eventually.until("the end of " + request.target(), request::complete);
        return request;
    }

    /** How many connections it ever accepted. */
    public int accepted() {
        return connections.get();
    }

    /** How many of its connections are open. */
    public int open() {
        return peer.open();
    }

    /** Forgets what it was told and what it got; its connections stay. */
    public synchronized void forget() {
        requests.clear();
        queued.clear();
        standing = PeerAction.ok(name);
    }

    /** Ends every connection, by RST or by FIN. */
    public void dropAll(boolean byReset) {
        peer.dropAll(byReset);
    }

    @Override
    public void close() {
        peer.close();
    }
}
