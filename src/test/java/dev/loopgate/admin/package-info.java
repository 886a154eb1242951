/** Tests of the control socket. */
@NullMarked
package dev.loopgate.admin;

import org.jspecify.annotations.NullMarked;
