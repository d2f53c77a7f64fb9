/**
 * The SMTP conversation of RFC 5321 as a pure state machine: lines in, answers out, no I/O and no clock.
 *
 * <p>{@link org.decoymx.smtp.protocol.Conversation} is where to begin; {@link org.decoymx.smtp.protocol.Stage} draws the
 * states.
 */
@NullMarked
package org.decoymx.smtp.protocol;

import org.jspecify.annotations.NullMarked;
