package dev.loopgate.gateway;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Events of the file system, as a hint that it is worth looking now. Where the system has none left to give (inotify is
 * limited per user), it says so once, and the scan remains. Safe for use by any thread; {@link #watch} blocks.
 */
final class FileEvents implements AutoCloseable {

    /** Opens the system's event service. */
    interface Opener {
        WatchService open() throws IOException;
    }

    /** What the events of a moment have in common. */
    enum Sign {
        /** Names were given to something new and nothing was taken away or written to, as where a file is renamed. */
        PLACED,
        /** Anything else: more may be about to follow. */
        TOUCHED
    }

    /** Something else is written in the folder, such as a log: until then its events are only counted, not told. */
    private static final long NOISE_MILLIS = 20;

    /** So many such events are passed over at once: a temporary file that is renamed in the end makes a few. */
    private static final int SOME_NOISE = 8;

    private static final long NOISE_FORGOTTEN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Opener opener;
    private final Duration scan;
    private final Consumer<String> notice;
    private final Map<Path, Place> places = new HashMap<>();
    private @Nullable WatchService service;
    private Consumer<Sign> changed = sign -> {};
    private boolean refused;
    private boolean closed;

    /**
     * @param scan how often somebody looks anyway, for the notice
     * @param notice told once, in one sentence, where events are not to be had
     */
    FileEvents(Opener opener, Duration scan, Consumer<String> notice) {
        this.opener = opener;
        this.scan = scan;
        this.notice = notice;
    }

    /**
     * From now on these folders, and no others. Folders that are gone meanwhile are left to the scan.
     *
     * @return whether there are new ones among them, in which something may have happened before
     */
    synchronized boolean watch(Map<Path, Set<String>> wanted) {
        if (closed || refused) {
            return false;
        }
        places.entrySet().removeIf(entry -> {
            boolean unwanted = !wanted.containsKey(entry.getKey());
            if (unwanted) {
                entry.getValue().key.cancel();
            }
            return unwanted;
        });
        boolean fresh = false;
        try {
            WatchService events = service();
            for (Map.Entry<Path, Set<String>> entry : wanted.entrySet()) {
                fresh |= add(events, entry.getKey(), Set.copyOf(entry.getValue()));
            }
        } catch (IOException exhausted) {
            refused = true;
            close(service);
            service = null;
            places.clear();
            notice.accept("file-system events are not available (" + exhausted.getMessage()
                    + "): changes to the configuration are noticed by looking every "
                    + scan.toMillis() + " ms");
        }
        return fresh;
    }

    /** @param action called on a thread of its own when something that matters happened; must return at once */
    synchronized void onChange(Consumer<Sign> action) {
        changed = action;
    }

    /** Under the lock of {@link #close}: once that returns, nobody is told any more. */
    private synchronized void changed(Sign sign) {
        if (!closed) {
            changed.accept(sign);
        }
    }

    private WatchService service() throws IOException {
        if (service == null) {
            WatchService opened = opener.open();
            service = opened;
            Thread thread = new Thread(() -> listen(opened), "loopgate-file-events");
            thread.setDaemon(true);
            thread.start();
        }
        return service;
    }

    private boolean add(WatchService events, Path folder, Set<String> names) throws IOException {
        try {
            // Registering anew costs one call and yields the same key, unless another folder has taken the name.
            WatchKey key = folder.register(events, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE);
            Place known = places.put(folder, new Place(key, names));
            if (known != null && !known.key.equals(key)) {
                known.key.cancel();
            }
            return known == null || !known.key.equals(key);
        } catch (NoSuchFileException | NotDirectoryException gone) {
            places.remove(folder);
            return false;
        }
    }

    private void listen(WatchService events) {
        int noise = 0;
        long lastNoise = System.nanoTime();
        try {
            while (true) {
                WatchKey key = events.take();
                Sign sign = null;
                for (WatchEvent<?> event : key.pollEvents()) {
                    if (matters(key, event)) {
                        sign = event.kind() == ENTRY_CREATE && sign != Sign.TOUCHED ? Sign.PLACED : Sign.TOUCHED;
                    }
                }
                if (sign == null) {
                    long now = System.nanoTime();
                    noise = now - lastNoise > NOISE_FORGOTTEN_NANOS ? 1 : noise + 1;
                    lastNoise = now;
                    if (noise > SOME_NOISE) {
                        // A poll with a time limit would return at the very next line of a log.
                        Thread.sleep(NOISE_MILLIS);
                    }
                }
                if (!key.reset()) {
                    forget(key);
                    sign = Sign.TOUCHED;
                }
                if (sign != null) {
                    noise = 0;
                    changed(sign);
                }
            }
        } catch (ClosedWatchServiceException | InterruptedException end) {
            // The watch is over.
            return;
        }
    }

    private synchronized boolean matters(WatchKey key, WatchEvent<?> event) {
        if (event.kind() == OVERFLOW) {
            return true;
        }
        for (Place place : places.values()) {
            if (place.key.equals(key)) {
                return place.names.contains(WatchPlaces.ANY_NAME)
                        || place.names.contains(String.valueOf(event.context()));
            }
        }
        return false;
    }

    private synchronized void forget(WatchKey key) {
        places.values().removeIf(place -> place.key.equals(key));
    }

    @Override
    public synchronized void close() {
        closed = true;
        places.clear();
        close(service);
        service = null;
    }

    private static void close(@Nullable WatchService service) {
        try {
            if (service != null) {
                service.close();
            }
        } catch (IOException nothingLeftToFree) {
            return;
        }
    }

    private record Place(WatchKey key, Set<String> names) {}
}
