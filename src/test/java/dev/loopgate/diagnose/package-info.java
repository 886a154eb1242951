@NullMarked
package dev.loopgate.diagnose;

import org.jspecify.annotations.NullMarked;
