package dev.loopgate.doctor;

import dev.loopgate.net.Addresses;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the first name server that this machine asks says itself, past the hosts file and all caches (RFC 1035 §4). */
record NameServers(SystemFiles files, int port) {

    private static final int LIMIT_MILLIS = 600;
    private static final int HEADER = 12;

    /** What there is of a name. */
    enum Answer {
        /** It has an address. */
        FOUND,
        /** There is no such name. */
        UNKNOWN,
        /** There is the name, and no address with it. */
        EMPTY,
        /** The server does not want to say. */
        REFUSED,
        /** No server, or none that answers. */
        NONE
    }

    NameServers(SystemFiles files) {
        this(files, 53);
    }

    /** Blocks for half a second or so at most. */
    Answer ask(String name) {
        String server = first();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.connect(new InetSocketAddress(Addresses.literal(server), port));
            byte[] question = question(name);
            socket.send(new DatagramPacket(question, question.length));
            DatagramPacket answer = new DatagramPacket(new byte[512], 512);
            socket.receive(answer);
            return answer.getLength() < HEADER ? Answer.NONE : read(answer.getData());
        } catch (IOException | IllegalArgumentException none) {
            return Answer.NONE;
        }
    }

    /** The first of them, as a person writes it; {@code none} where there is none. */
    String first() {
        return files.lines("etc/resolv.conf").stream()
                .map(line -> line.strip().split("\\s+", -1))
                .filter(words -> words.length >= 2 && words[0].equals("nameserver"))
                .map(words -> words[1])
                .findFirst()
                .orElse("none");
    }

    /** The code of the answer and the number of its records are all that counts. */
    private static Answer read(byte[] answer) {
        int records = ((answer[6] & 0xff) << 8) | (answer[7] & 0xff);
        return switch (answer[3] & 0x0f) {
            case 0 -> records > 0 ? Answer.FOUND : Answer.EMPTY;
            case 3 -> Answer.UNKNOWN;
            case 5 -> Answer.REFUSED;
            default -> Answer.NONE;
        };
    }

    /** For the IPv4 addresses of a name, recursion desired. The socket takes answers of the one server only, so any id will do. */
    private static byte[] question(String name) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(new byte[] {0x4c, 0x47, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String label : List.of(name.split("[.]", -1))) {
            byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
            if (bytes.length == 0 || bytes.length > 63) {
                throw new IOException("no name of the DNS: " + name);
            }
            out.write(bytes.length);
            out.write(bytes);
        }
        out.write(new byte[] {0, 0, 1, 0, 1});
        return out.toByteArray();
    }
}
