/** Keys and certificates: the local authority and what it signs, those that a file names, and who is told to trust them. */
@NullMarked
package dev.loopgate.tls;

import org.jspecify.annotations.NullMarked;
