package dev.loopgate.explain;

import dev.loopgate.diagnose.NameOrigin;
import dev.loopgate.http.RequestPreview;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of a request: the steps of its way, as far as it comes.
 *
 * @param method of the request
 * @param url of the request, with the port it goes to
 * @param file the configuration; empty where the gateway runs without one
 * @param access how allow and deny decide; empty where they do not
 * @param answer that the gateway gives itself
 * @param request the head that goes to the upstream that is picked
 * @param notes what a person should know though it does not make the request fail
 * @param problems why the request fails
 * @param answered whether it is
 */
public record Explanation(
        String method,
        String url,
        Optional<Path> file,
        NameOrigin name,
        ListenerStep listener,
        Optional<HostStep> host,
        Optional<RouteStep> route,
        Optional<String> access,
        Optional<OwnAnswer> answer,
        Optional<RequestPreview> request,
        List<UpstreamStep> upstreams,
        List<String> notes,
        List<String> problems,
        boolean answered) {

    public Explanation {
        upstreams = List.copyOf(upstreams);
        notes = List.copyOf(notes);
        problems = List.copyOf(problems);
    }

    /** Of the listener that takes the request. */
    public enum ListenerState {
        /** A running gateway with this file listens there. */
        LISTENING,
        /** A running gateway with this file does not listen there. */
        ELSEWHERE,
        /** No gateway runs this file. */
        NOT_RUNNING,
        /** No gateway runs this file, and somebody else has the port. */
        TAKEN,
        /** The file has no such listener. */
        NOT_CONFIGURED
    }

    /**
     * Where the request arrives.
     *
     * @param addresses as the file or the running gateway has them
     * @param text one clause
     * @param pid of the running gateway; 0 where there is none
     */
    public record ListenerStep(List<String> addresses, ListenerState state, String text, long pid) {
        public ListenerStep {
            addresses = List.copyOf(addresses);
        }
    }

    /** Something that was not taken, though it may look as if it should, and why. */
    public record NearMiss(String name, String why) {}

    /**
     * Where a host stands.
     *
     * @param text {@code FILE:LINE:COLUMN}, or the name of a project that no file holds
     * @param attachedBy the process that has attached its project; 0 where it is the gateway's own
     */
    public record HostPlace(String text, long attachedBy) {}

    /**
     * @param pattern that was taken
     * @param place empty where it is not known, or no host was taken
     */
    public record HostStep(String pattern, String why, Optional<HostPlace> place, List<NearMiss> others) {
        public HostStep {
            others = List.copyOf(others);
        }
    }

    /** @param prefix that was taken */
    public record RouteStep(String prefix, String why, List<NearMiss> others) {
        public RouteStep {
            others = List.copyOf(others);
        }
    }

    /** @param good whether it is what somebody hopes for */
    public record OwnAnswer(String name, String text, boolean good) {}

    /**
     * One upstream of the route.
     *
     * @param picked whether the request goes to this one
     * @param why it is, or is not
     * @param up whether it takes connections; empty where nobody asked
     * @param attempts one sentence for each address
     * @param speaks what came of asking, in one clause; empty where nobody asked
     * @param findings what this machine has to say to it, one sentence each
     * @param fix the one thing to do about it
     * @param head what it would be sent
     */
    public record UpstreamStep(
            String url,
            boolean picked,
            String why,
            Optional<Boolean> up,
            List<String> attempts,
            Optional<String> speaks,
            List<String> findings,
            Optional<String> fix,
            List<String> head) {
        public UpstreamStep {
            attempts = List.copyOf(attempts);
            findings = List.copyOf(findings);
            head = List.copyOf(head);
        }
    }

    /**
     * A gateway that runs the file.
     *
     * @param listeners the addresses it listens on, such as {@code 127.0.0.1:62893}
     */
    public record Running(long pid, List<String> listeners) {
        public Running {
            listeners = List.copyOf(listeners);
        }
    }
}
