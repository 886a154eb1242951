package dev.loopgate.config;

import dev.loopgate.config.Item.Scalar;
import dev.loopgate.model.Cidr;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lists of address blocks. */
final class Cidrs {

    private static final String EXPECTED = "an address or a block such as 192.168.1.0/24 or \"fd00::/8\"";

    private final Problems problems;
    private final Scalars scalars;

    Cidrs(Problems problems) {
        this.problems = problems;
        scalars = new Scalars(problems);
    }

    /** A list of blocks, or one. */
    List<Cidr> blocks(Item item) {
        List<Cidr> blocks = new ArrayList<>();
        for (Item one : scalars.oneOrMore(item)) {
            scalars.scalar(one, EXPECTED).flatMap(this::block).ifPresent(blocks::add);
        }
        return List.copyOf(blocks);
    }

    private Optional<Cidr> block(Scalar scalar) {
        String text = scalar.text();
        int slash = text.indexOf('/');
        Optional<InetAddress> address = IpLiteral.parse(slash < 0 ? text : text.substring(0, slash));
        if (address.isEmpty()) {
            String message = "expected " + EXPECTED + ", found " + scalar.shown();
            if (text.equals("localhost")) {
                problems.error(scalar.place(), message, "write 127.0.0.0/8 and \"::1\"");
            } else if (text.startsWith("[")) {
                problems.error(scalar.place(), message, "leave the brackets out");
            } else {
                problems.error(scalar.place(), message);
            }
            return Optional.empty();
        }
        InetAddress found = address.get();
        int longest = found.getAddress().length * 8;
        String bits = slash < 0 ? Integer.toString(longest) : text.substring(slash + 1);
        if (!bits.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(bits) > longest) {
            problems.error(
                    scalar.place(),
                    scalar.shown() + " has no prefix length from 0 to " + longest + " behind its slash");
            return Optional.empty();
        }
        Cidr block = Cidr.of(found, Integer.parseInt(bits));
        if (!block.equals(new Cidr(Cidr.of(found, longest).network(), block.bits()))) {
            problems.error(
                    scalar.place(),
                    scalar.shown() + " names an address within a block",
                    "write " + block + " for the block, or " + IpLiteral.text(found) + " for the one address");
            return Optional.empty();
        }
        return Optional.of(block);
    }
}
