/** Dev servers as child processes: their name, port, flags and end. */
@NullMarked
package dev.loopgate.devserver;

import org.jspecify.annotations.NullMarked;
