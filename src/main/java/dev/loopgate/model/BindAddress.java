package dev.loopgate.model;

/**
 * Where a listener binds.
 *
 * @param scope how {@code address} is meant
 * @param address an IP literal without brackets for {@link Scope#ADDRESS}, a path as in {@link UpstreamAddress.UnixSocket}
 *     for {@link Scope#UNIX}, else empty
 * @param port 1 to 65535; 0 for {@link Scope#UNIX}, and for any free port in tests
 */
public record BindAddress(Scope scope, String address, int port) {

    /** Which of the machine's addresses are meant. */
    public enum Scope {
        /** Both loopback families: 127.0.0.1 and [::1]. */
        LOOPBACK,
        /** Every address of the machine but loopback, so that the port can be the one of a localhost-only service. */
        LAN,
        /** The addresses of this machine on the networks of its containers, for these containers only. */
        DOCKER,
        /** The one address that is named; 0.0.0.0 and :: mean every address. */
        ADDRESS,
        /** No port, but a Unix domain socket of this machine. */
        UNIX
    }

    public static BindAddress loopback(int port) {
        return new BindAddress(Scope.LOOPBACK, "", port);
    }

    public static BindAddress lan(int port) {
        return new BindAddress(Scope.LAN, "", port);
    }

    public static BindAddress docker(int port) {
        return new BindAddress(Scope.DOCKER, "", port);
    }

    public static BindAddress of(String address, int port) {
        return new BindAddress(Scope.ADDRESS, address, port);
    }

    /** @param path as in {@link UpstreamAddress.UnixSocket} */
    public static BindAddress unix(String path) {
        return new BindAddress(Scope.UNIX, path, 0);
    }

    /** Whether it names every address of one family: 0.0.0.0 or ::. */
    public boolean wildcard() {
        return scope == Scope.ADDRESS && (address.equals("0.0.0.0") || address.equals("::"));
    }

    /** Whether a machine elsewhere on the network can reach it. */
    public boolean open() {
        return switch (scope) {
            case LOOPBACK, DOCKER, UNIX -> false;
            case LAN -> true;
            case ADDRESS -> !address.startsWith("127.") && !address.equals("::1");
        };
    }

    /** As a person would write it in the file: {@code 62893}, {@code lan:5432}, {@code docker:5432}, {@code 0.0.0.0:80}, {@code [::]:80}, {@code unix:///run/app.sock}. */
    @Override
    public String toString() {
        return switch (scope) {
            case LOOPBACK -> Integer.toString(port);
            case LAN -> "lan:" + port;
            case DOCKER -> "docker:" + port;
            case UNIX -> "unix://" + address;
            case ADDRESS -> (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port;
        };
    }
}
