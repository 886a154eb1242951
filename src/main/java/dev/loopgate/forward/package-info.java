/** TCP forwards: accept, check, connect, relay, finish. */
@NullMarked
package dev.loopgate.forward;

import org.jspecify.annotations.NullMarked;
