/** What others on the network need to reach this machine: addresses, a QR code, the firewall's consent, a name. */
@NullMarked
package dev.loopgate.lan;

import org.jspecify.annotations.NullMarked;
