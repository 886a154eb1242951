@NullMarked
package dev.loopgate.lan;

import org.jspecify.annotations.NullMarked;
