/** What the running gateway tells: the control socket, and the client through which the command line speaks to it. */
@NullMarked
package dev.loopgate.admin;

import org.jspecify.annotations.NullMarked;
