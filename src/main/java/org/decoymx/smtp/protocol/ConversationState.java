package org.decoymx.smtp.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a conversation. Each state offers only the transitions that RFC 5321 section 4.1.4 allows from it.
 *
 * <pre>
 *                     +-- RSET, HELO, EHLO ---+--------------------+
 *                     v                       |                    |
 * Connected --HELO--> Greeted --MAIL--> MailAccepted --RCPT--> RecipientAccepted --DATA, BDAT--> DataRefused
 *     ^     --EHLO-->  |  ^                                     (RCPT stays)                          |
 *     |                |  |                                                                           |
 *     +----STARTTLS----+  +------------------------------- any known command -------------------------+
 * </pre>
 *
 * <p>STARTTLS leads from every other state back to {@code Connected}. {@code DataRefused} is the same as {@code
 * Greeted}, with one more check: does the client send the refused message?
 */
sealed interface ConversationState {

    /** The greeting was sent, or TLS has just started: the client must send HELO or EHLO. */
    record Connected() implements ConversationState {
        Greeted acceptHelo() {
            return new Greeted();
        }
    }

    /** The client has sent HELO or EHLO. */
    sealed interface Identified extends ConversationState {
        default Greeted reset() {
            return new Greeted();
        }
    }

    /** No transaction is open. */
    record Greeted() implements Identified {
        MailAccepted acceptMail(MailPath reversePath, boolean utf8) {
            return new MailAccepted(reversePath, utf8);
        }

        Connected startTls() {
            return new Connected();
        }
    }

    /** MAIL was accepted: a transaction is open, and the client may name recipients. */
    sealed interface OpenTransaction extends Identified {
        /** Whether MAIL had the parameter SMTPUTF8. */
        boolean utf8();

        /** The number of recipients that were accepted. */
        int recipients();

        RecipientAccepted acceptRecipient(MailPath recipient);
    }

    /** MAIL was accepted, no recipient yet. */
    record MailAccepted(MailPath reversePath, boolean utf8) implements OpenTransaction {
        @Override
        public int recipients() {
            return 0;
        }

        @Override
        public RecipientAccepted acceptRecipient(MailPath recipient) {
            return new RecipientAccepted(reversePath, utf8, recipient, null, 1);
        }
    }

    /**
     * At least one recipient was accepted.
     *
     * @param earlier the state before the last recipient; so a session that never sends DATA keeps no list
     */
    record RecipientAccepted(
            MailPath reversePath,
            boolean utf8,
            MailPath recipient,
            @Nullable RecipientAccepted earlier,
            int recipients) implements OpenTransaction {
        @Override
        public RecipientAccepted acceptRecipient(MailPath next) {
            return new RecipientAccepted(reversePath, utf8, next, this, recipients + 1);
        }

        DataRefused refuseData() {
            return new DataRefused(transaction());
        }

        private RefusedTransaction transaction() {
            String[] paths = new String[recipients];
            int index = recipients;
            for (RecipientAccepted accepted = this; accepted != null; accepted = accepted.earlier) {
                paths[--index] = accepted.recipient.toString();
            }
            return new RefusedTransaction(reversePath.toString(), List.of(paths));
        }
    }

    /** DATA or BDAT was answered with 451: the transaction has ended, and the client must not send the message. */
    record DataRefused(RefusedTransaction transaction) implements Identified {}
}
