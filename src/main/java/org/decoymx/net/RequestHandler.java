package org.decoymx.net;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.parsetools.RecordParser;
import java.util.Optional;

/** Handles the requests of one connection, one after the other. */
public interface RequestHandler {

    /** Sets the parser's mode for the first record. */
    void initialize(RecordParser parser);

    /**
     * Handles a record, and sets the parser's mode for the next one.
     *
     * @return the reply, or empty if the record is only a part of a request
     * @throws MalformedRequestException if the connection must be closed
     */
    Optional<Buffer> handleRecord(Buffer record, RecordParser parser) throws MalformedRequestException;

    /** A request that cannot be parsed, so that the start of the next request is unknown. */
    final class MalformedRequestException extends Exception {
        private static final long serialVersionUID = 1;

        /** Closes the connection without a reply. */
        public MalformedRequestException() {
            this("");
        }

        /**
         * @param finalReply the reply to send before the connection is closed
         */
        public MalformedRequestException(String finalReply) {
            super(finalReply, null, false, false);
        }
    }
}
