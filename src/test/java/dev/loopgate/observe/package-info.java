/** Tests of the access log. */
@NullMarked
package dev.loopgate.observe;

import org.jspecify.annotations.NullMarked;
