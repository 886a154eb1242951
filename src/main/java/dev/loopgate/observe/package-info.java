/** What happened: counters, exchange records and the access log; bounded, and never blocking who reports. */
@NullMarked
package dev.loopgate.observe;

import org.jspecify.annotations.NullMarked;
