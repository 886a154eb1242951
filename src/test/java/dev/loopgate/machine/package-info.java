@NullMarked
package dev.loopgate.machine;

import org.jspecify.annotations.NullMarked;
