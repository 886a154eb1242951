package dev.loopgate.doctor;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Whether {@code localhost} is what its user takes it for: containers and virtual machines have one of their own. */
record SurroundingsCheck(SystemFiles files, UnaryOperator<@Nullable String> environment) implements Check {

    @Override
    public String name() {
        return "machine";
    }

    @Override
    public List<Finding> look() {
        if (files.text("proc/version").toLowerCase(java.util.Locale.ROOT).contains("microsoft")) {
            return List.of(Finding.info(
                            name(),
                            "this is WSL: its localhost is not that of Windows, unless networkingMode is mirrored;"
                                    + " Windows is the gateway of its default route")
                    .fix("ip route show default"));
        }
        String container = environment.apply("container");
        boolean docker = files.has(".dockerenv");
        if (docker
                || files.has("run/.containerenv")
                || files.has("run/systemd/container")
                || (container != null && !container.isEmpty())
                || files.text("proc/1/cgroup").matches("(?s).*/(docker|kubepods|lxc|libpod)\\b.*")) {
            return List.of(Finding.info(
                    name(),
                    "this is a container: its localhost is not that of the host, which it reaches as "
                            + (docker ? "host.docker.internal" : "host.containers.internal or its default route")
                            + "; what is to be reached from outside has to listen on 0.0.0.0 and be published"));
        }
        return List.of();
    }
}
