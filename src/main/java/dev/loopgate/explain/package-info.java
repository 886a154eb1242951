/** What becomes of one request, step by step, without sending it. */
@NullMarked
package dev.loopgate.explain;

import org.jspecify.annotations.NullMarked;
