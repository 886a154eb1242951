package dev.loopgate.machine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The task of Windows' scheduler that starts with the login of one user. */
public final class WindowsTask {

    private static final String NAME = "Loopgate";

    private WindowsTask() {}

    /**
     * @param data {@code %LOCALAPPDATA%}, where the file stays to be compared with
     * @param user with its domain, if any
     */
    public static LoginService of(LoginService.Job job, Path data, String user) {
        Path file = data.resolve("loopgate").resolve("service.xml");
        return new LoginService(
                "the task scheduler",
                file,
                text(job, user),
                // What schtasks writes itself, and reads without doubt.
                StandardCharsets.UTF_16,
                List.of("schtasks", "/Query"),
                List.of(
                        List.of("schtasks", "/Create", "/F", "/TN", NAME, "/XML", file.toString()),
                        List.of("schtasks", "/Run", "/TN", NAME)),
                false,
                List.of(List.of("schtasks", "/End", "/TN", NAME), List.of("schtasks", "/Delete", "/F", "/TN", NAME)),
                List.of(),
                List.of("schtasks", "/Query", "/TN", NAME),
                List.of("cmd", "/c", "schtasks /Query /FO CSV /V /TN " + NAME + " | find \"Running\""));
    }

    private static String text(LoginService.Job job, String user) {
        List<String> words = job.words();
        return """
                <?xml version="1.0" encoding="UTF-16"?>
                <Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
                  <RegistrationInfo>
                    <Description>%s</Description>
                  </RegistrationInfo>
                  <Triggers>
                    <LogonTrigger><Enabled>true</Enabled><UserId>%s</UserId></LogonTrigger>
                  </Triggers>
                  <Principals>
                    <Principal id="Author">
                      <UserId>%s</UserId>
                      <LogonType>InteractiveToken</LogonType>
                      <RunLevel>LeastPrivilege</RunLevel>
                    </Principal>
                  </Principals>
                  <Settings>
                    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
                    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
                    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
                    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
                    <RestartOnFailure><Interval>PT1M</Interval><Count>3</Count></RestartOnFailure>
                  </Settings>
                  <Actions Context="Author">
                    <Exec>
                      <Command>%s</Command>
                      <Arguments>%s</Arguments>
                      <WorkingDirectory>%s</WorkingDirectory>
                    </Exec>
                  </Actions>
                </Task>
                """.formatted(
                LoginService.mark(Xml.escaped(job.config().toString())),
                Xml.escaped(user),
                Xml.escaped(user),
                Xml.escaped(words.get(0)),
                Xml.escaped(words.stream().skip(1).map(WindowsTask::quoted).collect(Collectors.joining(" "))),
                Xml.escaped(job.folder().toString()));
    }

    /** A file name of Windows has no quotation marks. */
    private static String quoted(String word) {
        return word.contains(" ") ? '"' + word + '"' : word;
    }
}
