package dev.loopgate.net;

import dev.loopgate.model.UpstreamAddress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.ssl.SslProvider;
import java.net.ConnectException;
import java.net.Socket;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The client's side of TLS: upstreams that prove who they are, or need not. Immutable; safe for use by any thread. */
public final class TlsOrigination {

    private static final ApplicationProtocolConfig HTTP2 = new ApplicationProtocolConfig(
            ApplicationProtocolConfig.Protocol.ALPN,
            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_2,
            ApplicationProtocolNames.HTTP_1_1);

    /** As BoringSSL says what is wrong. */
    private static final Pattern OPENSSL = Pattern.compile("error:[0-9a-f]+:SSL routines:[^:]*:([A-Z0-9_]+).*");

    private final SslContext verified;
    private final SslContext unverified;
    private final SslContext verifiedHttp2;
    private final SslContext unverifiedHttp2;

    /**
     * Blocks.
     *
     * @param roots who may sign for upstreams
     * @throws IllegalStateException where they cannot be used
     */
    TlsOrigination(KeyStore roots) {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(roots);
            verified = verified(context(), trust);
            unverified = unverified(context());
            verifiedHttp2 = verified(context().applicationProtocolConfig(HTTP2), trust);
            unverifiedHttp2 = unverified(context().applicationProtocolConfig(HTTP2));
        } catch (java.security.GeneralSecurityException | SSLException e) {
            throw new IllegalStateException("https targets cannot be used: " + e.getMessage(), e);
        }
    }

    private static SslContext verified(SslContextBuilder context, TrustManagerFactory trust) throws SSLException {
        return context.trustManager(trust)
                .endpointIdentificationAlgorithm("HTTPS")
                .build();
    }

    private static SslContext unverified(SslContextBuilder context) throws SSLException {
        return context.trustManager(new Anybody())
                .endpointIdentificationAlgorithm(null)
                .build();
    }

    private static SslContextBuilder context() {
        // Not counted by reference: it lasts as long as the plan that it belongs to, and what was begun under it.
        return SslContextBuilder.forClient()
                .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2");
    }

    /**
     * Makes a connection secure; called on its event loop, before anything was read or written.
     *
     * @param to whom the other side has to prove to be, where it is verified; localhost for a port of this machine
     * @param http2 whether HTTP/2 is offered, HTTP/1.1 besides
     * @param limit for all of it
     * @param done gets null once all is agreed, or what went wrong; the connection is then the caller's to close
     */
    public void begin(
            Channel channel,
            UpstreamAddress to,
            boolean verify,
            boolean http2,
            Duration limit,
            Consumer<@Nullable Fault> done) {
        String name = to instanceof UpstreamAddress.HostPort host ? host.host() : "localhost";
        int port = to instanceof UpstreamAddress.HostPort host
                ? host.port()
                : to instanceof UpstreamAddress.LoopbackPort loopback ? loopback.port() : 0;
        SslContext context = http2 ? (verify ? verifiedHttp2 : unverifiedHttp2) : (verify ? verified : unverified);
        SslHandler handler = context.newHandler(channel.alloc(), name, port);
        handler.setHandshakeTimeoutMillis(Math.max(1, limit.toMillis()));
        channel.pipeline()
                .addLast(new TlsReads(), handler, new Beginning(done), new TlsEnds("", (none, protocol) -> {}));
    }

    /** Whether HTTP/2 was agreed on for a connection that is secure now. */
    public static boolean isHttp2(Channel channel) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        return handler != null && ApplicationProtocolNames.HTTP_2.equals(handler.applicationProtocol());
    }

    /**
     * Why TLS was not agreed on.
     *
     * @param words as a clause
     * @param kind what is to be done about it
     */
    public record Fault(String words, Kind kind) {

        /** By what there is to do. */
        public enum Kind {
            /** The other side took too long. */
            TIMED_OUT,
            /** It did not prove who it is. */
            UNTRUSTED,
            /** It speaks something else. */
            NO_TLS,
            OTHER
        }

        private static final Fault ENDED = new Fault("it ended the connection", Kind.OTHER);

        private static Fault of(Throwable failure) {
            if (failure instanceof SslHandshakeTimeoutException) {
                return new Fault("it did not answer in time", Kind.TIMED_OUT);
            }
            return told(failure);
        }

        private static boolean isUntrusted(Throwable failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof CertificateException) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Hears of the outcome, once, and makes way. */
    private static final class Beginning extends ChannelInboundHandlerAdapter {

        private final Consumer<@Nullable Fault> done;
        private boolean over;

        Beginning(Consumer<@Nullable Fault> done) {
            this.done = done;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent outcome) {
                context.fireUserEventTriggered(event);
                end(context, outcome.isSuccess() ? null : Fault.of(outcome.cause()));
            } else if (event == ChannelInputShutdownEvent.INSTANCE && !over) {
                end(context, Fault.ENDED);
            } else {
                context.fireUserEventTriggered(event);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // What follows the failure that was told says nothing new.
            if (!(cause instanceof PausableReads.ReadPaused)) {
                end(context, Fault.of(cause));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end(context, Fault.ENDED);
            context.fireChannelInactive();
        }

        private void end(ChannelHandlerContext context, @Nullable Fault fault) {
            if (!over) {
                over = true;
                done.accept(fault);
                if (fault == null) {
                    context.pipeline().remove(this);
                }
            }
        }
    }

    /** Extended, since Java looks at what a plain one takes once more, and refuses some of it. */
    private static final class Anybody extends X509ExtendedTrustManager {

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** What went wrong with TLS, as a clause; fit for a terminal. */
    public static String words(Throwable failure) {
        return told(failure).words();
    }

    private static Fault told(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String said = String.valueOf(cause.getMessage());
        Matcher openssl = OPENSSL.matcher(said);
        if (openssl.matches()) {
            said = openssl.group(1).toLowerCase(Locale.ROOT).replace('_', ' ');
        } else if (!(cause instanceof SSLException) && said.contains("reset")) {
            return new Fault("the connection was reset", Fault.Kind.OTHER);
        }
        if (cause instanceof ConnectException || said.contains("not an SSL/TLS record")) {
            return new Fault("it does not speak TLS", Fault.Kind.NO_TLS);
        }
        Fault.Kind kind = Fault.isUntrusted(failure) ? Fault.Kind.UNTRUSTED : Fault.Kind.OTHER;
        if (failure instanceof SSLHandshakeException && said.contains("unable to find valid certification path")) {
            return new Fault("nobody whom this machine trusts has signed its certificate", kind);
        }
        // What the other side has a part in is not to drive a terminal or a log.
        return new Fault(Printable.kept(said), kind);
    }
}
