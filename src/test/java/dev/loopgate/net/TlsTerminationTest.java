package dev.loopgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loopgate.testkit.Eventually;
import dev.loopgate.tls.AuthorityFolder;
import dev.loopgate.tls.LocalCertificates;
import dev.loopgate.tls.TlsIdentity;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Which certificates are made, and how long they are kept. */
class TlsTerminationTest {

    @RegisterExtension
    final BorrowedContexts borrowed = new BorrowedContexts();

    @TempDir
    Path folder;

    /** Read by the thread that makes them. */
    private volatile Instant now = Instant.parse("2026-11-27T12:00:00Z");

    private TlsTermination termination;
    private TlsContexts contexts;

    @BeforeEach
    void begin() {
        InstantSource clock = () -> now;
        termination = new TlsTermination(
                new LocalCertificates(Optional.of(AuthorityFolder.at(folder.resolve("ca"))), clock, sentence -> {}),
                clock);
        contexts = termination.contexts();
    }

    private Future<TlsContext> ask(String name) {
        return ask(name, true);
    }

    private Future<TlsContext> ask(String name, boolean listed) {
        return ask(new TlsIdentity.Local(name, Set.of(), listed));
    }

    private Future<TlsContext> ask(TlsIdentity identity) {
        return borrowed.ask(contexts, identity);
    }

    /** What comes of it is the test's to release. */
    private Future<TlsContext> askAlone(TlsIdentity identity) {
        return contexts.get(identity, TlsContexts.Within.HTTP, ImmediateEventExecutor.INSTANCE);
    }

    private TlsContext get(String name) throws Exception {
        return ask(name).get(30, TimeUnit.SECONDS);
    }

    @Test
    void keeps_a_certificate_until_long_before_it_expires() throws Exception {
        TlsContext first = get("a.localhost");
        now = now.plus(Duration.ofDays(59));
        assertThat(get("a.localhost")).isSameAs(first);
        now = now.plus(Duration.ofDays(2));
        TlsContext next = get("a.localhost");
        assertThat(next).isNotSameAs(first);
        assertThat(get("a.localhost")).isSameAs(next);
    }

    @Test
    void forgets_the_one_longest_unused() throws Exception {
        TlsContext used = get("used.localhost");
        TlsContext unused = get("unused.localhost");
        for (int i = 0; i < TlsContexts.MOST_LISTED - 1; i++) {
            get("n" + i + ".localhost");
            assertThat(get("used.localhost")).isSameAs(used);
        }
        assertThat(get("unused.localhost")).isNotSameAs(unused);
    }

    @Test
    void forgets_what_an_authority_signed_that_was_replaced() throws Exception {
        TlsContext before = get("a.localhost");
        assertThat(ask(new TlsIdentity.Local("a.example.com", "example.com")).get(30, TimeUnit.SECONDS))
                .isNotNull();
        assertThat(get("a.localhost")).isNotSameAs(before);
    }

    @Test
    void goes_on_after_each_change_of_ticket_keys() throws Exception {
        TlsContext first = get("a.localhost");
        for (int i = 0; i < 5; i++) {
            now = now.plus(Duration.ofHours(9));
            assertThat(get("a.localhost")).isSameAs(first);
            assertThat(get("b" + i + ".localhost")).isNotNull();
        }
    }

    @Test
    void turns_some_away_where_too_many_names_are_asked_for_at_once() throws Exception {
        get("a.localhost");
        List<Future<TlsContext>> asked = new ArrayList<>();
        List<String> told = told(() -> {
            for (int i = 0; i < 1000; i++) {
                asked.add(ask("n" + i + ".localhost"));
            }
            for (Future<TlsContext> one : asked) {
                assertThat(one.await(30, TimeUnit.SECONDS)).isTrue();
            }
        });
        long refused = asked.stream().filter(one -> !one.isSuccess()).count();
        assertThat(told).singleElement().asString().contains("too many names are asked for at once");
        assertThat(refused).isBetween(1L, 999L);
        assertThat(get("b.localhost")).isNotNull();
    }

    @Test
    void names_that_anybody_may_ask_for_neither_push_out_nor_hold_up_what_is_listed() throws Exception {
        TlsContext listed = get("a.localhost");
        List<Future<TlsContext>> flood = new ArrayList<>();
        int refused = 0;
        for (int round = 0; round < 2 * TlsContexts.MOST_OTHERS / 50; round++) {
            for (int i = 0; i < 200; i++) {
                flood.add(ask("n" + round + "-" + i + ".localhost", false));
            }
            Future<TlsContext> fresh = ask("b" + round + ".localhost");
            assertThat(fresh.get(30, TimeUnit.SECONDS)).isNotNull();
            for (Future<TlsContext> one : flood) {
                assertThat(one.await(30, TimeUnit.SECONDS)).isTrue();
                refused += one.isSuccess() ? 0 : 1;
            }
            flood.clear();
        }
        assertThat(refused).isPositive();
        assertThat(get("a.localhost")).isSameAs(listed);
    }

    private interface Work {
        void run() throws Exception;
    }

    /** What is told meanwhile, a line each. */
    private List<String> told(Work work) throws Exception {
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        PrintStream original = System.err;
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
        try {
            work.run();
            // Made behind what there is to tell.
            get("z.localhost");
        } finally {
            System.setErr(original);
        }
        return logged.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("over TLS was refused"))
                .toList();
    }

    @Test
    void tells_why_what_is_listed_is_refused_however_many_others_are() throws Exception {
        List<String> told = told(() -> {
            for (int i = 0; i < 2 * TlsContexts.MOST_TOLD; i++) {
                assertThat(ask("n" + i + ".example.org", false).await().isSuccess())
                        .isFalse();
            }
            for (int i = 0; i < 2; i++) {
                assertThat(ask("app.example.org").await().isSuccess()).isFalse();
            }
        });
        assertThat(told)
                .hasSize(TlsContexts.MOST_TOLD + 1)
                .filteredOn(line -> line.contains("may not sign for app.example.org"))
                .hasSize(1);
    }

    @Test
    void what_is_kept_no_more_is_freed_with_the_last_connection_that_uses_it() throws Exception {
        Assumptions.assumeTrue(OpenSsl.isAvailable(), "Java's own engine holds nothing outside the heap");
        TlsIdentity identity = new TlsIdentity.Local("a.localhost", Set.of(), true);
        TlsContext first = askAlone(identity).get(30, TimeUnit.SECONDS);
        SslHandler connection = first.handler(UnpooledByteBufAllocator.DEFAULT, "a.localhost");
        EmbeddedChannel channel = new EmbeddedChannel(connection);
        first.release();
        now = now.plus(Duration.ofDays(61));
        TlsContext next = askAlone(identity).get(30, TimeUnit.SECONDS);
        assertThat(next).isNotSameAs(first);
        assertThat(first.freed()).isFalse();
        channel.finishAndReleaseAll();
        Eventually.until("the last connection has let go of it", first::freed);
        next.release();
        assertThat(next.freed()).isFalse();
        assertThat(get("a.localhost")).isSameAs(next);
    }

    @Test
    void reads_whom_to_trust_again_only_where_that_may_have_changed() throws Exception {
        TlsOrigination before = termination.origination();
        assertThat(termination.origination()).isSameAs(before);
        get("a.localhost");
        TlsOrigination after = termination.origination();
        assertThat(after).isNotSameAs(before);
        assertThat(termination.origination()).isSameAs(after);
    }

    @Test
    void makes_one_for_all_who_ask_at_once() throws Exception {
        List<Future<TlsContext>> asked = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            asked.add(ask("a.localhost"));
        }
        TlsContext first = asked.get(0).get(30, TimeUnit.SECONDS);
        for (Future<TlsContext> one : asked) {
            assertThat(one.get(30, TimeUnit.SECONDS)).isSameAs(first);
        }
    }
}
