package dev.loopgate.testkit;

import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Another process that listens on a port: this very JVM's program, started once more. */
public final class PortHog implements AutoCloseable {

    private final RunningProcess process;
    private final int port;

    private PortHog(RunningProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * @param address an IP literal
     * @param port 0 for any
     * @param shared whether it offers to share the port (SO_REUSEPORT)
     * @param more arguments that only show in its command line
     */
    public static PortHog start(String address, int port, boolean shared, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx16m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                PortHog.class.getName(),
                address,
                Integer.toString(port),
                Boolean.toString(shared)));
        command.addAll(List.of(more));
        RunningProcess process = RunningProcess.start(Path.of("."), Map.of("CLASSPATH", ""), command);
        Eventually.until("the port is held", () -> process.stdout().endsWith("\n") || !process.alive());
        if (!process.alive()) {
            throw new AssertionError("the process that was to hold the port has ended: " + process.stderr());
        }
        return new PortHog(process, Integer.parseInt(process.stdout().strip()));
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    /** Sends a signal by its name, such as STOP. */
    public void signal(String name) {
        process.signal(name);
    }

    @Override
    public void close() {
        process.close();
    }

    /** The child: listens, says on which port, and stays. */
    public static void main(String[] arguments) throws Exception {
        ServerSocketChannel channel = ServerSocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        if (Boolean.parseBoolean(arguments[2])) {
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
        channel.bind(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])));
        System.out.println(((InetSocketAddress) channel.getLocalAddress()).getPort());
        System.out.flush();
        while (true) {
            channel.accept();
        }
    }
}
