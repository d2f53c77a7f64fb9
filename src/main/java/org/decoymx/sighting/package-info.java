/** The messages on the event bus: what happened in an SMTP session, and who must not be listed. */
@NullMarked
package org.decoymx.sighting;

import org.jspecify.annotations.NullMarked;
