package dev.loopgate.net;

import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.FileNotFoundException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a failed system call said, whichever of netty's and the JDK's exceptions carries it. */
enum SystemError {
    REFUSED("connection refused"),
    TIMED_OUT("no answer"),
    UNREACHABLE("no route to it"),
    NO_SUCH_FILE("no such socket"),
    FORBIDDEN("permission denied"),
    IN_USE("the address is in use"),
    NO_SUCH_ADDRESS("no interface of this machine has the address"),
    OUT_OF_DESCRIPTORS("too many open files"),
    BUSY("its queue of connections is full"),
    RESET("connection reset"),
    OTHER("");

    private static final boolean LINUX =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
    private static final Pattern NUMBER = Pattern.compile("failed with error\\((-?\\d+)\\)");

    private final String words;

    SystemError(String words) {
        this.words = words;
    }

    /** For a person: a few words, without the address. */
    String words(Throwable cause) {
        if (this != OTHER) {
            return words;
        }
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }

    static SystemError of(Throwable cause) {
        if (cause instanceof ConnectTimeoutException) {
            return TIMED_OUT;
        }
        int number = number(cause);
        if (number != 0) {
            return ofNumber(number);
        }
        if (cause instanceof NoRouteToHostException) {
            return UNREACHABLE;
        }
        if (cause instanceof FileNotFoundException || cause instanceof NoSuchFileException) {
            return NO_SUCH_FILE;
        }
        return ofMessage(cause);
    }

    private static int number(Throwable cause) {
        if (cause instanceof NativeIoException io) {
            return -io.expectedErr();
        }
        String message = cause.getMessage();
        if (message == null) {
            return 0;
        }
        Matcher matcher = NUMBER.matcher(message);
        return matcher.find() ? Math.abs(Integer.parseInt(matcher.group(1))) : 0;
    }

    private static SystemError ofNumber(int number) {
        return switch (number) {
            case 1, 13 -> FORBIDDEN;
            case 2 -> NO_SUCH_FILE;
            case 23, 24 -> OUT_OF_DESCRIPTORS;
            default -> LINUX ? ofLinux(number) : ofBsd(number);
        };
    }

    private static SystemError ofLinux(int number) {
        return switch (number) {
            case 11 -> BUSY;
            case 32, 104 -> RESET;
            case 97, 99 -> NO_SUCH_ADDRESS;
            case 98 -> IN_USE;
            case 101, 113 -> UNREACHABLE;
            case 110 -> TIMED_OUT;
            case 111 -> REFUSED;
            default -> OTHER;
        };
    }

    private static SystemError ofBsd(int number) {
        return switch (number) {
            case 32, 54 -> RESET;
            case 35 -> BUSY;
            case 47, 49 -> NO_SUCH_ADDRESS;
            case 48 -> IN_USE;
            case 51, 65 -> UNREACHABLE;
            case 60 -> TIMED_OUT;
            case 61 -> REFUSED;
            default -> OTHER;
        };
    }

    /** The JDK's own exceptions have no number; netty appends the address to their text. */
    private static SystemError ofMessage(Throwable cause) {
        @Nullable String message = cause.getMessage();
        String text = message == null ? "" : message.toLowerCase(Locale.ROOT);
        if (text.contains("address already in use")) {
            return IN_USE;
        }
        if (text.contains("permission denied")) {
            return FORBIDDEN;
        }
        if (text.contains("too many open files")) {
            return OUT_OF_DESCRIPTORS;
        }
        if (text.contains("no such file")) {
            return NO_SUCH_FILE;
        }
        if (text.contains("unreachable")) {
            return UNREACHABLE;
        }
        if (text.contains("assign requested address") || text.contains("protocol family")) {
            return NO_SUCH_ADDRESS;
        }
        if (text.contains("reset") || text.contains("broken pipe")) {
            return RESET;
        }
        if (cause instanceof BindException) {
            return IN_USE;
        }
        return cause instanceof ConnectException || (cause instanceof SocketException && text.contains("refused"))
                ? REFUSED
                : OTHER;
    }
}
