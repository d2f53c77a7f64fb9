/** The one message on the event bus: what the decoy saw of a sender. */
@NullMarked
package org.decoymx.sighting;

import org.jspecify.annotations.NullMarked;
