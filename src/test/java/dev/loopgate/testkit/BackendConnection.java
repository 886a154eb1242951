package dev.loopgate.testkit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** One connection that a backend accepted. */
public final class BackendConnection {

    private final ScriptedBackend backend;
    private final Wire wire;
    private final int number;
    private final AtomicInteger requests = new AtomicInteger();

    BackendConnection(ScriptedBackend backend, Wire wire, int number) {
        this.backend = backend;
        this.wire = wire;
        this.number = number;
    }

    public Wire wire() {
        return wire;
    }

    /** Counted from one, in the order in which they were accepted. */
    public int number() {
        return number;
    }

    /** How many requests it has carried. */
    public int requests() {
        return requests.get();
    }

    public boolean send(String bytes) {
        return wire.send(bytes);
    }

    /** Waits until the other side closes or resets; what comes before that is dropped. */
    public Wire.End awaitEnd() {
        return wire.awaitEnd();
    }

    void serve() {
        boolean open = true;
        while (open) {
            String head = wire.until("\r\n\r\n", ScriptedBackend.IDLE_LIMIT);
            if (head == null) {
                break;
            }
            requests.incrementAndGet();
            BackendRequest request = new BackendRequest(this, head);
            PeerAction action = backend.received(request);
            open = perform(action, request) && request.faults().isEmpty() && request.readBody(Eventually.LIMIT);
        }
        wire.close();
    }

    private boolean perform(PeerAction action, BackendRequest request) {
        if (action instanceof PeerAction.Reply reply) {
            request.readBody(Eventually.LIMIT);
            return wire.send(reply.bytes()) && then(reply.then());
        }
        if (action instanceof PeerAction.EarlyReply reply) {
            boolean sent = wire.send(reply.bytes());
            return sent && then(reply.then());
        }
        if (action instanceof PeerAction.Pieces pieces) {
            request.readBody(Eventually.LIMIT);
            return pieces.pieces().stream().allMatch(piece -> piece.gate().await() && wire.send(piece.bytes()))
                    && then(pieces.then());
        }
        if (action instanceof PeerAction.Drop drop) {
            return then(drop.how());
        }
        if (action instanceof PeerAction.Echo) {
            request.readBody(Eventually.LIMIT);
            return wire.send(PeerAction.okBytes(request.body()));
        }
        if (action instanceof PeerAction.Digest) {
            request.readBody(Eventually.LIMIT);
            return wire.send(PeerAction.okBytes(request.bodySha256()));
        }
        if (action instanceof PeerAction.Script script) {
            return script.exchange().run(this, request);
        }
        wire.awaitEnd(Duration.ofMinutes(1));
        return false;
    }

    private boolean then(PeerAction.Then then) {
        if (then == PeerAction.Then.RESET) {
            wire.reset();
        }
        return then == PeerAction.Then.KEEP;
    }
}
