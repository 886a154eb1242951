/** Services that are upstreams of our own: static files and the demo. */
@NullMarked
package dev.loopgate.builtin;

import org.jspecify.annotations.NullMarked;
