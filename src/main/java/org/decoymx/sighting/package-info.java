/** The message on the event bus: a sighting reports one SMTP session. */
@NullMarked
package org.decoymx.sighting;

import org.jspecify.annotations.NullMarked;
