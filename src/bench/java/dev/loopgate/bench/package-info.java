/** The comparison of Loopgate with other proxies on this machine: one origin, one load generator, each proxy by turns. */
@NullMarked
package dev.loopgate.bench;

import org.jspecify.annotations.NullMarked;
