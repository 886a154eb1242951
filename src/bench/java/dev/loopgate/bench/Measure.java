package dev.loopgate.bench;

/**
 * Something that is measured.
 *
 * @param unit of its values
 * @param lowerIsBetter otherwise more is
 * @param charted whether it is what its case is about
 */
record Measure(String name, String unit, boolean lowerIsBetter, boolean charted) {

    static final Measure CPU_PER_REQUEST = new Measure("CPU per request", "µs", true, true);
    static final Measure CPU_PER_MESSAGE = new Measure("CPU per message and echo", "µs", true, true);
    static final Measure CPU_PER_DATAGRAM = new Measure("CPU per datagram and echo", "µs", true, true);
    static final Measure CPU_PER_CONNECTION = new Measure("CPU per connection", "µs", true, true);
    static final Measure CPU_PER_GIGABYTE = new Measure("CPU per gigabyte", "s", true, true);
    static final Measure RATE = new Measure("per second", "", false, false);
    static final Measure GIGABYTES = new Measure("GB per second", "", false, false);
    static final Measure P50 = new Measure("p50", "ms", true, false);
    static final Measure P99 = new Measure("p99", "ms", true, false);
    static final Measure RSS = new Measure("memory", "MiB", true, false);
    static final Measure ERRORS = new Measure("failed", "", true, false);
    static final Measure LOST = new Measure("lost", "", true, false);
    static final Measure START = new Measure("first answer after", "ms", true, true);
    static final Measure PER_IDLE = new Measure("memory per idle connection", "KiB", true, false);
    static final Measure IDLE_CPU = new Measure("CPU while idle, per second", "ms", true, false);
    static final Measure CLOSED = new Measure("connections closed", "", true, false);
    static final Measure NEW_ROUTE = new Measure("new route in force after", "ms", true, true);

    String heading() {
        return unit.isEmpty() ? name : name + ", " + unit;
    }
}
