/**
 * The SMTP server: sockets, sessions, lines, TLS, the PROXY protocol and limits. The meaning of commands and replies
 * is in {@link org.decoymx.smtp.protocol}.
 */
@NullMarked
package org.decoymx.smtp.server;

import org.jspecify.annotations.NullMarked;
