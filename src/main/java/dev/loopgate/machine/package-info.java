/** What Loopgate writes outside its own folders, on request, and takes back: lines of the hosts file, a service. */
@NullMarked
package dev.loopgate.machine;

import org.jspecify.annotations.NullMarked;
