package org.decoymx.smtp.protocol;

/**
 * Where a conversation stands. Each stage offers only the moves that RFC 5321 section 4.1.4 allows from it.
 *
 * <pre>
 *                          RSET, HELO, EHLO
 *                     +------------------------+
 *                     v                        |
 * Connected --HELO--> Greeted --MAIL--> Sending --RCPT--> Addressed --DATA, BDAT--> Refused
 *     ^     --EHLO-->  |                          (RCPT stays)                        |
 *     |                |  ^                                                           |
 *     +----STARTTLS----+  +------------------ RSET, HELO, EHLO, any command ----------+
 * </pre>
 *
 * <p>{@code DataRefused} is {@code Greeted} with one thing more to watch for: a client that sends the refused message.
 */
sealed interface ConversationState {

    /** The greeting was sent, or TLS has just begun: only HELO and EHLO lead on. */
    record Connected() implements ConversationState {
        Greeted acceptHelo(String name) {
            return new Greeted(name);
        }
    }

    /** A stage in which the client has said who it is. */
    sealed interface Identified extends ConversationState {
        Greeted reset();
    }

    /** No transaction is open. */
    record Greeted(String name) implements Identified {
        MailAccepted acceptMail(boolean utf8) {
            return new MailAccepted(name, utf8);
        }

        Connected startTls() {
            return new Connected();
        }

        @Override
        public Greeted reset() {
            return this;
        }
    }

    /** MAIL was taken, no recipient yet. */
    record MailAccepted(String name, boolean utf8) implements Identified {
        RecipientAccepted acceptRecipient() {
            return new RecipientAccepted(name, utf8, 1);
        }

        @Override
        public Greeted reset() {
            return new Greeted(name);
        }
    }

    /** At least one recipient was taken. */
    record RecipientAccepted(String name, boolean utf8, int recipients) implements Identified {
        RecipientAccepted acceptRecipient() {
            return new RecipientAccepted(name, utf8, recipients + 1);
        }

        DataRefused refuseData() {
            return new DataRefused(name);
        }

        @Override
        public Greeted reset() {
            return new Greeted(name);
        }
    }

    /** DATA or BDAT was answered with 451: the transaction is over, and the message must not follow. */
    record DataRefused(String name) implements Identified {
        @Override
        public Greeted reset() {
            return new Greeted(name);
        }
    }
}
