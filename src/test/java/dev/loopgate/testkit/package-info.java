/** What tests are made of: bad peers as values, raw clients, a gateway in process and one through the launcher. */
@NullMarked
package dev.loopgate.testkit;

import org.jspecify.annotations.NullMarked;
