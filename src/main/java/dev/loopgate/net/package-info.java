/** Sockets on Vert.x's event loops: accepting evenly, connecting with all addresses raced, relaying both ways. */
@NullMarked
package dev.loopgate.net;

import org.jspecify.annotations.NullMarked;
