package dev.loopgate.diagnose;

import dev.loopgate.model.UpstreamAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Which processes answered for upstreams, when they last did; of so many upstreams as anybody works with. Any thread. */
final class FormerHolders {

    private static final int MOST = 512;

    private final Map<UpstreamAddress, RunningProgram> programs = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UpstreamAddress, RunningProgram> eldest) {
            return size() > MOST;
        }
    };

    synchronized void put(UpstreamAddress upstream, RunningProgram program) {
        programs.put(upstream, program);
    }

    synchronized Optional<RunningProgram> of(UpstreamAddress upstream) {
        return Optional.ofNullable(programs.get(upstream));
    }
}
