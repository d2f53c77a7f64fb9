/** What all servers share: listen addresses, connection limits, event loops and the TCP server. */
@NullMarked
package org.decoymx.net;

import org.jspecify.annotations.NullMarked;
