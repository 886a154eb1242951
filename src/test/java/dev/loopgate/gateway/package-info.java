@NullMarked
package dev.loopgate.gateway;

import org.jspecify.annotations.NullMarked;
