/** The life of the gateway: configuration sources, plans, listeners, reload, drain and stop. */
@NullMarked
package dev.loopgate.gateway;

import org.jspecify.annotations.NullMarked;
