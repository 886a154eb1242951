@NullMarked
package dev.loopgate.doctor;

import org.jspecify.annotations.NullMarked;
