/** What may be wrong with a name, a port or this machine: checks that only look, each with its evidence and one thing to do. */
@NullMarked
package dev.loopgate.doctor;

import org.jspecify.annotations.NullMarked;
