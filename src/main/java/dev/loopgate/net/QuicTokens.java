package dev.loopgate.net;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicTokenHandler;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Has each client prove that it is where it says (RFC 9000 §8.1.2) before anything is kept for it, or sent but one packet that is
 * smaller than its own: nobody is flooded through us. A token is a time, a seal and the connection's first name. Belongs to
 * one event loop.
 */
final class QuicTokens implements QuicTokenHandler {

    /** How long a token is good for, in milliseconds; it is sent back at once. */
    static final long VALID_MILLIS = 10_000;

    private static final String SEAL = "HmacSHA256";
    private static final int SEAL_BYTES = 16;
    private static final int PREFIX = Long.BYTES + SEAL_BYTES;

    private final Predicate<InetSocketAddress> accepting;
    private final LongSupplier clock;
    private final Mac mac;

    /**
     * @param accepting whether another connection of a client may begin
     * @param clock milliseconds
     */
    QuicTokens(Predicate<InetSocketAddress> accepting, LongSupplier clock) {
        this.accepting = accepting;
        this.clock = clock;
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        try {
            mac = Mac.getInstance(SEAL);
            mac.init(new SecretKeySpec(key, SEAL));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java has " + SEAL, missing);
        }
    }

    @Override
    public boolean writeToken(ByteBuf out, ByteBuf name, InetSocketAddress client) {
        long now = clock.getAsLong();
        byte[] bytes = new byte[name.readableBytes()];
        name.getBytes(name.readerIndex(), bytes);
        out.writeLong(now).writeBytes(seal(now, client, bytes)).writeBytes(bytes);
        return true;
    }

    @Override
    public int validateToken(ByteBuf token, InetSocketAddress client) {
        int length = token.readableBytes() - PREFIX;
        if (length <= 0 || length > Quic.MAX_CONN_ID_LEN || !accepting.test(client)) {
            return -1;
        }
        int start = token.readerIndex();
        long made = token.getLong(start);
        byte[] seal = new byte[SEAL_BYTES];
        token.getBytes(start + Long.BYTES, seal);
        byte[] name = new byte[length];
        token.getBytes(start + PREFIX, name);
        long age = clock.getAsLong() - made;
        return age >= 0 && age <= VALID_MILLIS && MessageDigest.isEqual(seal, seal(made, client, name)) ? PREFIX : -1;
    }

    @Override
    public int maxTokenLength() {
        return PREFIX + Quic.MAX_CONN_ID_LEN;
    }

    private byte[] seal(long made, InetSocketAddress client, byte[] name) {
        byte[] address = client.getAddress().getAddress();
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            mac.update((byte) (made >>> shift));
        }
        mac.update((byte) address.length);
        mac.update(address);
        mac.update((byte) (client.getPort() >>> Byte.SIZE));
        mac.update((byte) client.getPort());
        return Arrays.copyOf(mac.doFinal(name), SEAL_BYTES);
    }
}
