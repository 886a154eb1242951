package dev.loopgate.machine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The service of a user's own systemd. */
public final class SystemdUnit {

    private static final String NAME = "loopgate.service";

    private SystemdUnit() {}

    /** @param configHome {@code $XDG_CONFIG_HOME}, or what stands for it; absolute */
    public static LoginService of(LoginService.Job job, Path configHome) {
        return new LoginService(
                "systemd",
                configHome.resolve("systemd/user").resolve(NAME),
                text(job),
                StandardCharsets.UTF_8,
                systemctl("show-environment"),
                List.of(systemctl("daemon-reload"), systemctl("enable", NAME), systemctl("restart", NAME)),
                true,
                List.of(systemctl("disable", "--now", NAME)),
                List.of(systemctl("daemon-reload")),
                systemctl("is-enabled", NAME),
                systemctl("is-active", NAME));
    }

    private static List<String> systemctl(String... words) {
        return Stream.concat(Stream.of("systemctl", "--user", "--quiet"), Stream.of(words))
                .toList();
    }

    private static String text(LoginService.Job job) {
        String java = job.javaHome().isEmpty() ? "" : "Environment=" + quoted("JAVA_HOME=" + job.javaHome()) + "\n";
        // By way of a shell: systemd starts no program with a quote or a backslash in its path.
        // A wrong command line, an invalid file and a port that is taken stay so: another start would fail as well.
        return """
                # %s
                [Unit]
                Description=Loopgate, a local gateway
                StartLimitIntervalSec=60
                StartLimitBurst=5

                [Service]
                Type=exec
                ExecStart=/bin/sh -c 'exec "$$@"' loopgate %s
                ExecReload=/bin/kill -HUP $MAINPID
                WorkingDirectory=%s
                %sRestart=on-failure
                RestartSec=2
                RestartPreventExitStatus=2 3 4
                KillMode=mixed
                TimeoutStopSec=20

                [Install]
                WantedBy=default.target
                """.formatted(
                        LoginService.mark(Xml.escaped(job.config().toString())),
                        job.words().stream()
                                .map(word -> quoted(word).replace("$", "$$"))
                                .collect(Collectors.joining(" ")),
                        job.folder().toString().replace("%", "%%"),
                        java);
    }

    /** As systemd.syntax(7) reads it, with no specifier (systemd.unit(5)) in it. */
    private static String quoted(String word) {
        String plain = word.replace("%", "%%");
        return plain.matches("[A-Za-z0-9_@%+=:,./-]+")
                ? plain
                : '"' + plain.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
