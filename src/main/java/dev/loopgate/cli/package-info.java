/** The command line: the only place that wires the rest together and prints. */
@NullMarked
package dev.loopgate.cli;

import org.jspecify.annotations.NullMarked;
