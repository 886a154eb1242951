package dev.loopgate.forward;

import dev.loopgate.model.Forward;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.net.Dial;
import dev.loopgate.net.DialFailure;
import dev.loopgate.net.DialListener;
import dev.loopgate.net.TlsOrigination;
import dev.loopgate.net.Transport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way of a connection to one of a forward's targets: they are tried one after the other, until one is reached, and is
 * secure where it is to be. Lives on the client's event loop.
 */
final class TargetSearch implements DialListener {

    private final TcpTraffic forward;
    private final Forward.Tcp rule;
    private final Transport transport;
    private final EventLoop loop;
    private final Listener listener;

    private Iterator<UpstreamAddress> targets = Collections.emptyIterator();
    private int dials;
    private boolean over;
    private @Nullable Set<String> failures;
    private @Nullable Dial dial;
    /** Connected, and on its way to be secure. */
    private @Nullable Channel securing;

    private volatile @Nullable UpstreamAddress target;

    interface Listener {

        /** A connection to a target, on which nothing has passed. */
        void connected(Channel upstream);

        /** It is as it should be; the search is over. */
        void reached(Channel upstream);

        /**
         * None was; the search is over.
         *
         * @param causes for a person
         */
        void unreachable(String causes);

        /** Something of ours went wrong, and nobody has a hold on the connection any more. */
        void broken();
    }

    TargetSearch(TcpTraffic forward, Forward.Tcp rule, Transport transport, EventLoop loop, Listener listener) {
        this.forward = forward;
        this.rule = rule;
        this.transport = transport;
        this.loop = loop;
        this.listener = listener;
    }

    /** @param to at least one */
    void begin(List<UpstreamAddress> to) {
        targets = forward.turns().next(to).iterator();
        dialNext();
    }

    /** The one that is being tried, or was reached; null before. Any thread. */
    @Nullable
    UpstreamAddress target() {
        return target;
    }

    /** Gives up, without a word. */
    void cancel() {
        over = true;
        if (dial != null) {
            dial.cancel();
        }
        if (securing != null) {
            Transport.reset(securing);
        }
    }

    private void dialNext() {
        UpstreamAddress next = targets.next();
        target = next;
        int turn = ++dials;
        Dial begun = transport.dial(loop, next.socket(), rule.timeouts().connect(), this);
        // What fails at once has led on to the next target already.
        if (turn == dials) {
            dial = begun;
        }
    }

    @Override
    public void connected(Channel upstream) {
        if (over) {
            Transport.reset(upstream);
            return;
        }
        use(upstream, () -> {
            listener.connected(upstream);
            if (target instanceof UpstreamAddress.Tls secure) {
                secure(upstream, secure);
            } else {
                reached(upstream);
            }
        });
    }

    private void use(Channel upstream, Runnable work) {
        boolean done = false;
        try {
            work.run();
            done = true;
        } finally {
            if (!done) {
                // It would stay for ever.
                Transport.reset(upstream);
                listener.broken();
            }
        }
    }

    private void secure(Channel upstream, UpstreamAddress.Tls to) {
        TlsOrigination tls = Objects.requireNonNull(forward.tls().origination(), "a rule in force");
        securing = upstream;
        tls.begin(
                upstream,
                to.socket(),
                rule.security().verify(),
                false,
                forward.tls().limit(),
                fault -> {
                    securing = null;
                    if (over || fault != null) {
                        Transport.reset(upstream);
                    }
                    if (!over && fault == null) {
                        use(upstream, () -> reached(upstream));
                    } else if (!over && fault != null) {
                        failed(to + ": TLS failed, " + fault.words());
                    }
                });
    }

    private void reached(Channel upstream) {
        over = true;
        if (target != null) {
            forward.turns().reached(target);
        }
        listener.reached(upstream);
    }

    @Override
    public void failed(DialFailure failure) {
        if (!over) {
            failed(String.valueOf(failure.getMessage()));
        }
    }

    private void failed(String cause) {
        if (failures == null) {
            failures = new LinkedHashSet<>();
        }
        failures.add(cause);
        if (target != null && (targets.hasNext() || failures.size() > 1)) {
            forward.turns().unreachable(target, cause);
        }
        if (targets.hasNext()) {
            dialNext();
        } else {
            over = true;
            listener.unreachable(String.join("; ", failures));
        }
    }
}
