/**
 * Sockets: the listener, its sessions, lines, TLS, the PROXY protocol and limits. It carries lines and answers and knows
 * nothing of what they mean.
 */
@NullMarked
package org.decoymx.smtp.server;

import org.jspecify.annotations.NullMarked;
