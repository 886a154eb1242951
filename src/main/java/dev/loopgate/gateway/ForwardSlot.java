package dev.loopgate.gateway;

import dev.loopgate.forward.ForwardStatus;
import dev.loopgate.forward.ForwardTls;
import dev.loopgate.forward.PortForward;
import dev.loopgate.model.BindAddress;
import dev.loopgate.model.Forward;
import dev.loopgate.net.Addresses;
import dev.loopgate.net.BindFailure;
import dev.loopgate.net.BindTargets;
import dev.loopgate.net.MachineAddresses;
import dev.loopgate.net.Transport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One forward of the configuration: it listens, or it cannot and tries again, without holding up any other. Safe for use
 * by any thread.
 */
final class ForwardSlot {

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** Asking the system for the holder costs far more than trying to bind. */
    private static final int TRIES_PER_QUESTION = 12;

    private final Vertx vertx;
    private final BindProblems problems;
    private final GatewayEvents events;
    private final PortForward forward;
    private final @Nullable Targets targets;
    private final NetworkWatch network;
    private final NetworkWatch.Follower follower = this::look;
    private final Expiry expiry;
    private volatile boolean expired;
    private volatile @Nullable Unexplained unexplained;
    private @Nullable BindProblem problem;
    private Duration pause = FIRST_PAUSE;
    private long timer = -1;
    private int tries;
    private boolean retired;
    private boolean looking;
    private @Nullable MachineAddresses followed;

    /** What the address of its rule means on this machine. */
    interface Targets {
        List<InetSocketAddress> on(MachineAddresses machine);
    }

    /** @param then what comes once it is explained */
    private record Unexplained(Throwable failure, Runnable then) {}

    /** What a rule's address goes along with; null where it means the same for ever. */
    static @Nullable Targets targets(Forward rule) {
        BindAddress bind = rule.bind();
        boolean follows = switch (bind.scope()) {
            case LAN, DOCKER -> true;
            case ADDRESS -> bind.wildcard() && rule.protocol() == Forward.Protocol.UDP;
            case LOOPBACK, UNIX -> false;
        };
        return follows ? machine -> BindTargets.on(machine, bind) : null;
    }

    /** @param targets null where its addresses never change */
    ForwardSlot(
            Vertx vertx,
            Transport transport,
            ForwardTls tls,
            Forward rule,
            BindProblems problems,
            GatewayEvents events,
            NetworkWatch network,
            @Nullable Targets targets) {
        this.targets = targets;
        this.network = network;
        this.vertx = vertx;
        this.problems = problems;
        this.events = events;
        this.forward = PortForward.of(transport, tls, rule, events);
        this.expiry = new Expiry(vertx, this::expire);
        expiry.set(rule.lifetime());
    }

    private void expire() {
        expired = true;
        cancelTimers();
        forward.retire();
        events.forwardExpired(rule());
    }

    /** Whether its time is over: it has stopped for good. */
    boolean expired() {
        return expired;
    }

    /** Completes once it listens, or it is known why not; never fails. */
    Future<Void> open() {
        return bind().compose(tried -> explain());
    }

    /** Completes once it listens, or cannot for now, which {@link #explain} then looks into; never fails. */
    Future<Void> bind() {
        Targets wanted = targets;
        Future<Optional<BindFailure>> opened = wanted == null
                ? forward.open().map(Optional.empty())
                : network.now()
                        .compose(machine -> forward.open(wanted.on(machine)).onSuccess(move -> follows(machine)))
                        .map(PortForward.Move::blocked);
        return opened.map(this::listens).otherwise(failure -> {
            unexplained = new Unexplained(failure, this::retryLater);
            return null;
        });
    }

    /** Whether it was tried, and does not listen everywhere. */
    boolean unexplained() {
        return unexplained != null;
    }

    /** Completes once it is known, and told, why it does not listen, which takes far longer than to try; never fails. */
    Future<Void> explain() {
        Unexplained question = unexplained;
        unexplained = null;
        return question == null
                ? Future.succeededFuture()
                : blocked(question.failure).onComplete(told -> question.then.run());
    }

    Forward rule() {
        return forward.rule();
    }

    void change(Forward next) {
        if (!next.lifetime().equals(rule().lifetime())) {
            expiry.set(next.lifetime());
        }
        forward.change(next);
    }

    /** @return completes once its sockets are free; its connections go on until {@link #retire} */
    Future<Void> stopAccepting() {
        cancelTimers();
        return forward.stopAccepting();
    }

    private synchronized void cancelTimers() {
        retired = true;
        expiry.cancel();
        network.remove(follower);
        if (timer != -1) {
            vertx.cancelTimer(timer);
            timer = -1;
        }
    }

    /** @return completes once its last connection has ended */
    Future<Void> retire(Duration drain) {
        cancelTimers();
        return forward.retire(drain);
    }

    /** The same for as long as its rule says. */
    Future<Void> retire() {
        cancelTimers();
        return forward.retire();
    }

    List<SocketAddress> listening() {
        return forward.listening();
    }

    int connections() {
        return forward.status().connections();
    }

    GatewayStatus.ForwardState state() {
        ForwardStatus now = forward.status();
        Optional<BindProblem> why;
        synchronized (this) {
            why = Optional.ofNullable(problem);
        }
        return new GatewayStatus.ForwardState(
                now.rule().protocol(),
                now.rule().bind().toString(),
                now.listening().stream().map(Addresses::text).toList(),
                now.rule().destinations(),
                now.rule().access(),
                now.rule().bind().open(),
                now.rule().secure(),
                why,
                expiry.until(),
                now.connections(),
                now.accepted(),
                now.refused() + now.failed(),
                now.bytesToTarget(),
                now.bytesToClient(),
                now.clients().stream()
                        .map(client -> new GatewayStatus.ForwardClient(
                                clientName(now.rule(), client.address()), client.connections(), client.bytes()))
                        .toList(),
                now.down().stream()
                        .map(down -> new GatewayStatus.DownTarget(down.target().toString(), down.cause()))
                        .toList(),
                now.lastError().map(ForwardStatus.ForwardError::message));
    }

    private static String clientName(Forward rule, InetAddress client) {
        boolean nameless = rule.bind().scope() == BindAddress.Scope.UNIX && client.isLoopbackAddress();
        return nameless ? "this machine" : Addresses.text(client);
    }

    /** @param leftOut why it does not listen everywhere */
    private @Nullable Void listens(Optional<BindFailure> leftOut) {
        boolean news;
        synchronized (this) {
            news = problem != null && !retired;
            if (leftOut.isEmpty()) {
                problem = null;
            }
            pause = FIRST_PAUSE;
        }
        if (news && targets == null) {
            events.forwardListens(rule());
        } else if (news) {
            events.forwardMoved(rule(), addresses());
        }
        if (leftOut.isPresent()) {
            unexplained = new Unexplained(leftOut.get(), this::followNetwork);
        } else {
            followNetwork();
        }
        return null;
    }

    private List<String> addresses() {
        return listening().stream().map(Addresses::text).toList();
    }

    private synchronized void followNetwork() {
        if (!retired && targets != null) {
            network.add(follower);
        }
    }

    private void look(MachineAddresses machine) {
        Targets wanted = targets;
        synchronized (this) {
            if (wanted == null || retired || looking || (machine.equals(followed) && problem == null)) {
                return;
            }
            looking = true;
        }
        forward.follow(wanted.on(machine))
                .onSuccess(move -> follows(machine))
                .compose(this::moved)
                .onComplete(moved -> looked());
    }

    private synchronized void follows(MachineAddresses machine) {
        followed = machine;
    }

    private synchronized void looked() {
        looking = false;
    }

    private Future<Void> moved(PortForward.Move move) {
        if (move.moved()) {
            events.forwardMoved(rule(), addresses());
        }
        if (move.blocked().isPresent()) {
            return blocked(move.blocked().get());
        }
        synchronized (this) {
            problem = null;
        }
        return Future.succeededFuture();
    }

    /** Notes why it does not listen, or not everywhere, and tells what is new about it. Never fails. */
    private Future<Void> blocked(Throwable failure) {
        BindProblem before;
        synchronized (this) {
            before = problem;
            if (retired) {
                return Future.succeededFuture();
            }
        }
        boolean same = before != null
                && failure instanceof BindFailure bind
                && before.kind() == BindProblems.kind(bind)
                && before.address().equals(Addresses.text(bind.address()));
        if (same && ++tries % TRIES_PER_QUESTION != 0) {
            return Future.succeededFuture();
        }
        return vertx.executeBlocking(() -> problems.ofForward(rule(), failure), false)
                .onSuccess(found -> {
                    synchronized (this) {
                        if (retired) {
                            return;
                        }
                        problem = found;
                    }
                    if (!Objects.equals(found, before)) {
                        events.forwardBlocked(rule(), found);
                    }
                })
                .mapEmpty();
    }

    private synchronized void retryLater() {
        if (!retired) {
            timer = vertx.setTimer(pause.toMillis(), now -> open());
            Duration doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        }
    }
}
