/** The list asked over DNS: a pure responder, and its sockets over UDP and TCP. */
@NullMarked
package org.decoymx.dnsbl;

import org.jspecify.annotations.NullMarked;
