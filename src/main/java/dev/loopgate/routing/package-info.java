/** Authority and path to a decision; pure, immutable, and as quick with 10,000 hosts as with one. */
@NullMarked
package dev.loopgate.routing;

import org.jspecify.annotations.NullMarked;
