package dev.loopgate.lan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.jmdns.JmDNS;
import javax.jmdns.ServiceInfo;

/** A name below {@code local} that others on the network find by multicast DNS (RFC 6762), until it is closed. */
public final class LocalName implements AutoCloseable {

    private static final String HTTP = "_http._tcp.local.";

    private final List<JmDNS> announced = new ArrayList<>();

    private LocalName() {}

    /**
     * Announces it for each of these addresses. Blocks for a second or two: nobody else may have it.
     *
     * @param label the name without {@code .local}: letters, digits and hyphens
     * @param sockets where HTTP is served
     * @throws IOException where the network takes no multicast, or another machine has the name
     */
    public static LocalName announce(String label, Collection<InetSocketAddress> sockets) throws IOException {
        LocalName name = new LocalName();
        Set<InetAddress> done = new HashSet<>();
        try {
            for (InetSocketAddress socket : sockets) {
                if (done.add(socket.getAddress())) {
                    JmDNS mdns = JmDNS.create(socket.getAddress(), label);
                    name.announced.add(mdns);
                    mdns.registerService(ServiceInfo.create(HTTP, label, socket.getPort(), ""));
                    if (!mdns.getHostName().equals(label + ".local.")) {
                        throw new IOException("another machine is " + label + ".local already");
                    }
                }
            }
            return name;
        } catch (IOException | RuntimeException e) {
            name.close();
            throw e;
        }
    }

    /** Takes the name back. */
    @Override
    public void close() {
        for (JmDNS mdns : announced) {
            try {
                mdns.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
