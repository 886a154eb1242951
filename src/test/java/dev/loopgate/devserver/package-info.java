@NullMarked
package dev.loopgate.devserver;

import org.jspecify.annotations.NullMarked;
