package dev.loopgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.loopgate.model.PathPrefix;
import dev.loopgate.model.Route;
import dev.loopgate.model.RouteOptions;
import dev.loopgate.model.Target;
import dev.loopgate.model.UpstreamAddress;
import dev.loopgate.net.Addresses;
import dev.loopgate.testkit.Eventually;
import dev.loopgate.testkit.Gen;
import dev.loopgate.testkit.LeakCheck;
import dev.loopgate.testkit.RunningGateway;
import dev.loopgate.testkit.Sites;
import dev.loopgate.testkit.Tls;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** gRPC with its own clients and servers: over plain HTTP/2, and over TLS from the client. */
class GrpcTest {

    private static final int LARGE = 4 << 20;
    private static final Metadata.Key<String> DETAIL = Metadata.Key.of("x-detail", Metadata.ASCII_STRING_MARSHALLER);
    private static final MethodDescriptor<byte[], byte[]> UNARY = method(MethodType.UNARY);
    private static final MethodDescriptor<byte[], byte[]> DOWN = method(MethodType.SERVER_STREAMING);
    private static final MethodDescriptor<byte[], byte[]> UP = method(MethodType.CLIENT_STREAMING);
    private static final MethodDescriptor<byte[], byte[]> BOTH = method(MethodType.BIDI_STREAMING);
    private static final Tls TLS = Tls.inNewFolder();

    @RegisterExtension
    static final LeakCheck LEAKS = new LeakCheck();

    private static final AtomicInteger CANCELLED = new AtomicInteger();
    private static final AtomicInteger STALLED = new AtomicInteger();

    private static Server server;
    private static RunningGateway gateway;
    private static ManagedChannel plain;
    private static ManagedChannel secure;

    @BeforeAll
    static void start() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(Addresses.LOOPBACK4, 0))
                .maxInboundMessageSize(2 * LARGE)
                .addService(ServerServiceDefinition.builder("test.Echo")
                        .addMethod(UNARY, ServerCalls.asyncUnaryCall(GrpcTest::answer))
                        .addMethod(DOWN, ServerCalls.asyncServerStreamingCall(GrpcTest::repeat))
                        .addMethod(UP, ServerCalls.asyncClientStreamingCall(GrpcTest::join))
                        .addMethod(BOTH, ServerCalls.asyncBidiStreamingCall(GrpcTest::echo))
                        .build())
                .build()
                .start();
        Target target = new Target.Proxy(
                List.of(new Target.Upstream(new UpstreamAddress.LoopbackPort(server.getPort()), "", Target.Scheme.H2C)),
                new Target.PathRewrite.Keep());
        gateway = RunningGateway.start(
                Sites.of(Sites.host("grpc.localhost", new Route(PathPrefix.ROOT, target, RouteOptions.DEFAULT))),
                TLS.termination());
        plain = channel().usePlaintext().build();
        secure = channel()
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(TLS.folder().certificateOrNew(Instant.now()))
                        .build())
                .build();
    }

    private static NettyChannelBuilder channel() {
        return NettyChannelBuilder.forAddress(new InetSocketAddress(Addresses.LOOPBACK4, gateway.port()))
                .overrideAuthority("grpc.localhost")
                .maxInboundMessageSize(2 * LARGE);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        for (ManagedChannel channel : List.of(plain, secure)) {
            channel.shutdownNow().awaitTermination(15, TimeUnit.SECONDS);
        }
        gateway.close();
        server.shutdownNow().awaitTermination(15, TimeUnit.SECONDS);
    }

    private static MethodDescriptor<byte[], byte[]> method(MethodType type) {
        MethodDescriptor.Marshaller<byte[]> bytes = new MethodDescriptor.Marshaller<>() {
            @Override
            public InputStream stream(byte[] value) {
                return new ByteArrayInputStream(value);
            }

            @Override
            public byte[] parse(InputStream stream) {
                try {
                    return stream.readAllBytes();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        };
        return MethodDescriptor.newBuilder(bytes, bytes)
                .setType(type)
                .setFullMethodName("test.Echo/" + type)
                .build();
    }

    // The service

    private static void answer(byte[] request, StreamObserver<byte[]> to) {
        switch (request.length > 10 ? "" : text(request)) {
            case "fail" -> {
                Metadata trailers = new Metadata();
                trailers.put(DETAIL, "because");
                to.onError(Status.FAILED_PRECONDITION
                        .withDescription("not now: 100% – sure")
                        .asRuntimeException(trailers));
            }
            case "stall" -> {
                ((ServerCallStreamObserver<byte[]>) to).setOnCancelHandler(CANCELLED::incrementAndGet);
                STALLED.incrementAndGet();
            }
            default -> {
                to.onNext(request);
                to.onCompleted();
            }
        }
    }

    private static void repeat(byte[] request, StreamObserver<byte[]> to) {
        for (int i = 0; i < 100; i++) {
            to.onNext(bytes(text(request) + i));
        }
        to.onCompleted();
    }

    private static StreamObserver<byte[]> join(StreamObserver<byte[]> to) {
        StringBuilder all = new StringBuilder();
        return new Messages(message -> all.append(text(message)), () -> {
            to.onNext(bytes(all.toString()));
            to.onCompleted();
        });
    }

    private static StreamObserver<byte[]> echo(StreamObserver<byte[]> to) {
        ((ServerCallStreamObserver<byte[]>) to).setOnCancelHandler(CANCELLED::incrementAndGet);
        return new Messages(to::onNext, to::onCompleted);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static ManagedChannel channel(boolean tls) {
        return tls ? secure : plain;
    }

    private static CallOptions within(long millis) {
        return CallOptions.DEFAULT.withDeadlineAfter(millis, TimeUnit.MILLISECONDS);
    }

    private static CallOptions soon() {
        return within(Eventually.LIMIT.toMillis());
    }

    private static byte[] call(ManagedChannel channel, CallOptions options, byte[] request) {
        return ClientCalls.blockingUnaryCall(channel, UNARY, options, request);
    }

    // The calls

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_message_is_answered_by_one(boolean tls) {
        assertThat(text(call(channel(tls), soon(), bytes("hello")))).isEqualTo("hello");
        assertThat(call(channel(tls), soon(), new byte[0])).isEmpty();
    }

    @Test
    void large_messages_pass_both_ways() {
        byte[] large = new Gen(7).bytes(LARGE);
        assertThat(call(secure, soon(), large)).isEqualTo(large);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_message_is_answered_by_many(boolean tls) {
        Iterator<byte[]> answers = ClientCalls.blockingServerStreamingCall(channel(tls), DOWN, soon(), bytes("m"));
        for (int i = 0; i < 100; i++) {
            assertThat(text(answers.next())).isEqualTo("m" + i);
        }
        assertThat(answers.hasNext()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void many_messages_are_answered_by_one(boolean tls) {
        List<String> answers = new CopyOnWriteArrayList<>();
        StreamObserver<byte[]> requests = ClientCalls.asyncClientStreamingCall(
                channel(tls).newCall(UP, soon()),
                new Messages(message -> answers.add(text(message)), () -> answers.add("end")));
        for (int i = 0; i < 10; i++) {
            requests.onNext(bytes(i + ","));
        }
        requests.onCompleted();
        Eventually.until("an answer", () -> answers.contains("end"));
        assertThat(answers).containsExactly("0,1,2,3,4,5,6,7,8,9,", "end");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void messages_pass_both_ways_while_the_request_goes_on(boolean tls) {
        List<String> answers = new CopyOnWriteArrayList<>();
        StreamObserver<byte[]> requests = ClientCalls.asyncBidiStreamingCall(
                channel(tls).newCall(BOTH, soon()),
                new Messages(message -> answers.add(text(message)), () -> answers.add("end")));
        for (int i = 1; i <= 5; i++) {
            requests.onNext(bytes("m" + i));
            int count = i;
            Eventually.until("answer " + i, () -> answers.size() == count);
        }
        requests.onCompleted();
        Eventually.until("the end", () -> answers.contains("end"));
        assertThat(answers).containsExactly("m1", "m2", "m3", "m4", "m5", "end");
    }

    @Test
    void a_failure_arrives_with_its_details() {
        StatusRuntimeException failure =
                catchThrowableOfType(StatusRuntimeException.class, () -> call(plain, soon(), bytes("fail")));
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(failure.getStatus().getDescription()).isEqualTo("not now: 100% – sure");
        assertThat(failure.getTrailers().get(DETAIL)).isEqualTo("because");
    }

    @Test
    void a_deadline_ends_the_call_on_both_sides() {
        int before = CANCELLED.get();
        StatusRuntimeException failure =
                catchThrowableOfType(StatusRuntimeException.class, () -> call(plain, within(400), bytes("stall")));
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        Eventually.until("the server hears of it", () -> CANCELLED.get() > before);
    }

    @Test
    void a_client_that_cancels_has_the_server_stop() {
        int before = CANCELLED.get();
        int stalled = STALLED.get();
        Future<byte[]> waiting = ClientCalls.futureUnaryCall(secure.newCall(UNARY, soon()), bytes("stall"));
        Eventually.until("the server is at it", () -> STALLED.get() > stalled);
        waiting.cancel(true);
        Eventually.until("the server hears of it", () -> CANCELLED.get() > before);

        List<String> answers = new CopyOnWriteArrayList<>();
        StreamObserver<byte[]> requests = ClientCalls.asyncBidiStreamingCall(
                plain.newCall(BOTH, soon()), new Messages(message -> answers.add(text(message)), () -> {}));
        requests.onNext(bytes("one"));
        Eventually.until("an answer", () -> answers.size() == 1);
        ((ClientCallStreamObserver<byte[]>) requests).cancel("enough", null);
        Eventually.until("the server hears of that, too", () -> CANCELLED.get() > before + 1);
    }

    @Test
    void fifty_calls_at_once_are_answered_each_with_its_own() throws Exception {
        List<Future<byte[]>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            calls.add(ClientCalls.futureUnaryCall(channel(i % 2 == 0).newCall(UNARY, soon()), bytes("call" + i)));
        }
        for (int i = 0; i < 50; i++) {
            assertThat(text(calls.get(i).get(15, TimeUnit.SECONDS))).isEqualTo("call" + i);
        }
    }

    /** What a side does with the messages of the other. */
    private record Messages(java.util.function.Consumer<byte[]> each, Runnable end) implements StreamObserver<byte[]> {

        @Override
        public void onNext(byte[] message) {
            each.accept(message);
        }

        @Override
        public void onError(Throwable failure) {
            // Whoever waits for something else is told by that.
        }

        @Override
        public void onCompleted() {
            end.run();
        }
    }
}
