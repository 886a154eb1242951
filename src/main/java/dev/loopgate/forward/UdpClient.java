package dev.loopgate.forward;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/**
 * Whoever sends datagrams from one address and port.
 *
 * @param socket of the forward, at which they arrive and from which the answers have to come
 */
record UdpClient(Channel socket, InetSocketAddress address) {}
