/** Forwards between real sockets. */
@NullMarked
package dev.loopgate.forward;

import org.jspecify.annotations.NullMarked;
