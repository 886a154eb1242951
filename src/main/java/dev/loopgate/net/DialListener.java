package dev.loopgate.net;

import io.netty.channel.Channel;

/** Hears how a dial ended: one of the two, once, on the dial's event loop; neither after {@link Dial#cancel()}. */
public interface DialListener {

    /**
     * Connected. Nothing has been read: handlers that are added now miss nothing and are told
     * {@code channelActive}; reading begins once this returns, unless auto-read is switched off.
     */
    void connected(Channel channel);

    /** No address could be reached. May be called before {@link Transport#dial} returns. */
    void failed(DialFailure failure);
}
