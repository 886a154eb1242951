/** The packaged jar, started through the launcher, between real clients and real servers. */
@NullMarked
package dev.loopgate.e2e;

import org.jspecify.annotations.NullMarked;
