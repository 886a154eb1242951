/** Immutable records of a valid configuration: what arrives, where it goes, and under which rules. */
@NullMarked
package dev.loopgate.model;

import org.jspecify.annotations.NullMarked;
