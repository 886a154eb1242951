/** Text to a {@link dev.loopgate.model.Configuration}, or every problem in it with file, line, column and hint. */
@NullMarked
package dev.loopgate.config;

import org.jspecify.annotations.NullMarked;
