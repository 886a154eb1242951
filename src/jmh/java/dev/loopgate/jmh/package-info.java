/** Runs the micro-benchmarks, which stand in the packages of what they measure. */
@NullMarked
package dev.loopgate.jmh;

import org.jspecify.annotations.NullMarked;
