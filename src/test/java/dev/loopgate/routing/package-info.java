@NullMarked
package dev.loopgate.routing;

import org.jspecify.annotations.NullMarked;
