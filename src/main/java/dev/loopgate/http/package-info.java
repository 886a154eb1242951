/** The data path of one HTTP exchange: wire codec, field rules, upstream pool, tunnels and failures. */
@NullMarked
package dev.loopgate.http;

import org.jspecify.annotations.NullMarked;
