/** Rules that hold for all of the code. */
@NullMarked
package dev.loopgate;

import org.jspecify.annotations.NullMarked;
