package org.decoymx.smtp.protocol;

import java.util.List;

/**
 * A mail transaction that was refused with 451 at DATA or BDAT.
 *
 * @param reversePath without angle brackets, octets as chars; empty for {@code <>}
 * @param recipients the accepted recipients in the order of the session, in the same form; from 1 to
 *     {@link Conversation#MAX_RECIPIENTS}
 */
public record RefusedTransaction(String reversePath, List<String> recipients) {}
