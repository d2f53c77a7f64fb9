package org.decoymx.net;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.parsetools.RecordParser;
import java.util.Optional;

/** What is asked on a connection, request after request. There is one for each connection. */
public interface RequestHandler {

    /** Says how the first record is cut out of the octets. */
    void initialize(RecordParser parser);

    /**
     * Takes a record, and says how the next is cut.
     *
     * @return the answer, or nothing when the record is but a part of a request
     * @throws Unanswerable when the connection is of no more use
     */
    Optional<Buffer> handleRecord(Buffer record, RecordParser parser) throws MalformedRequestException;

    /** What was sent cannot be understood, and nobody knows where the next request begins. */
    final class MalformedRequestException extends Exception {
        private static final long serialVersionUID = 1;

        /** Nothing needs to be said. */
        public MalformedRequestException() {
            this("");
        }

        /**
         * @param lastWords what is sent before the connection is closed
         */
        public MalformedRequestException(String lastWords) {
            super(lastWords, null, false, false);
        }
    }
}
