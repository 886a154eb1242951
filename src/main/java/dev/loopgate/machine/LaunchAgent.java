package dev.loopgate.machine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The service of macOS's launchd for one user. */
public final class LaunchAgent {

    private static final String LABEL = "dev.loopgate";

    /**
     * launchd restarts after every status but 0, and nothing is better after a restart where the command line, the file or
     * the port is the trouble. What it sends goes on to the gateway, which has 20 s to end.
     */
    private static final String KEEPER =
            "\"$@\" & child=$!; trap 'kill -TERM \"$child\"' TERM; wait \"$child\"; status=$?; "
                    + "if kill -0 \"$child\" 2>/dev/null; then wait \"$child\"; status=$?; fi; "
                    + "case $status in 2|3|4) exit 0;; *) exit \"$status\";; esac";

    private LaunchAgent() {}

    /**
     * @param home the user's
     * @param user the number of the user
     */
    public static LoginService of(LoginService.Job job, Path home, String user) {
        Path file = home.resolve("Library/LaunchAgents").resolve(LABEL + ".plist");
        String domain = "gui/" + user;
        String service = domain + "/" + LABEL;
        return new LoginService(
                "launchd",
                file,
                text(job, home),
                StandardCharsets.UTF_8,
                List.of("launchctl", "print", domain),
                List.of(List.of("launchctl", "bootstrap", domain, file.toString())),
                false,
                List.of(List.of("launchctl", "bootout", service)),
                List.of(),
                List.of("launchctl", "print", service),
                List.of("sh", "-c", "launchctl print " + service + " | grep -q 'state = running'"));
    }

    private static String text(LoginService.Job job, Path home) {
        List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", KEEPER, "loopgate"));
        words.addAll(job.words());
        String log = home.resolve("Library/Logs/loopgate.log").toString();
        String java = job.javaHome().isEmpty()
                ? ""
                : "  <key>EnvironmentVariables</key>\n  <dict><key>JAVA_HOME</key>" + string(job.javaHome())
                        + "</dict>\n";
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
                <!-- %s -->
                <plist version="1.0">
                <dict>
                  <key>Label</key>
                  %s
                  <key>ProgramArguments</key>
                  <array>
                %s
                  </array>
                  <key>WorkingDirectory</key>
                  %s
                %s  <key>RunAtLoad</key>
                  <true/>
                  <key>KeepAlive</key>
                  <dict><key>SuccessfulExit</key><false/></dict>
                  <key>ExitTimeOut</key>
                  <integer>20</integer>
                  <key>StandardOutPath</key>
                  %s
                  <key>StandardErrorPath</key>
                  %s
                </dict>
                </plist>
                """.formatted(
                        LoginService.mark(Xml.escaped(job.config().toString())),
                        string(LABEL),
                        words.stream().map(word -> "    " + string(word)).collect(Collectors.joining("\n")),
                        string(job.folder().toString()),
                        java,
                        string(log),
                        string(log));
    }

    private static String string(String text) {
        return "<string>" + Xml.escaped(text) + "</string>";
    }
}
