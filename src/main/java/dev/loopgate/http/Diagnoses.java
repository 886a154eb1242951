package dev.loopgate.http;

import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.net.Diagnosis;
import dev.loopgate.net.Diagnosis.Finding;
import dev.loopgate.net.Diagnosis.Symptom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has failures diagnosed, off the event loops, within bounds: two threads that end when they have nothing to do, one
 * question at a time about an upstream, its outcome good for a second, no answer delayed by more than half a second, and
 * no more than a few answers delayed at once. Beyond that failures go without, so that a storm of them stays cheap. Any
 * thread.
 */
final class Diagnoses {

    private static final Logger LOG = LoggerFactory.getLogger(Diagnoses.class);

    private static final long FRESH_NANOS = 1_000_000_000L;
    private static final long LIMIT_NANOS = 500_000_000L;
    private static final int WAITING = 64;
    private static final int KEPT = 64;
    private static final int NOTED = 1024;
    private static final long NOTE_MILLIS = 500;

    private final Diagnosis source;
    private final ThreadPoolExecutor threads;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Map<Subject, Question> questions = new LinkedHashMap<>();
    private final Set<UpstreamAddress> answering = new HashSet<>();

    private record Subject(UpstreamAddress upstream, Symptom symptom) {}

    /** Asked once for all who want to know. */
    private static final class Question {
        private final CompletableFuture<List<Finding>> answer = new CompletableFuture<>();
        private final long asked = System.nanoTime();
        private volatile long answered;

        void complete(List<Finding> findings) {
            answered = System.nanoTime();
            answer.complete(findings);
        }

        /** Whether somebody who wants to know now may have its answer. */
        boolean current(long now) {
            return !answer.isDone() || now - answered < FRESH_NANOS;
        }

        /** Whether it takes longer than anybody may wait. */
        boolean overdue(long now) {
            return !answer.isDone() && now - asked > LIMIT_NANOS;
        }
    }

    Diagnoses(Diagnosis source) {
        this.source = source;
        this.threads = new ThreadPoolExecutor(2, 2, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(8), task -> {
            Thread thread = new Thread(task, "loopgate-diagnosis");
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Which failures are worth a look at the machine; null for the others. */
    private static @Nullable Symptom symptom(FailureCode code, boolean secure) {
        return switch (code) {
            case CONNECTION_REFUSED, STARTING -> Symptom.REFUSED;
            case CONNECT_TIMEOUT -> Symptom.NOT_TAKEN;
            case FIRST_BYTE_TIMEOUT -> Symptom.SILENT;
            case CONNECTION_RESET, UPSTREAM_CLOSED -> secure ? Symptom.ENDED_WITHIN_TLS : Symptom.ENDED;
            case WRONG_PROTOCOL -> secure ? Symptom.ENDED_WITHIN_TLS : Symptom.NOT_HTTP;
            default -> null;
        };
    }

    /**
     * Asks for the reason of a failure.
     *
     * @param loop where {@code then} runs
     * @param then gets the findings, after half a second at most; never called before this returns
     * @return whether it will be called; else the failure goes without
     */
    boolean ask(Upstream upstream, FailureCode code, Executor loop, Consumer<List<Finding>> then) {
        Symptom symptom = symptom(code, upstream.secure());
        if (symptom == null || source == Diagnosis.NONE || upstream.address() instanceof UpstreamAddress.UnixSocket) {
            return false;
        }
        if (waiting.incrementAndGet() > WAITING) {
            waiting.decrementAndGet();
            return false;
        }
        Question question = question(upstream, symptom);
        if (question == null) {
            waiting.decrementAndGet();
            return false;
        }
        question.answer
                .copy()
                .completeOnTimeout(List.of(), LIMIT_NANOS, TimeUnit.NANOSECONDS)
                .whenComplete((findings, failure) -> waiting.decrementAndGet())
                .thenAcceptAsync(then, loop);
        return true;
    }

    private synchronized @Nullable Question question(Upstream upstream, Symptom symptom) {
        Subject subject = new Subject(upstream.address(), symptom);
        long now = System.nanoTime();
        Question known = questions.get(subject);
        if (known != null && known.current(now)) {
            return known.overdue(now) ? null : known;
        }
        Question fresh = new Question();
        try {
            threads.execute(() -> answer(fresh, upstream, symptom));
        } catch (RejectedExecutionException | OutOfMemoryError busy) {
            return null;
        }
        questions.remove(subject);
        questions.put(subject, fresh);
        forgetOldest();
        return fresh;
    }

    private void forgetOldest() {
        Iterator<Question> oldest = questions.values().iterator();
        while (questions.size() > KEPT && oldest.hasNext()) {
            if (oldest.next().answer.isDone()) {
                oldest.remove();
            }
        }
    }

    private void answer(Question question, Upstream upstream, Symptom symptom) {
        List<Finding> findings = List.of();
        try {
            findings = source.examine(upstream.address(), symptom, upstream.lastAnswered());
        } catch (RuntimeException | LinkageError fault) {
            LOG.warn("the reason why {} fails could not be looked for", upstream, fault);
        } finally {
            question.complete(findings);
        }
    }

    /** The upstream answers: in a moment it will be noted who that is, together with all others that answer by then. */
    void answers(Upstream upstream, HttpLoop loop) {
        if (source == Diagnosis.NONE || upstream.address() instanceof UpstreamAddress.UnixSocket) {
            return;
        }
        boolean first;
        synchronized (answering) {
            first = answering.isEmpty();
            if (answering.size() < NOTED) {
                answering.add(upstream.address());
            }
        }
        if (first) {
            loop.eventLoop().schedule(this::noteSoon, NOTE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void noteSoon() {
        try {
            threads.execute(this::note);
        } catch (RejectedExecutionException busy) {
            // Somebody has failures to look into: whoever answers again is noted then.
            synchronized (answering) {
                answering.clear();
            }
        }
    }

    private void note() {
        List<UpstreamAddress> all;
        synchronized (answering) {
            all = new ArrayList<>(answering);
            answering.clear();
        }
        try {
            source.remember(all);
        } catch (RuntimeException | LinkageError fault) {
            LOG.warn("who answers for upstreams could not be noted", fault);
        }
    }
}
