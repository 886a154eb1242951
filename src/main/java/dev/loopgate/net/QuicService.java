package dev.loopgate.net;

import dev.loopgate.tls.TlsIdentity;
import io.netty.handler.codec.quic.QuicChannel;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Optional;

/** Whoever serves the connections of QUIC. Called on the event loop of their socket. */
public interface QuicService {

    /** A server name as names are compared: in lower case, without a dot at its end. */
    static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /**
     * Who to be to a client.
     *
     * @param name the server name that it asks for, in lower case; empty where it names none
     * @param local the address that it came to
     * @return nobody where it is empty, and the client is told so
     */
    Optional<TlsIdentity> identity(String name, InetSocketAddress local);

    /**
     * A connection begins, whose client has proven its address. Handlers that are added now miss nothing, are told the
     * server name as {@code SniCompletionEvent} and the end of the handshake as {@code SslHandshakeCompletionEvent}, and
     * get each stream as it is opened. {@link QuicListener.Retired} tells them that they are to come to an end.
     *
     * @param local as for {@link #identity}
     */
    void accept(QuicChannel connection, InetSocketAddress local);
}
