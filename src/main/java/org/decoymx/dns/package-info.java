/** Queries recursive name servers. dnsjava reads and writes the messages, Vert.x sends them. */
@NullMarked
package org.decoymx.dns;

import org.jspecify.annotations.NullMarked;
