package dev.loopgate.config;

import dev.loopgate.model.Configuration;
import dev.loopgate.model.HostPattern;
import dev.loopgate.model.Route;
import dev.loopgate.model.Target;
import dev.loopgate.model.VirtualHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Adds hosts to a configuration's files and takes them out, leaving the rest of the text as it is. What it writes has been
 * read before and differs by that host only. Blocks; safe for use by several threads and processes at once.
 */
public final class HostEditor {

    /** Somebody else may move the host to another file meanwhile. */
    private static final int ATTEMPTS = 20;

    private final ConfigurationReader reader;
    private final Path file;

    /** What came of an edit. */
    public sealed interface Outcome {

        /**
         * It is written.
         *
         * @param file that was changed: the main one, or one that it includes
         * @param host as a request names it
         * @param created whether there was no file before
         * @param replaced whether the host had another target before
         */
        record Written(Path file, HostPattern host, boolean created, boolean replaced) implements Outcome {}

        /** The host is there already, with that target. */
        record Exists(Place place, HostPattern host, boolean same) implements Outcome {}

        /** There is no such host; {@code hosts} are those there are. */
        record Unknown(HostPattern host, List<HostPattern> hosts) implements Outcome {
            public Unknown {
                hosts = List.copyOf(hosts);
            }
        }

        /** The name or the target is none; one sentence each. */
        record Unusable(List<String> problems) implements Outcome {
            public Unusable {
                problems = List.copyOf(problems);
            }
        }

        /** The file has problems as it is. */
        record Invalid(List<Problem> problems) implements Outcome {
            public Invalid {
                problems = List.copyOf(problems);
            }
        }

        /** It has to be done by hand, for that reason. */
        record ByHand(Path file, String reason) implements Outcome {}
    }

    /** @param file the main file, absolute; it need not exist for a host to be added */
    public HostEditor(ConfigurationReader reader, Path file) {
        this.reader = reader;
        this.file = file;
    }

    /**
     * @param name as a key of {@code hosts}
     * @param replace whether a host that is there already gets this target
     */
    public Outcome add(String name, HostTarget target, boolean replace) throws IOException {
        String alone = "{\"hosts\": {" + HostTarget.scalar(name, true) + ": " + target.text(true) + "}}";
        if (!(read(file, alone) instanceof ReadResult.Valid wanted)) {
            return new Outcome.Unusable(problems(read(file, alone)));
        }
        VirtualHost host = wanted.configuration().hosts().get(0);
        return edit(host.pattern(), (before, place) -> {
            if (place.isEmpty()) {
                return Step.edit(file, (edit, at) -> edit.add(name, target), Optional.of(host));
            }
            boolean same = before.configuration().hosts().stream().anyMatch(other -> likewise(other, host));
            return same || !replace
                    ? Step.end(new Outcome.Exists(place.get(), host.pattern(), same))
                    : Step.edit(
                            place.get().file(),
                            (edit, at) -> edit.replace(at.orElseThrow(), target),
                            Optional.of(host));
        });
    }

    /** @param name as a key of {@code hosts} */
    public Outcome remove(String name) throws IOException {
        String alone = "{\"hosts\": {" + HostTarget.scalar(name, true) + ": 1}}";
        if (!(read(file, alone) instanceof ReadResult.Valid wanted)) {
            return new Outcome.Unusable(problems(read(file, alone)));
        }
        HostPattern host = wanted.configuration().hosts().get(0).pattern();
        return edit(
                host,
                (before, place) -> place.isEmpty()
                        ? Step.end(new Outcome.Unknown(
                                host,
                                before.configuration().hosts().stream()
                                        .map(VirtualHost::pattern)
                                        .toList()))
                        : Step.edit(place.get().file(), (edit, at) -> edit.remove(at.orElseThrow()), Optional.empty()));
    }

    /** What is to be done, once it is known where the host stands. */
    private interface Plan {
        Step of(ReadResult.Valid before, Optional<Place> place);
    }

    private interface TextChange {
        String of(HostEdit edit, Optional<Place> place);
    }

    /**
     * @param outcome where there is nothing to write
     * @param host that is to be there afterwards
     */
    private record Step(Optional<Outcome> outcome, Path file, TextChange change, Optional<VirtualHost> host) {

        static Step end(Outcome outcome) {
            return new Step(Optional.of(outcome), Path.of(""), (edit, at) -> "", Optional.empty());
        }

        static Step edit(Path file, TextChange change, Optional<VirtualHost> host) {
            return new Step(Optional.empty(), file, change, host);
        }
    }

    private Outcome edit(HostPattern host, Plan plan) throws IOException {
        Path target = file;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Attempt one = new Attempt(host, plan, target);
            LockedFile.change(target, one);
            if (one.outcome.isPresent()) {
                return one.outcome.get();
            }
            target = one.elsewhere;
        }
        return new Outcome.ByHand(target, "others keep changing it");
    }

    /** One look at the files with one of them locked. */
    private final class Attempt implements LockedFile.Change {

        private final HostPattern host;
        private final Plan plan;
        private final Path locked;
        private Optional<Outcome> outcome = Optional.empty();
        /** Where it has to be done instead. */
        private Path elsewhere;

        Attempt(HostPattern host, Plan plan, Path locked) {
            this.host = host;
            this.plan = plan;
            this.locked = locked;
            this.elsewhere = locked;
        }

        @Override
        public Optional<byte[]> of(Optional<byte[]> content) {
            // What was found out before counts for nothing where somebody else was quicker.
            outcome = Optional.empty();
            elsewhere = locked;
            byte[] raw = content.orElse(new byte[0]);
            String text = new String(raw, StandardCharsets.UTF_8);
            if (!Arrays.equals(raw, text.getBytes(StandardCharsets.UTF_8))) {
                return end(new Outcome.ByHand(locked, "it is not in UTF-8"));
            }
            boolean nothing = locked.equals(file) && saysNothing(text);
            ReadResult result = nothing
                    ? new ReadResult.Valid(Configuration.EMPTY, List.of(), new ReadSources(List.of(), List.of()))
                    : read(locked, text);
            if (result instanceof ReadResult.Invalid invalid) {
                return end(new Outcome.Invalid(invalid.problems()));
            }
            ReadResult.Valid before = (ReadResult.Valid) result;
            Optional<Place> place = before.places().of(host, before.configuration());
            Step step = plan.of(before, place);
            if (step.outcome().isPresent()) {
                return end(step.outcome().get());
            }
            if (!step.file().equals(locked)) {
                elsewhere = step.file();
                return Optional.empty();
            }
            try {
                String edited =
                        step.change().of(HostEdit.of(text, locked.toString().endsWith(".json")), place);
                return check(before, edited, step)
                        ? written(
                                edited,
                                content.isEmpty(),
                                place.isPresent() && step.host().isPresent())
                        : end(new Outcome.ByHand(locked, "its layout is not understood"));
            } catch (IllegalArgumentException e) {
                return end(new Outcome.ByHand(locked, String.valueOf(e.getMessage())));
            }
        }

        private Optional<byte[]> written(String text, boolean created, boolean replaced) {
            outcome = Optional.of(new Outcome.Written(locked, host, created, replaced));
            return Optional.of(text.getBytes(StandardCharsets.UTF_8));
        }

        private Optional<byte[]> end(Outcome what) {
            outcome = Optional.of(what);
            return Optional.empty();
        }

        /** Whether the text means what it meant before, but for that host. */
        private boolean check(ReadResult.Valid before, String edited, Step step) {
            if (!(read(locked, edited) instanceof ReadResult.Valid after)) {
                return false;
            }
            boolean there = after.configuration().hosts().stream()
                    .anyMatch(other -> step.host()
                            .map(wanted -> likewise(other, wanted))
                            .orElse(other.pattern().equals(host)));
            return there == step.host().isPresent()
                    && without(before.configuration()).equals(without(after.configuration()));
        }

        private Configuration without(Configuration configuration) {
            List<VirtualHost> others = new ArrayList<>(configuration.hosts());
            others.removeIf(other -> other.pattern().equals(host));
            return configuration.with(others, configuration.forwards());
        }
    }

    /** Options may come from elsewhere in the file. */
    private static boolean likewise(VirtualHost one, VirtualHost other) {
        return one.pattern().equals(other.pattern()) && targets(one).equals(targets(other));
    }

    private static List<Target> targets(VirtualHost host) {
        return host.routes().stream().map(Route::target).toList();
    }

    private static boolean saysNothing(String text) {
        try {
            return HostEdit.of(text, false).empty();
        } catch (IllegalArgumentException broken) {
            return false;
        }
    }

    private static List<String> problems(ReadResult result) {
        return result instanceof ReadResult.Invalid invalid
                ? invalid.problems().stream()
                        .map(problem -> problem.message()
                                + problem.hint().map(hint -> " (" + hint + ")").orElse(""))
                        .toList()
                : List.of();
    }

    /** With that text in the place of the file's. */
    private ReadResult read(Path changed, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        SourceTexts disk = new DiskTexts();
        return reader.read(file, new SourceTexts() {
            @Override
            public byte[] content(Path path) throws IOException {
                return path.equals(changed) || (Files.exists(path) && Files.isSameFile(path, changed))
                        ? bytes
                        : disk.content(path);
            }

            @Override
            public List<Path> glob(Path base, String pattern) throws IOException {
                return disk.glob(base, pattern);
            }
        });
    }
}
