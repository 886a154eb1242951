package dev.loopgate.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that logs an error, and a class of tests that leaks a buffer. Leaks are found by the garbage collector, so
 * they can only be told at the end of the class.
 */
public final class LeakCheck implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    private static final Pattern ERROR = Pattern.compile(
            "(?m)^.*(\\bERROR\\b|\\bLEAK\\b|exceptionCaught|Unhandled exception|NullPointerException|IllegalReferenceCount).*$");

    private final List<String> leaks = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private PrintStream original = System.err;

    @Override
    public void beforeAll(ExtensionContext context) {
        ByteBufUtil.setLeakListener((type, records) -> leaks.add(type + "\n" + records));
        original = System.err;
        System.setErr(new PrintStream(new Tee(), true, StandardCharsets.UTF_8));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        synchronized (logged) {
            logged.reset();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        String text;
        synchronized (logged) {
            text = logged.toString(StandardCharsets.UTF_8);
        }
        List<String> errors = new ArrayList<>();
        ERROR.matcher(text).results().forEach(match -> errors.add(match.group()));
        if (!errors.isEmpty()) {
            throw new AssertionError("logged: " + String.join("\n", errors));
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        System.setErr(original);
        for (int round = 0; round < 3; round++) {
            System.gc();
            // The detector tells of buffers that were collected when it begins to track the next ones.
            for (int i = 0; i < 64; i++) {
                ByteBuf probe = UnpooledByteBufAllocator.DEFAULT.directBuffer(16);
                probe.release();
            }
        }
        ByteBufUtil.setLeakListener((type, records) -> {});
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " buffers were never released, such as " + leaks.get(0));
        }
    }

    private final class Tee extends OutputStream {
        @Override
        public void write(int b) {
            original.write(b);
            synchronized (logged) {
                logged.write(b);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            original.write(bytes, offset, length);
            synchronized (logged) {
                logged.write(bytes, offset, length);
            }
        }
    }
}
