package dev.loopgate.observe;

import java.time.Instant;

/** Writes what happened as one line. Used by one thread at a time. */
interface LineFormat {

    /** Appends one line with its line feed. */
    void append(StringBuilder out, ExchangeRecord record);

    /** Appends a line that says how many records were lost. */
    void appendDropped(StringBuilder out, Instant now, long count);
}
