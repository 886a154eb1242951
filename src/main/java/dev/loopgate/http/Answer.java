package dev.loopgate.http;

import dev.loopgate.model.Target;
import dev.loopgate.net.Diagnosis.Finding;
import dev.loopgate.routing.RouteDecision;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of one exchange on its way to the client: the upstream's, passed on as it comes, or one of the gateway's
 * own. Ends exactly once.
 */
final class Answer {

    private static final byte[] NO_TRAILERS = new byte[0];

    private final HttpLoop loop;
    private final Downstream client;
    private final Exchange exchange;
    private final Ledger ledger = new Ledger();
    private final Activity activity = new Activity();
    private final InterimLimit interims = new InterimLimit();
    private final BodyReader body = new BodyReader();
    private final Outflow outflow;
    private @Nullable SplicedBody splice;

    private boolean toHead;
    private boolean http10;
    private boolean keepAlive;
    private boolean unreadable;

    private boolean headSent;
    private boolean asked;
    private boolean over;
    private boolean switched;
    private boolean upstreamKeeps;
    private boolean unframed;
    private boolean untilClose;

    Answer(HttpLoop loop, Downstream client, Exchange exchange) {
        this.loop = loop;
        this.client = client;
        this.exchange = exchange;
        this.outflow = new Outflow(loop.transport().budget());
    }

    void begin(Head head, int connectionOptions, long now) {
        toHead = head.methodIs("HEAD");
        http10 = client.framed() && head.minorVersion == 0;
        keepAlive = !loop.draining()
                && (connectionOptions & ConnectionField.CLOSE) == 0
                && (!http10 || (connectionOptions & ConnectionField.KEEP_ALIVE) != 0);
        activity.at(now);
        ledger.begin(loop.log().enabled());
    }

    /** For a request that could not be read: there is nothing to ask back. */
    void beginUnread() {
        unreadable = true;
        keepAlive = false;
        ledger.begin(loop.log().enabled());
    }

    void requestSentAt(long now) {
        activity.requestSentAt(now);
    }

    void countRequestBytes(long bytes) {
        ledger.requestBytes += bytes;
    }

    // The upstream's answer

    /** A 1xx that is not the last word (RFC 9110 §15.2); HTTP/1.0 knows none. */
    void interim(Head head, long now) throws MalformedMessage {
        activity.at(now);
        interims.count(head);
        if (!http10) {
            loop.responseRules.write(false, "", false, null);
            client.head(loop.out);
            if (outflow.mustWait(client, this::clientReads)) {
                exchange.pauseUpstream();
            }
        }
    }

    /**
     * The final head.
     *
     * @param in what came behind it; taken, and what is in front of its reader index may be written over
     * @param ended whether the upstream says that there is no body
     */
    void head(Head head, ByteBuf in, UpstreamLink from, long now, boolean ended) throws MalformedMessage {
        activity.at(now);
        HttpRoute route = exchange.route();
        if (route == null) {
            throw new IllegalStateException("an answer without a route");
        }
        if (head.status == FailureCode.LOOP.status() && loop.identity().isIn(head)) {
            in.release();
            cameBack();
            return;
        }
        if (head.status == 101) {
            switchProtocols(in, from, route);
            return;
        }
        if (client.awaitsUpgrade() && head.status < 300) {
            throw new MalformedMessage(
                    FailureCode.BAD_RESPONSE, "it does not switch to the WebSocket it was asked for");
        }
        long framing = Framing.ofResponse(head, toHead);
        // In HTTP/1.1 silence would mean a body that ends with the connection.
        String length = ended && framing == Framing.UNTIL_CLOSE && client.framed() ? "Content-Length: 0\r\n" : "";
        if (ended) {
            if (framing > 0) {
                throw new MalformedMessage(FailureCode.BAD_RESPONSE, "its answer ended before its body was whole");
            }
            framing = Framing.NONE;
        }
        body.begin(framing, FailureCode.BAD_RESPONSE);
        upstreamKeeps = route.keepAlive() && framing != Framing.UNTIL_CLOSE && UpstreamPersistence.read(head, from);
        unframed = framing == Framing.CHUNKED && (http10 || !client.framed());
        untilClose = client.framed() && (framing == Framing.UNTIL_CLOSE || unframed);
        keepAlive &= !untilClose && exchange.requestComplete();
        ledger.status = head.status;
        loop.responseRules.write(
                framing == Framing.CHUNKED && !unframed,
                ownLines(route.responseChanges()) + length,
                false,
                route.responseChanges());
        if (unframed) {
            headSent = true;
            client.head(loop.out);
            data(in);
        } else {
            headAndBody(in);
        }
        UpstreamConnection source = from.alone();
        ClientConnection sink = client.alone();
        if (!over && source != null && sink != null && SplicedBody.isBulk(body)) {
            splice = SplicedBody.begin(body, source.channel(), sink.channel(), this::passed, this::clientReads);
        }
    }

    /** The upstream is this gateway, which has just refused its own request: only here is it known for whom. */
    private void cameBack() {
        String upstream = upstreamText();
        fail(Failure.of(FailureCode.LOOP, "The target " + upstream + " leads back to this gateway.")
                .withFix("Name the port of the service itself as the target.")
                .withUpstream(upstream));
    }

    /** What the gateway says for itself, in whole lines. */
    private String ownLines(@Nullable FieldChanges changes) {
        String elsewhere =
                changes != null && changes.names("alt-svc") ? "" : loop.altSvc().line(client.client());
        String connection = keepAlive ? (http10 ? "Connection: keep-alive\r\n" : "") : "Connection: close\r\n";
        return elsewhere.isEmpty() ? connection : connection + elsewhere;
    }

    /** The head together with the body that came with it, so that both go out in one send. */
    private void headAndBody(ByteBuf in) throws MalformedMessage {
        int bodyStart = in.readerIndex();
        // A fault that comes with the head can still be answered.
        int length = body.complete() ? 0 : body.advance(in);
        headSent = true;
        boolean left = in.isReadable();
        ledger.responseBytes += length;
        byte[] trailers = endingTrailers();
        client.head(loop.out, in.setIndex(bodyStart, bodyStart + length), isLast(trailers));
        sent(trailers, left);
    }

    /** More of the body. */
    void data(ByteBuf in) {
        activity.at(loop.now());
        try {
            if (unframed) {
                body.advanceUnframed(in, (buffer, index, length) -> {
                    ledger.responseBytes += length;
                    client.data(buffer.retainedSlice(index, length), false);
                });
                boolean left = in.isReadable();
                in.release();
                endUnframed();
                written(left);
            } else {
                int start = in.readerIndex();
                int length = body.advance(in);
                boolean left = in.isReadable();
                ledger.responseBytes += length;
                byte[] trailers = endingTrailers();
                client.data(in.setIndex(start, start + length), isLast(trailers));
                sent(trailers, left);
            }
        } catch (MalformedMessage e) {
            in.release();
            badAnswer(e.code(), e.reason());
        }
    }

    /** The trailer section that is still to be written behind what is here of the body; empty for none. */
    private byte[] endingTrailers() {
        return body.complete() ? body.trailers() : NO_TRAILERS;
    }

    private boolean isLast(byte[] trailers) {
        return body.complete() && trailers.length == 0;
    }

    private void sent(byte[] trailers, boolean left) {
        if (trailers.length > 0) {
            client.trailers(trailers);
        }
        written(left);
    }

    /** A client of HTTP/1.0 learns the end from that of its connection, and knows no trailers. */
    private void endUnframed() {
        if (body.complete() && !client.framed()) {
            byte[] trailers = body.trailers();
            if (trailers.length > 0) {
                client.trailers(trailers);
            } else {
                client.data(Unpooled.EMPTY_BUFFER, true);
            }
        }
    }

    private void written(boolean left) {
        if (body.complete()) {
            // Bytes behind the answer belong to nobody: the connection must not serve another request.
            finish(upstreamKeeps && !left);
        } else if (outflow.mustWait(client, this::clientReads)) {
            exchange.pauseUpstream();
        }
    }

    /** Some of the body went on within the kernel. */
    private void passed(long bytes, boolean waits) {
        activity.at(loop.now());
        ledger.responseBytes += bytes;
        if (waits) {
            exchange.pauseUpstream();
        }
    }

    private void switchProtocols(ByteBuf in, UpstreamLink from, HttpRoute route) throws MalformedMessage {
        UpstreamConnection upstream = from.alone();
        if (upstream == null || !exchange.upgrade() || !exchange.requestComplete()) {
            throw new MalformedMessage(FailureCode.BAD_RESPONSE, "it switched protocols without being asked to");
        }
        loop.responseRules.write(false, "Connection: Upgrade\r\n", true, route.responseChanges());
        headSent = true;
        ledger.status = 101;
        client.head(loop.out);
        ClientConnection connection = client.alone();
        if (connection == null) {
            // A stream stays one; from here on its bytes are those of the upstream's connection.
            switched = true;
            body.begin(Framing.UNTIL_CLOSE, FailureCode.BAD_RESPONSE);
            exchange.switched();
            if (over) {
                in.release();
            } else {
                data(in);
            }
            return;
        }
        over = true;
        exchange.releaseUpstream();
        Tunnel.open(loop, connection, upstream, in, route, (toUpstream, toClient) -> {
            ledger.requestBytes += toUpstream;
            ledger.responseBytes += toClient;
            record("");
        });
    }

    /** The upstream connection ended within the body. */
    void upstreamEnded(boolean reset) {
        if (over) {
            return;
        }
        if (body.untilClose() && !reset) {
            if (!client.framed()) {
                client.data(Unpooled.EMPTY_BUFFER, true);
            }
            finish(false);
        } else {
            abort(reset ? FailureCode.CONNECTION_RESET : FailureCode.UPSTREAM_CLOSED);
        }
    }

    /** An upstream that says so itself has ended the body. */
    void upstreamEnded(byte[] section) {
        if (over || !body.untilClose() || section.length == 0 || client.framed()) {
            upstreamEnded(false);
        } else {
            client.trailers(section);
            finish(false);
        }
    }

    void badAnswer(FailureCode code, String reason) {
        String upstream = upstreamText();
        fail(Failure.of(code, "The upstream " + upstream + " answered, but " + reason + ".")
                .withUpstream(upstream));
    }

    void flush() {
        client.flush();
    }

    /** The client took what was queued for it. */
    void clientReads() {
        outflow.release();
        activity.at(loop.now());
        exchange.resumeUpstream();
    }

    // The gateway's own answers

    boolean wantsPage() {
        return !unreadable && OwnAnswer.wantsPage(rereadHead());
    }

    /** The request's head, parsed once more from the copy. */
    Head rereadHead() {
        try {
            loop.parser.parseRequest(client.headCopy(), client.headLength());
            loop.target.read(loop.head);
            return loop.head;
        } catch (MalformedMessage e) {
            throw new IllegalStateException("a head that was sound no longer is", e);
        }
    }

    void refuse(RouteDecision<HttpRoute> decision) {
        fail(Misrouted.explain(decision, loop.head, loop.target, exchange.plan()));
    }

    void fail(Failure failure) {
        if (over || asked) {
            return;
        }
        ledger.error = failure.code().text();
        if (headSent) {
            abort(failure.code());
            return;
        }
        if (unreadable) {
            own(OwnAnswer.unreadable(failure, client.client().loopback()));
            return;
        }
        Head head = rereadHead();
        boolean detailed = OwnAnswer.mayKnow(head, loop.target, client.client(), exchange.plan());
        Hop hop = exchange.hop();
        asked = detailed
                && hop != null
                && loop.diagnoses()
                        .ask(hop.upstream(), failure.code(), loop.eventLoop(), found -> tell(failure, found));
        if (asked) {
            // Nothing is awaited from the upstream any more, whatever is found.
            exchange.end(false);
        } else {
            tell(failure, head, detailed);
        }
    }

    /** What the machine says to a failure has come. */
    private void tell(Failure failure, List<Finding> found) {
        if (!over) {
            Failure diagnosed = failure.withDiagnosis(found);
            ledger.error = diagnosed.code().text();
            tell(diagnosed, rereadHead(), true);
        }
    }

    private void tell(Failure failure, Head head, boolean detailed) {
        OwnAnswer answer = OwnAnswer.failure(failure, head, loop.target, detailed);
        own(
                failure.code() == FailureCode.LOOP
                        ? answer.with("Via", loop.identity().via())
                        : answer);
    }

    void redirect(Target.Redirect redirect) {
        own(OwnAnswer.redirect(redirect, loop.head, loop.target));
    }

    void redirectToHttps() {
        own(OwnAnswer.toHttps(loop.head, loop.target));
    }

    void redirectIntoFolder() {
        own(OwnAnswer.intoFolder(loop.head, loop.target));
    }

    void respond(Target.Respond respond) {
        own(OwnAnswer.respond(respond));
    }

    void capabilities() {
        own(OwnAnswer.capabilities());
    }

    private void own(OwnAnswer answer) {
        // A body that nobody took is in the way of the next request.
        keepAlive &= exchange.requestComplete();
        HttpRoute route = exchange.route();
        FieldChanges changes = route == null || !ledger.error.isEmpty() ? null : route.responseChanges();
        ByteBuf content = answer.write(loop.out, ownLines(changes), toHead, changes);
        headSent = true;
        ledger.status = answer.status();
        ledger.responseBytes += toHead ? 0 : answer.bodyLength();
        client.head(loop.out, content, true);
        finish(false);
    }

    // Ends

    private void finish(boolean upstreamReusable) {
        if (over) {
            return;
        }
        end();
        if (!keepAlive) {
            client.closeAfterwards();
        }
        exchange.end(upstreamReusable);
        record(ledger.error);
        client.exchangeDone();
    }

    /** After the head, nothing but the end of the connection can tell the client that the rest is missing. */
    private void abort(FailureCode code) {
        if (over) {
            return;
        }
        end();
        exchange.end(false);
        record(code.text());
        client.abortAnswer(untilClose);
    }

    void clientGone() {
        if (!over) {
            end();
            record(switched ? "" : "client-gone");
        }
    }

    private void end() {
        over = true;
        outflow.release();
        SplicedBody.end(splice);
    }

    private void record(String error) {
        if (ledger.recording()) {
            loop.log()
                    .record(ledger.record(
                            client, unreadable ? null : rereadHead(), loop.target, upstreamText(), error));
        }
    }

    /**
     * Keeps the route's deadlines.
     *
     * @param lastBody when some of the request's body last came
     * @param clientPaused whether it is we who let the client wait
     */
    void sweep(long now, long lastBody, boolean clientPaused, HttpRoute route) {
        if (over) {
            return;
        }
        Failure missed = null;
        if (!exchange.requestComplete() && !switched && !clientPaused) {
            missed = activity.bodyStopped(now, lastBody, route);
        }
        if (missed == null && !headSent && exchange.requestComplete()) {
            missed = activity.noFirstByte(now, route, upstreamText());
        }
        if (missed == null) {
            missed = activity.silent(now, lastBody, route, upstreamText());
        }
        if (missed != null) {
            fail(missed);
        }
    }

    /** For people; empty where the request went nowhere. */
    private String upstreamText() {
        Hop hop = exchange.hop();
        return hop == null ? "" : hop.text();
    }
}
