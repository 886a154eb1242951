/** Static files and the demo, over real sockets. */
@NullMarked
package dev.loopgate.builtin;

import org.jspecify.annotations.NullMarked;
