/** The DNSBL server: a pure responder, and its UDP and TCP ports. */
@NullMarked
package org.decoymx.dnsbl;

import org.jspecify.annotations.NullMarked;
