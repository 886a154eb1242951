package dev.loopgate.devserver;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The terminal that this process was started on, which a dev server may leave in a state that nobody can type in. */
public final class ControllingTerminal {

    private static final long PATIENCE_SECONDS = 2;

    private static final int GROUP = 2;
    private static final int FOREGROUND = 5;

    private ControllingTerminal() {}

    /** Sets it as it was when the guard was started, unless it now belongs to somebody else. */
    public static void restore(Guard guard) {
        if (guard.terminal().isEmpty() || !inForeground()) {
            return;
        }
        try {
            Process stty = new ProcessBuilder("stty", guard.terminal())
                    .redirectInput(new File("/dev/tty"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!stty.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                stty.destroyForcibly();
            }
        } catch (IOException gone) {
            // With the terminal gone there is nothing to restore.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** By proc(5); where that is not to be had, a process that nobody has put into the background is taken to be in front. */
    private static boolean inForeground() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return fields[GROUP].equals(fields[FOREGROUND]);
        } catch (IOException notLinux) {
            return true;
        }
    }
}
