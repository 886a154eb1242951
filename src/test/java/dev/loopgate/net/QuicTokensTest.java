package dev.loopgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class QuicTokensTest {

    private static final InetSocketAddress CLIENT = new InetSocketAddress(Addresses.LOOPBACK4, 4000);
    private static final byte[] NAME = {1, 2, 3, 4, 5, 6, 7, 8};

    private long now = 1_000_000;
    private boolean accepting = true;
    private final QuicTokens tokens = new QuicTokens(client -> accepting, () -> now);

    private ByteBuf token(QuicTokens by) {
        ByteBuf token = Unpooled.buffer(by.maxTokenLength());
        assertThat(by.writeToken(token, Unpooled.wrappedBuffer(NAME), CLIENT)).isTrue();
        return token;
    }

    @Test
    void takes_its_own_token_back_and_finds_the_first_name_in_it() {
        ByteBuf token = token(tokens);
        int offset = tokens.validateToken(token.slice(), CLIENT);
        byte[] name = new byte[token.readableBytes() - offset];
        token.getBytes(offset, name);
        assertThat(name).isEqualTo(NAME);
    }

    @Test
    void takes_no_token_from_another_address_or_port() {
        InetSocketAddress otherPort = new InetSocketAddress(Addresses.LOOPBACK4, 4001);
        InetSocketAddress otherAddress = new InetSocketAddress(Addresses.LOOPBACK6, 4000);
        assertThat(tokens.validateToken(token(tokens), otherPort)).isEqualTo(-1);
        assertThat(tokens.validateToken(token(tokens), otherAddress)).isEqualTo(-1);
    }

    @Test
    void takes_no_token_that_was_changed_anywhere() {
        int length = token(tokens).readableBytes();
        for (int i = 0; i < length; i++) {
            ByteBuf token = token(tokens);
            token.setByte(i, token.getByte(i) ^ 1);
            assertThat(tokens.validateToken(token, CLIENT)).as("byte %s", i).isEqualTo(-1);
        }
        for (int i = 0; i < length; i++) {
            assertThat(tokens.validateToken(token(tokens).slice(0, i), CLIENT)).isEqualTo(-1);
        }
        assertThat(tokens.validateToken(Unpooled.wrappedBuffer(new byte[200]), CLIENT))
                .isEqualTo(-1);
    }

    @Test
    void takes_no_token_of_another_socket_or_from_the_past_or_the_future() {
        QuicTokens others = new QuicTokens(client -> true, () -> now);
        assertThat(tokens.validateToken(token(others), CLIENT)).isEqualTo(-1);
        ByteBuf token = token(tokens);
        now += QuicTokens.VALID_MILLIS;
        assertThat(tokens.validateToken(token, CLIENT)).isPositive();
        now++;
        assertThat(tokens.validateToken(token, CLIENT)).isEqualTo(-1);
        ByteBuf early = token(tokens);
        now--;
        assertThat(tokens.validateToken(early, CLIENT)).isEqualTo(-1);
    }

    @Test
    void takes_no_token_where_no_connection_may_begin() {
        ByteBuf token = token(tokens);
        accepting = false;
        assertThat(tokens.validateToken(token, CLIENT)).isEqualTo(-1);
    }
}
