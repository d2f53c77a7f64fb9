package org.decoymx.smtp.protocol;

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
        Greeted acceptHelo(String name) {
            return new Greeted(name);
        }
    }

    /** The client has sent HELO or EHLO. */
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

    /** MAIL was accepted, no recipient yet. */
    record MailAccepted(String name, boolean utf8) implements Identified {
        RecipientAccepted acceptRecipient() {
            return new RecipientAccepted(name, utf8, 1);
        }

        @Override
        public Greeted reset() {
            return new Greeted(name);
        }
    }

    /** At least one recipient was accepted. */
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

    /** DATA or BDAT was answered with 451: the transaction has ended, and the client must not send the message. */
    record DataRefused(String name) implements Identified {
        @Override
        public Greeted reset() {
            return new Greeted(name);
        }
    }
}
