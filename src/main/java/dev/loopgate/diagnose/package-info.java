/** Why something does not work: who holds a port, what is spoken there, and what the resolver makes of a name. */
@NullMarked
package dev.loopgate.diagnose;

import org.jspecify.annotations.NullMarked;
