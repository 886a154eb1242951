/** Sockets over the real loopback: accepting, connecting, relaying. */
@NullMarked
package dev.loopgate.net;

import org.jspecify.annotations.NullMarked;
