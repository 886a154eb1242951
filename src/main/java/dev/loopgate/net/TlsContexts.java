package dev.loopgate.net;

import dev.loopgate.model.Credential;
import dev.loopgate.tls.LocalCertificates;
import dev.loopgate.tls.TlsIdentity;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates ready for connections: made and loaded on a thread of their own when they are first asked for, kept, and
 * renewed. What anybody may ask for, names below a wildcard, neither pushes out nor holds up what the configuration lists.
 * Nothing of TLS is loaded before the first is asked for. Safe for use by any thread.
 */
final class TlsContexts {

    /** How many are kept of names that the configuration lists, those longest unused forgotten first. */
    static final int MOST_LISTED = 250;

    /** The same of names that a pattern stands for. */
    static final int MOST_OTHERS = 100;

    /** For how many names of a kind one may be waited for; who asks for more of them is turned away. */
    private static final int WAITING = 64;

    private static final long THREAD_IDLE_SECONDS = 30;
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** So many reasons for a refusal are told in that time, of names of a kind. */
    static final int MOST_TOLD = 3;

    private static final Logger LOG = LoggerFactory.getLogger(TlsContexts.class);

    private final LocalCertificates local;
    private final InstantSource clock;
    private final boolean byJava;
    private final ThreadPoolExecutor worker;
    private final AtomicLong turn = new AtomicLong();
    private final Shelf listed = new Shelf(true, MOST_LISTED);
    private final Shelf others = new Shelf(false, MOST_OTHERS);
    private final AtomicBoolean rotating = new AtomicBoolean();
    private volatile @Nullable TlsEngine engine;
    /** Who has signed what is kept. */
    private @Nullable X500Principal signer;

    /** What is spoken over TLS. */
    enum Within {
        HTTP,
        /** Whatever the two sides like: nothing is agreed on (ALPN). */
        ANYTHING
    }

    private record Key(TlsIdentity identity, Within within) {}

    /** @param until when a new one is to be made */
    private record Entry(TlsContext context, Instant until) {}

    /** Certificates of one kind, and who waits for more of them. Guarded by the whole. */
    private static final class Shelf {

        private final boolean urgent;
        private final int most;
        private final Map<Key, Entry> kept = new LinkedHashMap<>(16, 0.75f, true);
        private final Map<Key, List<Promise<TlsContext>>> asked = new LinkedHashMap<>();
        private final Told told = new Told();

        Shelf(boolean urgent, int most) {
            this.urgent = urgent;
            this.most = most;
        }
    }

    /** Why some were refused of late, not for each client: whoever asks for a thousand names is not to fill a disk. */
    private static final class Told {

        private final Set<String> reasons = new HashSet<>();
        private long since;

        synchronized boolean isNews(String reason) {
            long now = System.nanoTime();
            if (reasons.isEmpty() || now - since > QUIET_NANOS) {
                reasons.clear();
                since = now;
            }
            return reasons.size() < MOST_TOLD && reasons.add(reason);
        }
    }

    /** Something for the worker: what is urgent first, and then by turns. */
    private record Work(boolean urgent, long turn, Runnable task) implements Runnable, Comparable<Work> {
        @Override
        public void run() {
            task.run();
        }

        @Override
        public int compareTo(Work other) {
            return urgent == other.urgent ? Long.compare(turn, other.turn) : urgent ? -1 : 1;
        }
    }

    TlsContexts(LocalCertificates local, InstantSource clock, boolean byJava) {
        this.local = local;
        this.clock = clock;
        this.byJava = byJava;
        // Not without bound: each shelf has so many who are waited for.
        worker = new ThreadPoolExecutor(
                1, 1, THREAD_IDLE_SECONDS, TimeUnit.SECONDS, new PriorityBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "loopgate-certificates");
                    thread.setDaemon(true);
                    return thread;
                });
        worker.allowCoreThreadTimeOut(true);
    }

    /** The promise is done on that loop; who gets the context has to {@link TlsContext#release} it. */
    Future<TlsContext> get(TlsIdentity identity, Within within, EventExecutor loop) {
        Promise<TlsContext> promise = loop.newPromise();
        TlsEngine own = engine;
        if (own != null && own.wantsNewTicketKey() && rotating.compareAndSet(false, true)) {
            work(true, () -> rotate(own));
        }
        Key key = new Key(identity, within);
        Shelf shelf = shelf(identity);
        boolean mine = false;
        synchronized (this) {
            Entry known = shelf.kept.get(key);
            if (known != null && clock.instant().isBefore(known.until)) {
                known.context.retain();
                return promise.setSuccess(known.context);
            }
            List<Promise<TlsContext>> waiting = shelf.asked.get(key);
            if (waiting != null) {
                waiting.add(promise);
                return promise;
            }
            if (shelf.asked.size() < WAITING) {
                shelf.asked.put(key, new ArrayList<>(List.of(promise)));
                mine = true;
            }
        }
        if (mine) {
            work(shelf.urgent, () -> make(key, shelf));
            return promise;
        }
        IOException refusal = new IOException("too many names are asked for at once");
        complain(shelf, refusal);
        return promise.setFailure(refusal);
    }

    private Shelf shelf(TlsIdentity identity) {
        return identity instanceof TlsIdentity.Local name && !name.listed() ? others : listed;
    }

    private void work(boolean urgent, Runnable task) {
        worker.execute(new Work(urgent, turn.getAndIncrement(), task));
    }

    private void rotate(TlsEngine own) {
        try {
            own.rotate();
        } finally {
            rotating.set(false);
        }
    }

    private void make(Key key, Shelf shelf) {
        try {
            Credential credential = key.identity instanceof TlsIdentity.Given given
                    ? given.credential()
                    : local.certificate((TlsIdentity.Local) key.identity);
            TlsEngine own = engine();
            TlsContext made = own.context(credential, key.within);
            Instant until =
                    key.identity instanceof TlsIdentity.Given ? Instant.MAX : LocalCertificates.renewal(credential);
            List<TlsContext> forgotten = new ArrayList<>();
            List<Promise<TlsContext>> waiting;
            synchronized (this) {
                if (key.identity instanceof TlsIdentity.Local) {
                    forgetOthers(credential.certificate().getIssuerX500Principal(), forgotten);
                }
                Entry before = shelf.kept.put(key, new Entry(made, until));
                if (before != null) {
                    forgotten.add(before.context);
                }
                if (shelf.kept.size() > shelf.most) {
                    Iterator<Entry> eldest = shelf.kept.values().iterator();
                    forgotten.add(eldest.next().context);
                    eldest.remove();
                }
                waiting = waiting(key, shelf);
                waiting.forEach(one -> made.retain());
            }
            forgotten.forEach(own::forget);
            for (Promise<TlsContext> one : waiting) {
                if (!one.trySuccess(made)) {
                    made.release();
                }
            }
        } catch (IOException | RuntimeException | LinkageError failure) {
            complain(shelf, failure);
            fail(key, shelf, failure);
        } catch (Error failure) {
            // Who waits, waits no longer; and the name can be asked for again.
            fail(key, shelf, failure);
            throw failure;
        }
    }

    /** Where there is a new authority, it is the one to be trusted from now on. */
    private void forgetOthers(X500Principal issuer, List<TlsContext> forgotten) {
        if (signer != null && !issuer.equals(signer)) {
            for (Shelf shelf : List.of(listed, others)) {
                shelf.kept.entrySet().removeIf(entry -> {
                    boolean local = entry.getKey().identity instanceof TlsIdentity.Local;
                    if (local) {
                        forgotten.add(entry.getValue().context);
                    }
                    return local;
                });
            }
        }
        signer = issuer;
    }

    private synchronized List<Promise<TlsContext>> waiting(Key key, Shelf shelf) {
        List<Promise<TlsContext>> waiting = shelf.asked.remove(key);
        return waiting == null ? List.of() : waiting;
    }

    private void fail(Key key, Shelf shelf, Throwable failure) {
        waiting(key, shelf).forEach(one -> one.tryFailure(failure));
    }

    /** On the worker only. */
    private TlsEngine engine() {
        TlsEngine own = engine;
        if (own == null) {
            own = new TlsEngine(clock, byJava);
            engine = own;
        }
        return own;
    }

    private void complain(Shelf shelf, Throwable failure) {
        String reason = String.valueOf(failure.getMessage());
        if (shelf.told.isNews(reason)) {
            // Not here: it may be an event loop.
            work(true, () -> LOG.warn("a connection over TLS was refused: {}", reason));
        }
    }
}
