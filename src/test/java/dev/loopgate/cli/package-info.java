/** Tests of the command line: in process where nothing has to run, through the launcher where something has. */
@NullMarked
package dev.loopgate.cli;

import org.jspecify.annotations.NullMarked;
