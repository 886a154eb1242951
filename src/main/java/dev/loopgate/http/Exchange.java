package dev.loopgate.http;

import dev.loopgate.model.Target;
import dev.loopgate.net.DialFailure;
import dev.loopgate.net.TlsOrigination;
import dev.loopgate.routing.RouteDecision;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, from the head that was read to the last byte that was written. The way of a request reads
 * from top to bottom: {@link #start}, {@link #proxy}, {@link #connect}, {@link #attach}; that of its answer is
 * {@link Answer}. Belongs to the client connection's event loop.
 */
final class Exchange {

    /** What an unset {@code wait} means, for an upstream that answered within the last minute. */
    private static final long RESTART_WAIT = 5_000_000_000L;

    private static final long RETRY = 100_000_000L;

    private final HttpLoop loop;
    private final Downstream client;
    private final HttpPlan plan;
    private final Answer answer;
    private final OutgoingRequest request;
    private final Outflow outflow;
    private @Nullable SplicedBody splice;
    private long began;
    private boolean upgrade;
    private boolean idempotent;
    private int connectionOptions;

    private @Nullable HttpRoute route;
    private @Nullable Hop hop;
    private @Nullable UpstreamLink upstream;
    private @Nullable PendingDial dial;
    private int prefixLength;
    private int hopIndex;
    private int hopsTried;
    private boolean retried;
    private boolean ended;
    private boolean switched;

    Exchange(HttpLoop loop, Downstream client) {
        this.loop = loop;
        this.client = client;
        this.plan = loop.plan();
        this.answer = new Answer(loop, client, this);
        this.request = new OutgoingRequest(loop, client);
        this.outflow = new Outflow(loop.transport().budget());
    }

    /** Serves the request whose head the loop has just read. */
    void start(long framing, long now) {
        Head head = loop.head;
        began = now;
        connectionOptions = ConnectionField.read(head);
        answer.begin(head, connectionOptions, now);
        Refusal refusal = Refusal.of(head, loop.identity());
        if (refusal instanceof Refusal.Fault fault) {
            answer.fail(Failure.of(fault.code(), fault.cause()).withFix(fault.fix()));
            return;
        }
        if (refusal != null) {
            answer.capabilities();
            return;
        }
        RequestTarget target = loop.target;
        RouteDecision<HttpRoute> decision =
                plan.table().decide(head.bytes, target.hostStart, target.hostEnd, target.pathStart, target.pathEnd);
        if (client.client().secure() && Misrouted.isMisdirected(decision, head, target, client.client())) {
            answer.fail(Misrouted.misdirected(head, target, client.client()));
        } else if (decision instanceof RouteDecision.Matched<HttpRoute> matched) {
            prefixLength = matched.prefixLength();
            serve(matched.handler(), framing);
        } else {
            answer.refuse(decision);
        }
    }

    /**
     * Answers a request that could not be read.
     *
     * @param cause what is wrong with it, as a clause
     */
    void refuse(FailureCode code, String cause) {
        began = loop.now();
        answer.beginUnread();
        fail(code, cause);
    }

    private void serve(HttpRoute matched, long framing) {
        route = matched;
        if (!matched.access().unrestricted()
                && !matched.access().permits(client.client().address())) {
            answer.fail(Failure.of(
                    FailureCode.FORBIDDEN,
                    "The route's allow and deny rules keep " + client.client().addressText() + " out."));
            return;
        }
        Target target = matched.target();
        if (client.awaitsUpgrade() && !grantsUpgrade(matched)) {
            answer.fail(Failure.of(FailureCode.BAD_REQUEST, "There is no WebSocket at this address.")
                    .withFix("Where its backend speaks HTTP/1.1, have the target begin with http://."));
        } else if (matched.redirectsToHttps() && !cameByTls()) {
            answer.redirectToHttps();
        } else if (target instanceof Target.Redirect redirect) {
            answer.redirect(redirect);
        } else if (target instanceof Target.Respond respond) {
            answer.respond(respond);
        } else if (lacksSlash(target) && Methods.isRead(loop.head)) {
            answer.redirectIntoFolder();
        } else {
            proxy(matched, framing);
        }
    }

    /** Whether there is somebody who could switch protocols: no answer of ours, and no backend of HTTP/2 alone. */
    private static boolean grantsUpgrade(HttpRoute matched) {
        return matched.target() instanceof Target.Proxy
                && !matched.hop(0).upstream().http2();
    }

    /** Here, or at a proxy in front whose word counts. */
    private boolean cameByTls() {
        return client.client().secure()
                || (plan.trusts(client.client().address()) && loop.head.says("x-forwarded-proto", "https"));
    }

    /** Whether a folder is asked for by its route's prefix alone: {@code /docs}, not {@code /docs/}. */
    private boolean lacksSlash(Target target) {
        RequestTarget requested = loop.target;
        return target instanceof Target.Files
                && prefixLength > 0
                && requested.pathEnd - requested.pathStart == prefixLength
                && loop.head.bytes[requested.pathEnd - 1] != '/';
    }

    private void proxy(HttpRoute matched, long framing) {
        Head head = loop.head;
        upgrade = Upgrades.isPassedOn(head, connectionOptions) && grantsUpgrade(matched);
        idempotent = Methods.isIdempotent(head);
        hopIndex = matched.nextTurn();
        hop = matched.hop(hopIndex);
        writeHead(matched, hop);
        answer.countRequestBytes(request.write(framing));
        connect(matched, hop);
    }

    private void writeHead(HttpRoute matched, Hop to) {
        boolean trusted = plan.trusts(client.client().address());
        loop.requestRules.write(matched, to, client.client(), trusted, connectionOptions, upgrade, prefixLength);
    }

    /** An idle connection where one will do, else a new one. */
    private void connect(HttpRoute matched, Hop to) {
        UpstreamLink idle = null;
        boolean shares = matched.keepAlive() && !retried;
        if (shares) {
            idle = to.upstream().pool(loop).take(loop.now(), !replayable(), upgrade);
        }
        if (idle != null) {
            attach(idle);
        } else {
            PendingDial pending = new PendingDial(loop, to.upstream(), this);
            dial = pending;
            pending.start(matched.connect(), shares && !upgrade);
        }
    }

    /** Whether the request may be sent a second time: it asks for nothing twice (RFC 9110 §9.2.2), and is here whole. */
    private boolean replayable() {
        return idempotent && client.requestComplete();
    }

    void connected(UpstreamLink connection) {
        dial = null;
        attach(connection);
    }

    private void attach(UpstreamLink connection) {
        upstream = connection;
        connection.attach(this);
        boolean whole = client.requestComplete();
        // A stream may be refused before anything was done with it: then whatever came whole by then can be sent again.
        boolean keep = connection.framed() ? whole && connection.reused() && idempotent : !retried;
        connection.send(request.send(keep, whole && connection.framed()), request.headLength(), whole);
        answer.requestSentAt(loop.now());
        if (!whole) {
            client.passBody();
            if (!outflow.mustWait(connection, this::upstreamReads)) {
                client.resume();
            }
            UpstreamConnection alone = connection.alone();
            if (!ended && alone != null) {
                splice = client.spliceBody(alone.channel(), this::passed, this::upstreamReads);
            }
        }
        connection.flush();
    }

    // The request's body

    boolean takesBody() {
        return upstream != null && !client.requestComplete();
    }

    /** Whether the client takes bodies as HTTP/1.1 delimits them. */
    boolean clientFramed() {
        return client.framed();
    }

    /** Whether the upstream takes bodies as HTTP/1.1 delimits them. */
    boolean upstreamFramed() {
        return upstream == null || upstream.framed();
    }

    boolean requestComplete() {
        return client.requestComplete();
    }

    void requestBody(ByteBuf data) {
        UpstreamLink to = upstream;
        if (to == null) {
            data.release();
            return;
        }
        answer.countRequestBytes(data.readableBytes());
        if (!to.framed()) {
            request.sentLater(data);
        }
        to.data(data);
        if (outflow.mustWait(to, this::upstreamReads)) {
            client.pause();
        }
    }

    /** Some of it went on within the kernel. */
    private void passed(long bytes, boolean waits) {
        answer.countRequestBytes(bytes);
        if (waits) {
            client.pause();
        }
    }

    void requestEnded(byte[] trailers) {
        UpstreamLink to = upstream;
        if (to != null) {
            UpstreamConnection alone = switched ? to.alone() : null;
            if (alone != null) {
                alone.endOutput();
                return;
            }
            if (trailers.length > TrailerSection.EMPTY_LINE) {
                // Not kept, and so nothing is.
                request.release();
            }
            to.end(trailers);
            answer.requestSentAt(loop.now());
        }
    }

    void flushUpstream() {
        if (upstream != null) {
            upstream.flush();
        }
    }

    /** The upstream took what was queued for it. */
    void upstreamReads() {
        outflow.release();
        if (upstream != null) {
            client.resume();
        }
    }

    void pauseUpstream() {
        if (upstream != null) {
            upstream.pause();
        }
    }

    void resumeUpstream() {
        if (upstream != null) {
            upstream.resume();
        }
    }

    // What the upstream does

    Answer answer() {
        return answer;
    }

    boolean upgrade() {
        return upgrade;
    }

    @Nullable
    HttpRoute route() {
        return route;
    }

    HttpPlan plan() {
        return plan;
    }

    @Nullable
    Hop hop() {
        return hop;
    }

    long began() {
        return began;
    }

    /** The upstream began to answer: from here on nothing is sent again. */
    void answerBegan(long now) {
        request.release();
        if (hop != null && hop.upstream().answeredAt(now)) {
            loop.diagnoses().answers(hop.upstream(), loop);
        }
    }

    /**
     * The upstream connection ended before it answered.
     *
     * @param unprocessed whether the upstream says that it did nothing with the request
     */
    void upstreamLost(boolean reset, boolean unprocessed) {
        UpstreamLink lost = upstream;
        upstream = null;
        HttpRoute matched = route;
        Hop to = hop;
        if (matched == null || to == null) {
            return;
        }
        to.upstream().lost();
        boolean harmless = unprocessed || (idempotent && lost != null && lost.reused());
        if (harmless && request.isKept() && !retried && client.requestComplete()) {
            retried = true;
            outflow.release();
            client.resume();
            connect(matched, to);
            return;
        }
        answer.fail(Failure.lost(to.text(), reset));
    }

    /** The upstream was reached, but TLS with it was not agreed on. */
    void notSecured(TlsOrigination.Fault fault) {
        dial = null;
        HttpRoute matched = route;
        Hop to = hop;
        if (matched == null || to == null || triesAnother(matched, to)) {
            return;
        }
        answer.fail(Failure.notSecured(to.text(), fault));
    }

    void dialFailed(DialFailure failure) {
        dial = null;
        HttpRoute matched = route;
        Hop to = hop;
        if (matched != null && to != null && !triesAnother(matched, to)) {
            long left = DialFailures.passing(failure) ? waitLeft(matched, to) : 0;
            if (left > 0) {
                tryAgainIn(Math.min(left, RETRY), matched, to);
            } else {
                answer.fail(DialFailures.explain(failure, to, answer.wantsPage()));
            }
        }
    }

    /** Goes on to an upstream that was not tried yet in this round, where there is one. */
    private boolean triesAnother(HttpRoute matched, Hop failed) {
        failed.upstream().lost();
        hopsTried++;
        if (hopsTried % matched.hopCount() == 0) {
            return false;
        }
        nextHop(matched);
        return true;
    }

    /** How long the request may still be held while its upstream refuses connections, in nanoseconds. */
    private long waitLeft(HttpRoute matched, Hop to) {
        long wait = matched.waitNanos();
        if (wait < 0) {
            wait = to.upstream().answeredRecently(began) ? RESTART_WAIT : 0;
        }
        return wait - (loop.now() - began);
    }

    private void tryAgainIn(long nanos, HttpRoute matched, Hop to) {
        PendingDial pause = new PendingDial(loop, to.upstream(), this);
        dial = pause;
        pause.pause(nanos, () -> {
            dial = null;
            if (matched.hopCount() > 1) {
                nextHop(matched);
            } else {
                connect(matched, to);
            }
        });
    }

    /** Goes on to the next upstream of a list: its Host or base path may differ, so the head is written anew. */
    private void nextHop(HttpRoute matched) {
        hopIndex++;
        Hop to = matched.hop(hopIndex);
        hop = to;
        answer.rereadHead();
        writeHead(matched, to);
        request.rewriteHead();
        connect(matched, to);
    }

    // Ends

    /**
     * The request turned out to be at fault.
     *
     * @param reason what is wrong with it, as a clause
     */
    void fail(FailureCode code, String reason) {
        answer.fail(Failure.of(code, "The request is not valid: " + reason + "."));
    }

    /** The client went away: nothing is left to do but to stop the upstream. */
    void clientGone() {
        answer.clientGone();
        end(false);
    }

    /**
     * Lets go of the upstream.
     *
     * @param reusable whether the answer was read whole and nothing else is on the connection
     */
    void end(boolean reusable) {
        if (ended) {
            return;
        }
        ended = true;
        outflow.release();
        request.release();
        SplicedBody.end(splice);
        if (dial != null) {
            dial.cancel();
            dial = null;
        }
        UpstreamLink from = upstream;
        upstream = null;
        if (from != null) {
            from.detach(reusable && client.requestComplete());
        }
    }

    /** The upstream granted an upgrade to a stream: what follows in both directions is no more HTTP. */
    void switched() {
        switched = true;
        client.passBody();
        flushUpstream();
    }

    /** The upstream's channel belongs to a tunnel now. */
    void releaseUpstream() {
        ended = true;
        outflow.release();
        request.release();
        SplicedBody.end(splice);
        upstream = null;
    }

    void sweep(long now, long lastBody, boolean clientPaused) {
        HttpRoute matched = route;
        if (matched != null && upstream != null) {
            answer.sweep(now, lastBody, clientPaused, matched);
        }
    }
}
