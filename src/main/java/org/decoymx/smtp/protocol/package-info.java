/**
 * The SMTP conversation of RFC 5321 as a pure state machine: lines in, responses out, no I/O and no clock.
 *
 * <p>Start with {@link org.decoymx.smtp.protocol.Conversation}. {@link org.decoymx.smtp.protocol.ConversationState}
 * shows the states.
 */
@NullMarked
package org.decoymx.smtp.protocol;

import org.jspecify.annotations.NullMarked;
