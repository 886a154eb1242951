/**
 * Sockets on Vert.x's event loops: accepting evenly, connecting with all addresses raced, relaying both ways; and what came
 * over them made fit to be shown.
 */
@NullMarked
package dev.loopgate.net;

import org.jspecify.annotations.NullMarked;
