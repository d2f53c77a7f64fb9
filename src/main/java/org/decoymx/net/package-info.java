/** What all servers share: listen addresses, connection limits, timeouts and the TCP server of the query ports. */
@NullMarked
package org.decoymx.net;

import org.jspecify.annotations.NullMarked;
